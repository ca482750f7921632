// Finds the tiles of a picture that see the same pixels, halo and all: flat areas, mostly. Looks at pixels only.
#ifndef PIPELINE_REPEATS_H
#define PIPELINE_REPEATS_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "pipeline/tile.h"

// The kind of tile that repeats most often.
typedef struct Repeats {
    int first;     // its first tile, counted row by row of the grid; -1: nothing repeats
    int n;         // how many more there are
    bool *is_like; // [tiles]: whether a tile is of the kind; NULL if nothing repeats
} Repeats;

// `edge` and `halo` are the network's. Two tiles are alike if every sample of them and of their halos is the same, they
// are of one size, and both or neither stand in the last column, and in the last row.
MUST_CHECK Status repeats_find(const Image *image, const TileGrid *grid, const UpscalerGeometry *geometry,
                               Repeats *out);
void repeats_free(Repeats *repeats); // accepts a zeroed one

static inline bool repeats_is_later(const Repeats *repeats, int tile) {
    return repeats->is_like && repeats->is_like[tile] && tile != repeats->first;
}

#endif
