// Makes ICC profiles of RGB for files whose format cannot store colour information in another way.
#ifndef IMAGE_ICC_MAKE_H
#define IMAGE_ICC_MAKE_H

#include <stdbool.h>

#include "core/bytes.h"

typedef enum IccMade {
    ICC_MADE,
    ICC_MADE_FOR_SOME, // only programs that know code points see the right colours: PQ and HLG
    ICC_NOT_NEEDED,    // the chunks have nothing that browsers use: the picture's profile counts, or else sRGB
    ICC_SRGB,          // the chunks say sRGB, even if there is a profile
} IccMade;

// Appends a profile to `out` for the first that exists in `chunks` (whole PNG chunks) of cICP, sRGB, gAMA with cHRM. As
// in Chromium, these are ignored: cHRM without gAMA or with impossible colours, code points without a meaning, and gAMA
// alone within 5 percent of sRGB's. `has_profile`: the picture has a profile of its own; only cICP has precedence over
// it (PNG specification, third edition, 4.3).
MUST_CHECK Status icc_make(const Bytes *chunks, bool has_profile, Bytes *out, IccMade *made);

// For a grey picture in a file of three colours: a profile of RGB with the curve of `grey`, a profile of grey, is
// appended to `out`; nothing, if that has none.
MUST_CHECK Status icc_make_rgb(const Bytes *grey, Bytes *out);

#endif
