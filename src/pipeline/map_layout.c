// The slots: where each map lies in them, and after which stages.
#include "pipeline/map_layout.h"

#include "core/checked.h"

// Stage k + 1 reads body k; stage 3 also reads body 1, as its skip; stage 4 also reads the residual. So a slot holds
//     after stage 0   |          | body 0          |
//     after stage 1   | residual | body 1          |
//     after stage 2   | residual | body 1 | body 2 |
//     after stage 3   | residual | body 3          |
// and what a stage reads or writes is one contiguous range. (In memory a tile may overwrite its slot, because the other
// tiles that read there have run before it.) A patch keeps its bodies 0 to 2 one after the other.
typedef struct Order {
    int n_bodies;
    bool has_residual;
    int before[UPSCALER_MAX_BARRIERS]; // for each body, the map that comes before it in the slot
} Order;

static const Order tile_order = {4, true, {MAP_RESIDUAL, MAP_RESIDUAL, 1, MAP_RESIDUAL}};
static const Order patch_order = {3, false, {MAP_RESIDUAL, 0, 1, 0}};

static const Order *order_of(MapStorage storage) { return storage == MAPS_OF_PATCHES ? &patch_order : &tile_order; }
static bool keeps_whole_tiles(MapStorage storage) { return storage == MAPS_IN_FILE || storage == MAPS_OF_PATCHES; }

static const UpscalerMap *map_of(const UpscalerGeometry *geometry, int map) {
    return map == MAP_RESIDUAL ? &geometry->residual : &geometry->bodies[map];
}

// Samples along one axis that belong to this tile and not to the next one.
static int own_side(const UpscalerMap *map, const MapLayout *layout, int side, bool is_last) {
    const bool has_all = is_last || layout->storage == MAPS_OF_PATCHES;
    const int padded = tile_round_up(side, layout->grid.multiple);
    return has_all ? upscaler_map_side(*map, padded) : upscaler_map_offset(*map, side);
}

static MapPlace place_of(const UpscalerMap *map, const MapLayout *layout, int column, int row, MapFormat format) {
    const TileGrid *grid = &layout->grid;
    const TileRect rect = tile_rect(grid, column, row);
    const int c = map->channels;
    MapPlace place = {.format = c > 3 ? format : MAP_FLOAT}; // for few channels, 16 bits and a scale save nothing
    place.h = place.own_h = own_side(map, layout, rect.height, row == grid->rows - 1);
    place.w = place.own_w = own_side(map, layout, rect.width, column == grid->columns - 1);
    if (keeps_whole_tiles(layout->storage)) {
        place.h = upscaler_map_side(*map, rect.padded_height);
        place.w = upscaler_map_side(*map, rect.padded_width);
    }
    place.size = packed_map_bytes((size_t)place.h, (size_t)place.w, (size_t)c, place.format);
    return place;
}

static MapSlot slot_make(const UpscalerGeometry *geometry, const MapLayout *layout, int column, int row,
                         MapFormat format) {
    const Order *order = order_of(layout->storage);
    MapSlot slot = {0};
    if (order->has_residual)
        slot.maps[MAP_RESIDUAL] = place_of(map_of(geometry, MAP_RESIDUAL), layout, column, row, format);
    slot.size = slot.maps[MAP_RESIDUAL].size;
    for (int body = 0; body < UPSCALER_MAX_BARRIERS; body++) {
        const MapPlace *before = &slot.maps[order->before[body]];
        MapPlace *place = &slot.maps[body];
        *place = place_of(map_of(geometry, body), layout, column, row, format);
        if (body >= order->n_bodies) place->size = 0;
        place->begin = checked_add_or_max(before->begin, before->size);
        const size_t end = checked_add_or_max(place->begin, place->size);
        if (end > slot.size) slot.size = end;
    }
    return slot;
}

MapLayout map_layout_make(const UpscalerGeometry *geometry, const TileGrid *grid, MapStorage storage,
                          MapFormat format) {
    MapLayout layout = {.storage = storage, .grid = *grid};
    if (geometry->n_stages == 1) return layout; // no maps
    for (int i = 0; i < 4; i++) {
        const bool is_bottom = i / 2, is_right = i % 2;
        MapSlot *slot = &layout.slots[is_bottom][is_right];
        *slot = slot_make(geometry, &layout, is_right ? grid->columns - 1 : 0, is_bottom ? grid->rows - 1 : 0, format);
        if (slot->size > layout.slot_bytes) layout.slot_bytes = slot->size;
    }
    return layout;
}

const MapSlot *map_layout_slot(const MapLayout *layout, int tile) {
    const TileGrid *grid = &layout->grid;
    return &layout->slots[tile / grid->columns == grid->rows - 1][tile % grid->columns == grid->columns - 1];
}

// ---- parts of a slot

// Its size is SIZE_MAX if a size_t cannot count it.
static MapRange range_of(const MapSlot *slot, int first, int last) {
    const size_t begin = slot->maps[first].begin;
    const size_t end = checked_add_or_max(slot->maps[last].begin, slot->maps[last].size);
    return (MapRange){begin, end == SIZE_MAX ? SIZE_MAX : end - begin};
}

MapRange map_layout_read_by(const MapSlot *slot, int stage) {
    return range_of(slot, stage == 3 ? 1 : stage == 4 ? MAP_RESIDUAL : stage - 1, stage - 1);
}

MapRange map_layout_written_by(const MapSlot *slot, int stage) {
    return range_of(slot, stage == 1 ? MAP_RESIDUAL : stage, stage);
}

static size_t largest(const MapLayout *layout, MapRange (*range)(const MapSlot *, int), int first_stage) {
    size_t most = 0;
    for (int i = 0; i < 4; i++) {
        for (int stage = first_stage; stage < first_stage + UPSCALER_MAX_BARRIERS; stage++) {
            const size_t size = range(&layout->slots[i / 2][i % 2], stage).size;
            if (size > most) most = size;
        }
    }
    return most;
}

size_t map_layout_read_bytes(const MapLayout *layout) { return largest(layout, map_layout_read_by, 1); }
size_t map_layout_written_bytes(const MapLayout *layout) { return largest(layout, map_layout_written_by, 0); }

// ---- all slots

static size_t all_slots(const MapLayout *layout) {
    size_t sum = 0;
    for (int i = 0; i < 4; i++) {
        const int rows = i / 2 ? 1 : layout->grid.rows - 1, columns = i % 2 ? 1 : layout->grid.columns - 1;
        const size_t size = layout->slots[i / 2][i % 2].size;
        sum = checked_add_or_max(sum, checked_mul_or_max(size, (size_t)rows * (size_t)columns));
    }
    return sum;
}

size_t map_layout_memory(const MapLayout *layout) {
    switch (layout->storage) {
        case MAPS_NOWHERE: return 0;
        case MAPS_IN_FILE: return checked_add_or_max(map_layout_read_bytes(layout), map_layout_written_bytes(layout));
        default: return all_slots(layout);
    }
}

uint64_t map_layout_spilled(const MapLayout *layout) {
    uint64_t all;
    if (layout->storage != MAPS_IN_FILE) return 0;
    return __builtin_mul_overflow((uint64_t)layout->slot_bytes, tile_count(&layout->grid), &all) ? UINT64_MAX : all;
}
