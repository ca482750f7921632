// What the schedule SCHEDULE_KEEP holds of the network's tensors between its passes, a slot for each tile.
//
// In memory a slot has the tile's own part of each map, and a tile reads what lies beyond it in its neighbours' slots.
// Outside (in a file) a slot has all that the tile's next stage needs, so that nothing but it must be fetched; then one
// buffer takes what comes in and another what goes out, and whoever drives the work carries bytes between them and the
// file (kept_flow.h).
#ifndef PIPELINE_KEPT_MAPS_H
#define PIPELINE_KEPT_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "nets/cugan.h"
#include "pipeline/packed_map.h"
#include "pipeline/tile.h"

// What is kept, and where.
typedef struct KeptPlan {
    const Cugan *cugan;
    TileGrid grid;
    MapFormat format;
    bool is_outside;
} KeptPlan;

typedef struct KeptMaps {
    KeptPlan plan;
    size_t slot_bytes;         // of the largest slot
    uint8_t **slots;           // [columns * rows], in memory
    uint8_t *fetched, *to_put; // if outside: of the largest part that comes in, and of the largest that goes out
} KeptMaps;

// Bytes in the engine's memory, and those outside. SIZE_MAX and UINT64_MAX if they are more than can be counted.
size_t kept_maps_bytes(const KeptPlan *plan);
uint64_t kept_maps_outside_bytes(const KeptPlan *plan);

// Takes all the memory that is wanted, or fails with STATUS_NO_MEMORY.
MUST_CHECK Status kept_maps_create(const KeptPlan *plan, KeptMaps *out);
void kept_maps_free(KeptMaps *maps); // accepts a zeroed one

// Fills what cugan_begin took for tile `index` of the grid that begins at `stage` (1 to 4), but for its input.
// `skip_factors`: barrier 1's. Tiles must go through each stage by rising index.
void kept_maps_load(const KeptMaps *maps, int index, int stage, const float *skip_factors, CuganTile *tile);
// Keeps what later stages want of a tile that has run `stage` (0 to 3).
void kept_maps_save(KeptMaps *maps, int index, int stage, const CuganTile *tile);

// A part of the slots that has to be carried between a buffer and the outside; size 0: none.
typedef struct KeptPart {
    uint64_t offset; // outside, in bytes
    uint8_t *bytes;
    size_t size;
} KeptPart;

// What kept_maps_load will read, to be fetched before, but not before the last tile was loaded; and what kept_maps_save
// has written, to be put outside before the next tile is saved. Each is a part of the tile's own slot.
KeptPart kept_maps_to_fetch(const KeptMaps *maps, int index, int stage);
KeptPart kept_maps_to_put(const KeptMaps *maps, int index, int stage);

// How many samples of a tile's map of `barrier` are its own, along an axis of `side` pixels from `at` on: the step to
// the next tile, or for the last tile all that is left. The own parts of all tiles make up the map of the whole
// picture.
int kept_maps_own(const Cugan *cugan, int barrier, int at, int side, int padded_side, int picture_side);

#endif
