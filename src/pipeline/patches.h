// Small patches spread over a picture, for --sync fast: their means estimate the picture's means. Like tiles, all must
// reach a barrier before one passes it. Geometry only.
#ifndef PIPELINE_PATCHES_H
#define PIPELINE_PATCHES_H

#include <stdbool.h>

#include "nets/upscaler.h"
#include "pipeline/tile.h"

typedef struct Patches {
    int side; // of a patch, in input pixels, before its halo
    int columns, rows;
    bool is_expensive; // they take more than a tenth of the picture's time; then exact tiles cost little more
} Patches;

// The number of patches and their places: an even lattice, in which every second row is shifted by half a step. `grid`:
// the picture's.
Patches patches_plan(const Upscaler *upscaler, const TileGrid *grid);
static inline int patches_n(const Patches *patches) { return patches->columns * patches->rows; }
TileRect patches_rect(const Patches *patches, const TileGrid *grid, int index);
// The patches as a grid of tiles, as if they were adjacent.
TileGrid patches_grid(const Patches *patches);

#endif
