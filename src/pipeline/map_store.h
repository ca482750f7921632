// The activation cache: the maps that a pass keeps for the next pass, in a slot for each tile.
//
// In memory, a tile is loaded and saved at once. If maps are spilled to a file, the caller moves bytes between that
// file and two buffers, one for each direction. While a tile runs, the maps of the next tile are read and the maps of
// the tile before are written. Each tile has its own part of the file, so two transfers conflict only if they use the
// same buffer or belong to the same tile. A tile goes through these phases:
//     load   Needs this tile's maps in the read buffer. Then the next tile's maps are read ahead, unless the next tile
//            is this one, or its maps may not be completely written yet
//     run
//     save   Needs the write buffer, so the maps of the tile before must be written. Then this tile's maps are written
//     read   Only if the next tile's maps could not be read ahead. Needs all maps written. Then they are read
#ifndef PIPELINE_MAP_STORE_H
#define PIPELINE_MAP_STORE_H

#include "core/status.h"
#include "pipeline/map_layout.h"

// Bytes that the caller has to move between a buffer and the file; size 0: none.
typedef struct MapTransfer {
    uint64_t offset; // in the file
    uint8_t *bytes;
    size_t size;
} MapTransfer;

// A tile, and the stage that it begins at or has run. A tile that begins at stage 0 loads nothing.
typedef struct MapTurn {
    int tile, stage;
} MapTurn;

typedef struct MapStore MapStore;

// A place for maps: one implementation for each MapStorage.
typedef struct MapStoreKind {
    Status (*create)(MapStore *store);
    void (*load)(const MapStore *store, MapTurn turn, int map, Tensor to);
    void (*save)(const MapStore *store, MapTurn turn, int map, Tensor from);
    // The transfer that `load` needs before it, and the one that `save` needs after it; NULL: none, maps are in memory.
    MapTransfer (*read)(const MapStore *store, MapTurn turn);
    MapTransfer (*write)(const MapStore *store, MapTurn turn);
} MapStoreKind;

struct MapStore {
    const MapStoreKind *kind; // NULL: zeroed
    MapLayout layout;
    uint8_t **slots;                     // [tiles], for maps in memory
    uint8_t *read_buffer, *write_buffer; // for maps in a file
    MapTransfer to_read, to_write;       // the caller has to begin them now
    bool is_late;                        // the next tile's maps could not be read ahead
    int writing;                         // 1 + the tile whose maps may not be completely written yet; 0: none
};

// Allocates the memory of the layout. STATUS_NO_MEMORY.
MUST_CHECK Status map_store_create(const MapLayout *layout, MapStore *out);
void map_store_free(MapStore *store); // accepts a zeroed one
static inline bool map_store_is_spilled(const MapStore *store) { return store->kind && store->kind->read; }

// Fills the tensors that upscaler_begin took for a tile that begins at stage 1 to 4, except its input. `skip_gates`:
// the gates of barrier 1. Tiles must go through each stage in the order of their numbers.
void map_store_load(const MapStore *store, MapTurn turn, const float *skip_gates, NetworkTile *tile);
// Keeps the maps that later stages need of a tile that has run stage `turn.stage`, 0 to 3.
void map_store_save(const MapStore *store, MapTurn turn, const NetworkTile *tile);

// Set `to_read` or `to_write` if maps are spilled: after a load, after a save, and in the phase `read`.
void map_store_read_ahead(MapStore *store, MapTurn now, MapTurn next);
void map_store_write_behind(MapStore *store, MapTurn now);
void map_store_read_late(MapStore *store, MapTurn next);

#endif
