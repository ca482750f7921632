// Maps in memory, and maps that go through two buffers to a file.
#include "pipeline/map_store.h"

#include <stdlib.h>

#include "core/ints.h"

// ---- in memory

static bool create_slots(MapStore *store) {
    const int n = tile_count(&store->layout.grid);
    store->slots = calloc((size_t)n, sizeof *store->slots);
    bool ok = store->slots;
    for (int i = 0; i < n && ok; i++) ok = (store->slots[i] = malloc(map_layout_slot(&store->layout, i)->size));
    return ok;
}

static Status create_tiles(MapStore *store) {
    if (create_slots(store)) return STATUS_OK;
    return status_fail_for(REASON_WORK_TOO_LARGE, STATUS_NO_MEMORY,
                           "Not enough memory to keep %zu MiB between two passes. Allow less memory, or tiles without "
                           "--sync exact.",
                           map_layout_memory(&store->layout) >> 20);
}

static Status create_patches(MapStore *store) {
    if (create_slots(store)) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for the samples of --sync fast.");
}

// Reads the tile's own slot, then the slots to the right and below until `to` is full. Each continues where the one
// before ends.
static void load_slots(const MapStore *store, MapTurn turn, int map, Tensor to) {
    MapPart part = {0};
    for (int row = turn.tile; part.y < to.h; row += store->layout.grid.columns, part.y += part.h) {
        part.x = 0;
        for (int i = row; part.x < to.w; i++, part.x += part.w) {
            const MapPlace *place = &map_layout_slot(&store->layout, i)->maps[map];
            part.h = min(place->h, to.h - part.y);
            part.w = min(place->w, to.w - part.x);
            packed_map_read(store->slots[i] + place->begin, place->w, place->format, to, part);
        }
    }
}

static void save_slot(const MapStore *store, MapTurn turn, int map, Tensor from) {
    const MapPlace *place = &map_layout_slot(&store->layout, turn.tile)->maps[map];
    packed_map_write(from, place->h, place->w, place->format, store->slots[turn.tile] + place->begin);
}

// ---- in a file

static Status create_buffers(MapStore *store) {
    store->read_buffer = malloc(map_layout_read_bytes(&store->layout));
    store->write_buffer = malloc(map_layout_written_bytes(&store->layout));
    if (store->read_buffer && store->write_buffer) return STATUS_OK;
    return status_fail_for(REASON_WORK_TOO_LARGE, STATUS_NO_MEMORY,
                           "Not enough memory for what a tile keeps: %zu MiB. Choose a smaller tile.",
                           map_layout_memory(&store->layout) >> 20);
}

static void load_buffer(const MapStore *store, MapTurn turn, int map, Tensor to) {
    const MapSlot *slot = map_layout_slot(&store->layout, turn.tile);
    const MapPlace *place = &slot->maps[map];
    const size_t begin = map_layout_read_by(slot, turn.stage).begin;
    packed_map_read(store->read_buffer + (place->begin - begin), place->w, place->format, to,
                    (MapPart){0, 0, to.h, to.w});
}

static void save_buffer(const MapStore *store, MapTurn turn, int map, Tensor from) {
    const MapSlot *slot = map_layout_slot(&store->layout, turn.tile);
    const MapPlace *place = &slot->maps[map];
    const size_t begin = map_layout_written_by(slot, turn.stage).begin;
    packed_map_write(from, place->h, place->w, place->format, store->write_buffer + (place->begin - begin));
}

static MapTransfer transfer(const MapStore *store, int tile, MapRange range, uint8_t *buffer) {
    return (MapTransfer){(uint64_t)tile * store->layout.slot_bytes + range.begin, buffer, range.size};
}

static MapTransfer read_part(const MapStore *store, MapTurn turn) {
    const MapSlot *slot = map_layout_slot(&store->layout, turn.tile);
    return transfer(store, turn.tile, map_layout_read_by(slot, turn.stage), store->read_buffer);
}

static MapTransfer write_part(const MapStore *store, MapTurn turn) {
    const MapSlot *slot = map_layout_slot(&store->layout, turn.tile);
    return transfer(store, turn.tile, map_layout_written_by(slot, turn.stage), store->write_buffer);
}

// ---- all kinds

static Status create_nothing(MapStore *store) {
    (void)store;
    return STATUS_OK;
}

static const MapStoreKind kinds[] = {
    [MAPS_NOWHERE] = {.create = create_nothing},
    [MAPS_IN_MEMORY] = {create_tiles, load_slots, save_slot, NULL, NULL},
    [MAPS_IN_FILE] = {create_buffers, load_buffer, save_buffer, read_part, write_part},
    [MAPS_OF_PATCHES] = {create_patches, load_slots, save_slot, NULL, NULL},
};

Status map_store_create(const MapLayout *layout, MapStore *out) {
    *out = (MapStore){.kind = &kinds[layout->storage], .layout = *layout};
    const Status status = out->kind->create(out);
    if (status) map_store_free(out);
    return status;
}

void map_store_free(MapStore *store) {
    for (int i = 0; store->slots && i < tile_count(&store->layout.grid); i++) free(store->slots[i]);
    free(store->slots);
    free(store->read_buffer);
    free(store->write_buffer);
    *store = (MapStore){0};
}

void map_store_load(const MapStore *store, MapTurn turn, const float *skip_gates, NetworkTile *tile) {
    store->kind->load(store, turn, turn.stage - 1, tile->body);
    if (tile->skip.data) {
        store->kind->load(store, turn, 1, tile->skip);
        upscaler_apply_gates(tile->skip, skip_gates);
    }
    if (tile->residual.data) store->kind->load(store, turn, MAP_RESIDUAL, tile->residual);
}

void map_store_save(const MapStore *store, MapTurn turn, const NetworkTile *tile) {
    const bool has_residual = map_layout_slot(&store->layout, turn.tile)->maps[MAP_RESIDUAL].size > 0;
    store->kind->save(store, turn, turn.stage, tile->body);
    if (turn.stage == 1 && has_residual) store->kind->save(store, turn, MAP_RESIDUAL, tile->residual);
}

void map_store_read_ahead(MapStore *store, MapTurn now, MapTurn next) {
    const bool is_apart = next.tile != now.tile && next.tile + 1 != store->writing;
    store->writing = 0; // the next save waits for it
    if (!store->kind->read || next.stage == 0) return;
    store->is_late = !is_apart;
    if (is_apart) store->to_read = store->kind->read(store, next);
}

void map_store_write_behind(MapStore *store, MapTurn now) {
    if (!store->kind->write) return;
    store->to_write = store->kind->write(store, now);
    store->writing = now.tile + 1;
}

void map_store_read_late(MapStore *store, MapTurn next) {
    store->is_late = false;
    store->writing = 0;
    store->to_read = store->kind->read(store, next);
}
