// Makes an ICC profile that says what the colour chunks of a PNG say, for formats that have no such chunks.
#ifndef IMAGE_ICC_MAKE_H
#define IMAGE_ICC_MAKE_H

#include <stdbool.h>

#include "core/bytes.h"

typedef enum IccMade {
    ICC_MADE,
    ICC_NOT_NEEDED, // the chunks say sRGB, or nothing
    ICC_CANNOT,     // no such profile can say it: PQ, HLG, an unknown code
} IccMade;

// What `chunks` (whole PNG chunks) say, the first that is there of cICP, sRGB, gAMA with cHRM: appends a matrix profile of
// RGB of version 4.3 to `out`. cHRM without gAMA counts for nothing, gAMA alone goes with the primaries of sRGB, as in
// browsers. `has_profile`: the picture has a profile of its own, before which only cICP goes (PNG specification, third
// edition, 4.3).
MUST_CHECK Status icc_make(const Bytes *chunks, bool has_profile, Bytes *out, IccMade *made);

#endif
