// Converts pixels to sRGB by an ICC profile. A module of its own beside the engine, with lcms2 in it: few pictures need
// it, so it is fetched when the first one does (js/worker/colour).
#ifndef COLOUR_COLOUR_H
#define COLOUR_COLOUR_H

#include <stddef.h>
#include <stdint.h>

typedef struct Colour Colour;

// `profile` is not kept. The pixels are RGB (`channels` 3) or RGB with straight alpha (4), of 8 bits a sample or of 16
// in the machine's order. NULL: the profile is not one of RGB, or is broken.
Colour *colour_open(const uint8_t *profile, size_t size, int channels, int bits);
// Converts `n` pixels in their place, with perceptual intent and without black point compensation, as Pillow does where
// it is not told otherwise. Alpha stays.
void colour_convert(const Colour *colour, void *pixels, size_t n);
void colour_close(Colour *colour); // accepts NULL

#endif
