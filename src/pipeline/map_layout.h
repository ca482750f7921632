// Where a tile's feature maps lie in the bytes that one pass keeps for the next. Only this file computes it.
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
    MAPS_IN_MEMORY,  // a tile keeps its own part; the rest is read from the slots of its neighbours
    MAPS_IN_FILE,    // spilled: a tile keeps everything that its next stage needs, so that one read is enough
    MAPS_OF_PATCHES, // in memory: a patch has no neighbours, and stage 4 never runs from kept maps
} MapStorage;

typedef struct MapPlace {
    int own_h, own_w;   // samples up to the next tile, or all of the last tile: together they cover the picture's map
    int h, w;           // samples that are kept
    size_t begin, size; // bytes in the slot; SIZE_MAX: more than a size_t can count
    MapFormat format;
} MapPlace;

// Everything that is kept of one tile.
typedef struct MapSlot {
    MapPlace maps[MAP_N];
    size_t size;
} MapSlot;

typedef struct MapLayout {
    MapStorage storage;
    TileGrid grid;
    MapSlot slots[2][2]; // [tile is in the last row][tile is in the last column]
    size_t slot_bytes;   // of the largest
} MapLayout;

// A part of a slot, in bytes.
typedef struct MapRange {
    size_t begin, size;
} MapRange;

// The layout for the tiles of `grid`. Maps of up to 3 channels stay floats in any format.
MapLayout map_layout_make(const UpscalerGeometry *geometry, const TileGrid *grid, MapStorage storage, MapFormat format);
const MapSlot *map_layout_slot(const MapLayout *layout, int tile);

// The range of a slot that stage 1 to 4 reads, and the range that stage 0 to 3 writes.
MapRange map_layout_read_by(const MapSlot *slot, int stage);
MapRange map_layout_written_by(const MapSlot *slot, int stage);
// The largest of these ranges over all tiles: the sizes of the two buffers for spilled maps.
size_t map_layout_read_bytes(const MapLayout *layout);
size_t map_layout_written_bytes(const MapLayout *layout);

// Bytes in the engine's memory, and bytes in the file. SIZE_MAX and UINT64_MAX: more than the type can count.
size_t map_layout_memory(const MapLayout *layout);
uint64_t map_layout_spilled(const MapLayout *layout);

#endif
