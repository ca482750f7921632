// The only setjmp. It stands in a function that does nothing else, so that no variable is at stake when a jump comes.
#include "image/guard_png.h"

#include <setjmp.h>
#include <stdlib.h>

void guard_png_fail(png_structp png, Status status) {
    GuardPng *guard = png_get_error_ptr(png);
    guard->failed = status;
    png_longjmp(png, 1);
}

void guard_png_error(png_structp png, const char *phrase) {
    GuardPng *guard = png_get_error_ptr(png);
    guard_png_fail(png, guard->no_memory ? status_fail(STATUS_NO_MEMORY, "Not enough memory for the PNG file.")
                                         : guard->explain(phrase));
}

void guard_png_warning(png_structp png, const char *phrase) {
    (void)png;
    (void)phrase;
}

png_voidp guard_png_malloc(png_structp png, png_alloc_size_t size) {
    GuardPng *guard = png_get_mem_ptr(png);
    png_voidp memory = malloc(size);
    if (!memory) guard->no_memory = true;
    return memory;
}

void guard_png_release(png_structp png, png_voidp memory) {
    (void)png;
    free(memory);
}

Status guard_png_run(png_structp png, GuardPng *guard, void (*run)(void *context), void *context) {
    if (guard->failed) return guard->failed;
    if (!setjmp(png_jmpbuf(png))) {
        run(context);
        // libpng may go on without a chunk that it had no memory for: then the picture is not what the file says.
        if (guard->no_memory) png_error(png, "out of memory");
    }
    return guard->failed;
}
