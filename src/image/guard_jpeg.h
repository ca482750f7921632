// What the JPEG decoder and encoder share: libjpeg's errors as a Status.
#ifndef IMAGE_GUARD_JPEG_H
#define IMAGE_GUARD_JPEG_H

#include <stdio.h> // jpeglib.h does not include it, but needs it

#include <jpeglib.h>

#include "image/guard.h"

typedef struct GuardJpeg {
    struct jpeg_error_mgr manager; // first: libjpeg hands out its address
    Guard guard;
    // Turns libjpeg's message (JERR_*, JWRN_*) with its words into a sentence of ours, or STATUS_OK for a warning that does
    // not matter.
    Status (*explain)(j_common_ptr jpeg, const char *phrase);
} GuardJpeg;

// The error manager for jpeg_create_*. `guard` must live as long as what is created.
struct jpeg_error_mgr *guard_jpeg_manager(GuardJpeg *guard, Status (*explain)(j_common_ptr jpeg, const char *phrase));

// Leaves the running guard_run of the GuardJpeg with `status`, whose sentence is already written.
__attribute__((noreturn)) void guard_jpeg_fail(j_common_ptr jpeg, Status status);

#endif
