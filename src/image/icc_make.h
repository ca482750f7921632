// Makes ICC profiles of RGB for files that cannot say otherwise what their numbers mean.
#ifndef IMAGE_ICC_MAKE_H
#define IMAGE_ICC_MAKE_H

#include <stdbool.h>

#include "core/bytes.h"

typedef enum IccMade {
    ICC_MADE,
    ICC_MADE_FOR_SOME, // only programs that know code points see the right colours: PQ and HLG
    ICC_NOT_NEEDED,    // the chunks say nothing that a browser heeds: the picture's profile counts, or else sRGB
    ICC_SRGB,          // the chunks say sRGB, whatever profile there is
} IccMade;

// What `chunks` (whole PNG chunks) say, the first that is there of cICP, sRGB, gAMA with cHRM: appends a profile to
// `out`. What counts is what Chromium shows: nothing is made of cHRM without gAMA, or with colours that cannot be, of
// code points without a meaning, and of gAMA alone within 5 percent of sRGB's. `has_profile`: the picture has a profile
// of its own, before which only cICP goes (PNG specification, third edition, 4.3).
MUST_CHECK Status icc_make(const Bytes *chunks, bool has_profile, Bytes *out, IccMade *made);

// For a grey picture in a file of three colours: a profile of RGB with the curve of `grey`, a profile of grey, is
// appended to `out`; nothing, if that has none.
MUST_CHECK Status icc_make_rgb(const Bytes *grey, Bytes *out);

#endif
