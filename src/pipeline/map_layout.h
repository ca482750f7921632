// Where a tile's feature maps lie among the bytes that one pass keeps for the next: the only place that computes it.
#ifndef PIPELINE_MAP_LAYOUT_H
#define PIPELINE_MAP_LAYOUT_H

#include <stdint.h>

#include "nets/upscaler.h"
#include "pipeline/packed_map.h"
#include "pipeline/tile.h"

// The maps of a network with barriers: the bodies after stages 0 to 3, and the residual, which is the first U-Net's
// output.
enum { MAP_RESIDUAL = UPSCALER_MAX_BARRIERS, MAP_N };

typedef enum MapStorage {
    MAPS_NOWHERE,    // nothing is kept
    MAPS_IN_MEMORY,  // a tile keeps its own part; what lies beyond it is read from its neighbours
    MAPS_IN_FILE,    // spilled: a tile keeps all that its next stage needs, so that one read gets it
    MAPS_OF_PATCHES, // in memory: a patch has no neighbours, and stage 4 is never run from what it kept
} MapStorage;

typedef struct MapPlace {
    int own_h, own_w;   // samples up to the next tile; of the last tile, all. Together they make the picture's map
    int h, w;           // samples that are kept
    size_t begin, size; // bytes in the slot; SIZE_MAX: more than can be counted
    MapFormat format;
} MapPlace;

// All that is kept of one tile.
typedef struct MapSlot {
    MapPlace maps[MAP_N];
    size_t size;
} MapSlot;

typedef struct MapLayout {
    MapStorage storage;
    TileGrid grid;
    MapSlot slots[2][2]; // [is in the last row][is in the last column]: other tiles are all the same
    size_t slot_bytes;   // of the largest
} MapLayout;

// A part of a slot, in bytes.
typedef struct MapRange {
    size_t begin, size;
} MapRange;

// For the tiles of `grid`. Maps of few channels stay floats whatever the format.
MapLayout map_layout_make(const UpscalerGeometry *geometry, const TileGrid *grid, MapStorage storage, MapFormat format);
const MapSlot *map_layout_slot(const MapLayout *layout, int tile);

// What a stage (1 to 4) reads of a slot, and what one (0 to 3) writes.
MapRange map_layout_read_by(const MapSlot *slot, int stage);
MapRange map_layout_written_by(const MapSlot *slot, int stage);
// The largest of these of all tiles: what the two buffers of a spilled layout hold.
size_t map_layout_read_bytes(const MapLayout *layout);
size_t map_layout_written_bytes(const MapLayout *layout);

// Bytes in the engine's memory, and those in the file. SIZE_MAX and UINT64_MAX: more than can be counted.
size_t map_layout_memory(const MapLayout *layout);
uint64_t map_layout_spilled(const MapLayout *layout);

#endif
