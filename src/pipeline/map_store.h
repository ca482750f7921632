// The activation cache: what a pass keeps of the network's tensors for the next pass, a slot for each tile.
//
// In memory, a tile is loaded and saved at once. If maps are spilled to a file, the caller moves bytes between that
// file and two buffers, one for each direction: while a tile runs, the maps of the next tile are read ahead, and those
// of the last tile are written behind. Each tile has its own part of the file, so two transfers conflict only if they
// use the same buffer or belong to the same tile. A tile goes through these phases:
//     load   after its maps have been read. Then the buffer is free, and the next tile's maps are to be read, unless
//            they are this tile's own or may still be on their way into the file
//     run
//     save   after the last tile's maps have been written. Then this tile's maps are to be written
//     read   only if the next tile's maps could not be read ahead: after all is written. Then they are to be read
#ifndef PIPELINE_MAP_STORE_H
#define PIPELINE_MAP_STORE_H

#include "core/status.h"
#include "pipeline/map_layout.h"

// Bytes to be carried between a buffer and the file; size 0: none.
typedef struct MapTransfer {
    uint64_t offset; // in the file
    uint8_t *bytes;
    size_t size;
} MapTransfer;

// A tile and the stage that it begins at; stage 0: it loads nothing.
typedef struct MapTurn {
    int tile, stage;
} MapTurn;

typedef struct MapStore MapStore;

// A place for maps: one implementation for each MapStorage.
typedef struct MapStoreKind {
    Status (*create)(MapStore *store);
    void (*load)(const MapStore *store, MapTurn turn, int map, Tensor to);
    void (*save)(const MapStore *store, MapTurn turn, int map, Tensor from);
    // What a tile is going to load, and what was saved of it; NULL: nothing is ever carried.
    MapTransfer (*read)(const MapStore *store, MapTurn turn);
    MapTransfer (*write)(const MapStore *store, MapTurn turn);
} MapStoreKind;

struct MapStore {
    const MapStoreKind *kind; // NULL: zeroed
    MapLayout layout;
    uint8_t **slots;                     // [tiles], in memory
    uint8_t *read_buffer, *write_buffer; // of a file
    MapTransfer to_read, to_write;       // to be begun now
    bool is_late;                        // the next tile's maps could not be read ahead
    int writing;                         // 1 + the tile whose maps may be on their way into the file; 0: none
};

// Takes all the memory that is wanted, or fails with STATUS_NO_MEMORY.
MUST_CHECK Status map_store_create(const MapLayout *layout, MapStore *out);
void map_store_free(MapStore *store); // accepts a zeroed one
static inline bool map_store_is_spilled(const MapStore *store) { return store->kind && store->kind->read; }

// Fills the tensors that upscaler_begin took for a tile that begins at a stage from 1 on, except its input.
// `skip_gates`: those of barrier 1. Tiles must go through each stage by rising index.
void map_store_load(const MapStore *store, MapTurn turn, const float *skip_gates, NetworkTile *tile);
// Keeps what later stages need of a tile that has run stage `turn.stage` (0 to 3).
void map_store_save(const MapStore *store, MapTurn turn, const NetworkTile *tile);

// Set `to_read` and `to_write`, if maps are spilled: behind a load, a save, and in the phase `read`.
void map_store_read_ahead(MapStore *store, MapTurn now, MapTurn next);
void map_store_write_behind(MapStore *store, MapTurn now);
void map_store_read_late(MapStore *store, MapTurn next);

#endif
