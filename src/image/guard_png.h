// What the PNG decoder and encoder share: libpng's callbacks, and its errors as a Status. libpng itself stays in the
// two callers.
#ifndef IMAGE_GUARD_PNG_H
#define IMAGE_GUARD_PNG_H

#include <png.h>
#include <stdbool.h>

#include "image/guard.h"

typedef struct GuardPng {
    Guard guard;
    // Turns libpng's phrase into a sentence of ours: called for every error that libpng finds itself.
    Status (*explain)(const char *phrase);
    bool no_memory; // an allocation of libpng's or zlib's failed
} GuardPng;

// The callbacks for png_create_*_struct_2, with the GuardPng as error_ptr and mem_ptr.
PNG_NORETURN void guard_png_error(png_structp png, const char *phrase);
void guard_png_warning(png_structp png, const char *phrase); // says nothing
png_voidp guard_png_malloc(png_structp png, png_alloc_size_t size);
void guard_png_release(png_structp png, png_voidp memory);

// Leaves the running guard_png_run with `status`, whose sentence is already written.
PNG_NORETURN void guard_png_fail(png_structp png, Status status);

// guard_run, for functions that call libpng.
MUST_CHECK Status guard_png_run(GuardPng *guard, void (*run)(void *context), void *context);

#endif
