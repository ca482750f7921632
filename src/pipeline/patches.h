// Small patches spread over a picture, whose means estimate the picture's: for --sync fast. They are few, and wait for
// each other at every barrier as tiles do. Geometry only.
#ifndef PIPELINE_PATCHES_H
#define PIPELINE_PATCHES_H

#include <stdbool.h>

#include "nets/upscaler.h"
#include "pipeline/tile.h"

typedef struct Patches {
    int side; // of a patch, in input pixels, before its halo
    int columns, rows;
    bool is_expensive; // they take more than a tenth of the time that the picture takes: then exact tiles cost little
                       // more
} Patches;

// How many patches a picture gets, and where they lie: an even lattice, every other row of it shifted by half a
// step. `grid`: the picture's.
Patches patches_plan(const Upscaler *upscaler, const TileGrid *grid);
static inline int patches_n(const Patches *patches) { return patches->columns * patches->rows; }
TileRect patches_rect(const Patches *patches, const TileGrid *grid, int index);
// The patches as a grid, as if they lay side by side.
TileGrid patches_grid(const Patches *patches);

#endif
