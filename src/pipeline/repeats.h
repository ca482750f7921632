// Finds tiles of a picture that have the same pixels, including their halos: usually flat areas.
#ifndef PIPELINE_REPEATS_H
#define PIPELINE_REPEATS_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "pipeline/tile.h"

// The tiles that are alike, of the kind that occurs most often.
typedef struct Repeats {
    int first;     // the first of them, counted row by row of the grid; -1: nothing repeats
    int n;         // how many come after it
    bool *is_like; // [tiles]: whether a tile is one of them; NULL: nothing repeats
} Repeats;

// Two tiles are alike if all samples of them and of their halos are the same, they have the same size, and both or
// neither are in the last column, and in the last row. `geometry` is the network's. STATUS_NO_MEMORY.
MUST_CHECK Status repeats_find(const Image *image, const TileGrid *grid, const UpscalerGeometry *geometry,
                               Repeats *out);
void repeats_free(Repeats *repeats); // accepts a zeroed one

// Whether the tile repeats the first one.
static inline bool repeats_is_later(const Repeats *repeats, int tile) {
    return repeats->is_like && repeats->is_like[tile] && tile != repeats->first;
}

#endif
