// How a file is to be decoded.
#ifndef IMAGE_DECODE_OPTIONS_H
#define IMAGE_DECODE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

// Which pictures are treated as grey, so that their enlargement stays grey.
typedef enum GreyMode {
    GREY_EXACT, // those whose three channels are equal everywhere
    GREY_NEAR,  // also nearly grey ones (grey.h), which are converted to grey
    GREY_OFF,   // none
} GreyMode;

typedef struct DecodeOptions {
    bool deep; // samples of 16 bits stay so (only PNG, PSD and PPM have them); otherwise they become 8, rounded
    bool keeps_damaged;  // missing or damaged parts of a file are filled up, with a warning; otherwise
                         // it is refused
    uint64_t max_pixels; // of a picture, or of an animation's canvas; 0: IMAGE_MAX_PIXELS
    GreyMode grey;
} DecodeOptions;

#endif
