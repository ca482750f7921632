// libpng's callbacks.
#include "image/guard_png.h"

#include <stdlib.h>

static Status out_of_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the PNG file."); }

void guard_png_fail(png_structp png, Status status) {
    GuardPng *guard = png_get_error_ptr(png);
    guard_fail(&guard->guard, status);
}

void guard_png_error(png_structp png, const char *phrase) {
    GuardPng *guard = png_get_error_ptr(png);
    guard_png_fail(png, guard->no_memory ? out_of_memory() : guard->explain(phrase));
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

Status guard_png_run(GuardPng *guard, void (*run)(void *context), void *context) {
    Status status = guard_run(&guard->guard, run, context);
    // libpng may go on without a chunk that it had no memory for: then the picture is not what the file says.
    if (!status && guard->no_memory) status = guard->guard.failed = out_of_memory();
    return status;
}
