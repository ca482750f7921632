// Resizes a picture with Lanczos' filter (three lobes) in linear light, row by row as the rows come.
#ifndef IMAGE_LANCZOS_H
#define IMAGE_LANCZOS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct LanczosShape {
    int in_width, in_height, out_width, out_height; // from 1, in pixels
    int channels;                                   // 3 = RGB, 4 = RGBA with straight alpha
    int bits;                                       // of a sample: 8, or 16 as uint16_t in the machine's order
} LanczosShape;

typedef struct Lanczos Lanczos;

// Colours are taken as sRGB (IEC 61966-2-1), whatever the picture's profile says. They are weighted by alpha, which is
// linear already. The filter grows with the factor of reduction and ends at the edges, where its weights still sum up
// to 1. Three equal colours give three equal colours. STATUS_NO_MEMORY.
MUST_CHECK Status lanczos_begin(LanczosShape shape, Lanczos **out);
void lanczos_end(Lanczos *lanczos); // accepts NULL
// Bytes that it holds: a few rows. SIZE_MAX: too many.
size_t lanczos_bytes(LanczosShape shape);

// Takes the next row of the picture, without gaps. To be called only when lanczos_take has none.
void lanczos_add(Lanczos *lanczos, const uint8_t *row);
// The next row that is ready, without gaps, valid until the next call; NULL: none, or all are taken. After the last row
// of the picture all become ready.
const uint8_t *lanczos_take(Lanczos *lanczos);

#endif
