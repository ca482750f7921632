// Colours for pixels far from all visible ones: a pyramid of averages (pull-push: Gortler et al., The Lumigraph,
// 1996). Averages are kept only of the box of the rings; the rest of a level is made row by row, from the level above.
#ifndef IMAGE_BLEED_PYRAMID_H
#define IMAGE_BLEED_PYRAMID_H

#include "image/bleed_rings.h"

enum {
    BLEED_PYRAMID_LEVELS = 17, // of sides up to IMAGE_MAX_SIDE
    BLEED_PYRAMID_ROWS = 4,    // of a level that stay in memory: three are needed at once
};

typedef struct BleedLevel {
    int width, height;
    BleedBox box;
    BleedCell *cells;                    // [box], averages of the level below; weight 0: none
    BleedCell *rows[BLEED_PYRAMID_ROWS]; // whole ones: y at y % BLEED_PYRAMID_ROWS. Their weights are 0
    int row_y[BLEED_PYRAMID_ROWS];
} BleedLevel;

typedef struct BleedPyramid {
    const BleedRings *rings;
    BleedLevel levels[BLEED_PYRAMID_LEVELS]; // level 0 is the picture itself: only its sizes are set
    int n_levels;
    void *memory;      // owned, of all levels
    uint32_t *blended; // [a row of level 1, and one more at each end][4]
    uint16_t *row;     // [a row of the picture][4]
} BleedPyramid;

// STATUS_NO_MEMORY. `rings` are needed as long; the picture has more than one pixel.
MUST_CHECK Status bleed_pyramid_create(const BleedRings *rings, BleedPyramid *pyramid);
void bleed_pyramid_free(BleedPyramid *pyramid); // accepts a zeroed one

// Computes row `y`, from y0 to y1 of its box, of a level from 1 on. Level by level, after all rings have their colours.
void bleed_pyramid_pull(const BleedPyramid *pyramid, int level, int y);
// Sets the colours of the pixels of row `y` that are FAR; rows in order, from 0 on.
void bleed_pyramid_push(BleedPyramid *pyramid, int y);

#endif
