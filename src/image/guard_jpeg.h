// What the JPEG decoder and encoder share: libjpeg's errors as a Status.
#ifndef IMAGE_GUARD_JPEG_H
#define IMAGE_GUARD_JPEG_H

#include <stdio.h> // jpeglib.h does not include it, but needs it

#if defined(JERROR_H) && !defined(JPEGLIB_H)
#error jerror.h numbers its messages by what jpeglib.h defines. Include this header, and neither of them.
#endif
#include <jpeglib.h>

#include <jerror.h>

#include "image/guard.h"

// Turns a message of libjpeg (JERR_*, JWRN_*), which `phrase` puts into words, into a sentence of ours.
typedef Status GuardJpegExplain(j_common_ptr jpeg, const char *phrase);

typedef struct GuardJpeg {
    struct jpeg_error_mgr manager; // first: libjpeg hands out its address
    Guard guard;
    GuardJpegExplain *explain;
    GuardJpegExplain *warn;
} GuardJpeg;

// The error manager for jpeg_create_*. `guard` must live as long as what is created. `explain` is called for errors,
// which end the work; `warn` for libjpeg's warnings: the work continues if it returns STATUS_OK.
struct jpeg_error_mgr *guard_jpeg_manager(GuardJpeg *guard, GuardJpegExplain *explain, GuardJpegExplain *warn);

// Leaves the running guard_run of the GuardJpeg with `status`, whose sentence is already written.
__attribute__((noreturn)) void guard_jpeg_fail(j_common_ptr jpeg, Status status);

#endif
