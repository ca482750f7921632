// The distance of each pixel from the visible ones, and colours for the nearest, ring by ring. Only the bounding box of
// visible pixels, grown by the rings, is examined; all pixels outside it are far.
#ifndef IMAGE_BLEED_RINGS_H
#define IMAGE_BLEED_RINGS_H

#include "image/bleed_cell.h"

// Pixels farther away than these rings are outside the receptive field of the first layers at the edge.
enum { BLEED_RINGS_N = 8 };

enum {
    BLEED_RINGS_VISIBLE = 1, // a pixel of the picture, as if it were a ring; the first ring is 2
    BLEED_RINGS_FAR = BLEED_RINGS_VISIBLE + BLEED_RINGS_N + 1,
};

typedef struct BleedRings {
    const Image *image;
    BleedBox box;
    uint8_t *numbers; // owned; [box, with a frame of FAR around it]
} BleedRings;

// Extends `box`, at first all zeros, to the visible pixels of row `y`; rows come in order. Empty: y1 is 0.
void bleed_rings_find(const Image *image, int y, BleedBox *box);
// STATUS_NO_MEMORY. `seen` is not empty.
MUST_CHECK Status bleed_rings_create(const Image *image, const BleedBox *seen, BleedRings *rings);
void bleed_rings_free(BleedRings *rings); // accepts a zeroed one

// For each row of the box: first the numbers downwards, then upwards, then each ring's colours.
void bleed_rings_number_down(const BleedRings *rings, int y);
void bleed_rings_number_up(const BleedRings *rings, int y);
void bleed_rings_fill(const BleedRings *rings, int ring, int y);
// Whether any pixel of the picture is FAR, once all are numbered.
bool bleed_rings_has_far(const BleedRings *rings);

static inline size_t bleed_rings_stride(const BleedRings *rings) { return (size_t)(rings->box.x1 - rings->box.x0) + 2; }
// The numbers of a row of the box, or of the frame above or below it.
static inline uint8_t *bleed_rings_row(const BleedRings *rings, int y) {
    return rings->numbers + bleed_rings_stride(rings) * (size_t)(y - rings->box.y0 + 1) + 1;
}
// The pixel at `i` of the picture, whose number is `ring`; weight 0 if it is FAR.
static inline BleedCell bleed_rings_load(const BleedRings *rings, size_t i, int ring) {
    if (ring == BLEED_RINGS_FAR) return (BleedCell){0};
    BleedCell cell = bleed_cell_load(rings->image, i);
    if (ring != BLEED_RINGS_VISIBLE) cell.weight = BLEED_FULL;
    return cell;
}

#endif
