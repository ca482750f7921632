// What the schedule SCHEDULE_KEEP holds of the network's tensors between its passes, for the whole picture.
#ifndef PIPELINE_KEPT_MAPS_H
#define PIPELINE_KEPT_MAPS_H

#include "nets/cugan.h"
#include "pipeline/map_store.h"
#include "pipeline/tile.h"

typedef struct KeptMaps {
    const Cugan *cugan;
    TileGrid grid;
    MapStore bodies[CUGAN_N_BARRIERS];
    MapStore residual;
} KeptMaps;

// The most bytes that are held at once.
size_t kept_maps_bytes(const Cugan *cugan, const TileGrid *grid, MapFormat format);

MUST_CHECK Status kept_maps_create(const Cugan *cugan, TileGrid grid, MapFormat format, KeptMaps *out);
void kept_maps_free(KeptMaps *maps); // accepts a zeroed one

// Fills what cugan_begin took for a tile that begins at `stage` (1 to 4), but for its input. `skip_factors`: barrier
// 1's.
void kept_maps_load(const KeptMaps *maps, TileRect rect, int stage, const float *skip_factors, CuganTile *tile);
// Keeps what later stages want of a tile that has run `stage` (0 to 3).
MUST_CHECK Status kept_maps_save(KeptMaps *maps, TileRect rect, int stage, const CuganTile *tile);
// Gives back what no tile of a later row will read, after row `row` of the grid has run `stage`.
void kept_maps_row_done(KeptMaps *maps, int row, int stage);

// How many samples of a tile's map of `barrier` are its own, along an axis of `side` pixels from `at` on: the step to
// the next tile, or for the last tile all that is left. The own parts of all tiles make up the map of the whole
// picture.
int kept_maps_own(const Cugan *cugan, int barrier, int at, int side, int padded_side, int picture_side);

#endif
