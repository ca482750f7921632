// Small patches spread over a picture, whose means stand for the picture's: for --sync fast. Like tiles that wait for
// each other at every barrier, but few, and all that they leave is kept.
#ifndef PIPELINE_PATCHES_H
#define PIPELINE_PATCHES_H

#include <stdbool.h>

#include "core/status.h"
#include "nets/cugan.h"
#include "pipeline/tile.h"

// What the stages 0 to 2 leave of each patch for the stage after.
enum { PATCHES_N_BODIES = 3 };

typedef struct Patches {
    int side; // of a patch, in input pixels, before its halo
    int columns, rows;
    bool is_dear; // they take more than a tenth of the time that the picture takes: then exact tiles cost little more
    size_t body_counts[PATCHES_N_BODIES];
    float *bodies[PATCHES_N_BODIES];
} Patches;

// How many patches a picture is worth, and where they lie: an even lattice, every other row of it shifted by half a
// step. `grid`: the picture's.
Patches patches_plan(const Cugan *cugan, const TileGrid *grid);
static inline int patches_n(const Patches *patches) { return patches->columns * patches->rows; }
size_t patches_bytes(const Patches *patches);
TileRect patches_rect(const Patches *patches, const TileGrid *grid, int index);

// Takes the memory; patches_free accepts what was only planned.
MUST_CHECK Status patches_take(Patches *patches);
void patches_free(Patches *patches);

// Fills what cugan_begin took for patch `index` that begins at `stage` (1 to 3), but for its input. `skip_factors`:
// barrier 1's.
void patches_load(const Patches *patches, int index, int stage, const float *skip_factors, CuganTile *tile);
// Keeps what later stages want of a patch that has run `stage` (0 to 3).
void patches_save(Patches *patches, int index, int stage, const CuganTile *tile);

#endif
