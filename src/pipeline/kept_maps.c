// Slots: where each map lies in them, and for how long.
#include "pipeline/kept_maps.h"

#include <stdlib.h>

#include "core/checked.h"
#include "core/ints.h"

// The bodies after stages 0 to 3, and the residual.
enum { RESIDUAL = CUGAN_N_BARRIERS, N_MAPS };

// Body k is read by stage k + 1; body 1 is also the skip of stage 3; the residual is read by stage 4. So a slot holds
//     after stage 0   |          | body 0          |
//     after stage 1   | residual | body 1          |
//     after stage 2   | residual | body 1 | body 2 |
//     after stage 3   | residual | body 3          |
// and what a stage reads or writes is one piece. (In memory a tile may take its slot's place again though tiles before
// it read there too: they have had their turn.)
typedef struct Place {
    int h, w;           // samples
    size_t begin, size; // bytes
} Place;

typedef struct Slot {
    Place maps[N_MAPS];
    size_t size;
} Slot;

// ---- geometry

static int map_side(const Cugan *cugan, int map, int tile_side) {
    return map == RESIDUAL ? cugan_residual_side(cugan, tile_side) : cugan_map_side(cugan, map, tile_side);
}

static int map_own(const Cugan *cugan, int map, int at, int side, int padded_side, int picture_side) {
    if (at + side == picture_side) return map_side(cugan, map, padded_side);
    return map == RESIDUAL ? cugan_residual_offset(cugan, side) : cugan_map_offset(cugan, map, side);
}

int kept_maps_own(const Cugan *cugan, int barrier, int at, int side, int padded_side, int picture_side) {
    return map_own(cugan, barrier, at, side, padded_side, picture_side);
}

static int map_channels(const Cugan *cugan, int map) {
    return map == RESIDUAL ? cugan_residual_channels(cugan) : cugan_barrier_channels(map);
}

// Of few channels, 16 bits and a scale take no less than floats.
static MapFormat map_format(const KeptPlan *plan, int map) {
    return map_channels(plan->cugan, map) > 3 ? plan->format : MAP_FLOAT;
}

static Slot slot_of(const KeptPlan *plan, int index) {
    const TileGrid *grid = &plan->grid;
    const TileRect rect = tile_rect(grid, index % grid->columns, index / grid->columns);
    Slot slot;
    for (int map = 0; map < N_MAPS; map++) {
        Place *place = &slot.maps[map];
        if (plan->is_outside) {
            place->h = map_side(plan->cugan, map, rect.padded_height);
            place->w = map_side(plan->cugan, map, rect.padded_width);
        } else {
            place->h = map_own(plan->cugan, map, rect.y, rect.height, rect.padded_height, grid->height);
            place->w = map_own(plan->cugan, map, rect.x, rect.width, rect.padded_width, grid->width);
        }
        place->size = packed_map_bytes((size_t)place->h, (size_t)place->w, (size_t)map_channels(plan->cugan, map),
                                       map_format(plan, map));
        place->begin = map == RESIDUAL ? 0 : SIZE_MAX; // known below
    }
    const size_t after_residual = slot.maps[RESIDUAL].size;
    slot.maps[0].begin = slot.maps[1].begin = slot.maps[3].begin = after_residual;
    slot.maps[2].begin = checked_add_or_max(after_residual, slot.maps[1].size);
    slot.size = 0;
    for (int map = 0; map < N_MAPS; map++) {
        const size_t end = checked_add_or_max(slot.maps[map].begin, slot.maps[map].size);
        if (end > slot.size) slot.size = end;
    }
    return slot;
}

static int n_tiles(const KeptPlan *plan) { return plan->grid.columns * plan->grid.rows; }

static size_t largest_slot_bytes(const KeptPlan *plan) {
    size_t most = 0;
    for (int i = 0; i < n_tiles(plan); i++) {
        const size_t size = slot_of(plan, i).size;
        if (size > most) most = size;
    }
    return most;
}

// ---- outside: what of a slot is carried at once, from the beginning of the map `first` to the end of the map `last`

typedef struct Range {
    int first, last;
} Range;

// What a stage (1 to 4) reads, and what one (0 to 3) writes.
static Range read_by(int stage) { return (Range){stage == 3 ? 1 : stage == 4 ? RESIDUAL : stage - 1, stage - 1}; }
static Range written_by(int stage) { return (Range){stage == 1 ? RESIDUAL : stage, stage}; }

// SIZE_MAX if it is more than can be counted.
static size_t range_bytes(const Slot *slot, Range range) {
    const Place *last = &slot->maps[range.last];
    const size_t end = checked_add_or_max(last->begin, last->size);
    return end == SIZE_MAX ? SIZE_MAX : end - slot->maps[range.first].begin;
}

// Of the two buffers.
typedef struct BufferSizes {
    size_t fetched, to_put;
} BufferSizes;

static BufferSizes buffer_sizes(const KeptPlan *plan) {
    BufferSizes most = {0};
    for (int i = 0; i < n_tiles(plan); i++) {
        const Slot slot = slot_of(plan, i);
        for (int stage = 0; stage < CUGAN_N_BARRIERS; stage++) {
            const size_t in = range_bytes(&slot, read_by(stage + 1)), out = range_bytes(&slot, written_by(stage));
            if (in > most.fetched) most.fetched = in;
            if (out > most.to_put) most.to_put = out;
        }
    }
    return most;
}

size_t kept_maps_bytes(const KeptPlan *plan) {
    if (plan->is_outside) {
        const BufferSizes sizes = buffer_sizes(plan);
        return checked_add_or_max(sizes.fetched, sizes.to_put);
    }
    size_t sum = 0;
    for (int i = 0; i < n_tiles(plan); i++) sum = checked_add_or_max(sum, slot_of(plan, i).size);
    return sum;
}

uint64_t kept_maps_outside_bytes(const KeptPlan *plan) {
    uint64_t all;
    if (!plan->is_outside) return 0;
    return __builtin_mul_overflow((uint64_t)largest_slot_bytes(plan), n_tiles(plan), &all) ? UINT64_MAX : all;
}

// ---- memory

static Status create_slots(KeptMaps *maps) {
    const int n = n_tiles(&maps->plan);
    maps->slots = calloc((size_t)n, sizeof *maps->slots);
    bool ok = maps->slots;
    for (int i = 0; i < n && ok; i++) ok = (maps->slots[i] = malloc(slot_of(&maps->plan, i).size));
    if (ok) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY,
                       "Not enough memory to keep %zu MiB between two passes. Allow less memory, or tiles without "
                       "--sync exact.",
                       kept_maps_bytes(&maps->plan) >> 20);
}

static Status create_buffers(KeptMaps *maps) {
    const BufferSizes sizes = buffer_sizes(&maps->plan);
    maps->fetched = malloc(sizes.fetched);
    maps->to_put = malloc(sizes.to_put);
    if (maps->fetched && maps->to_put) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for what a tile keeps: %zu MiB. Choose a smaller tile.",
                       kept_maps_bytes(&maps->plan) >> 20);
}

Status kept_maps_create(const KeptPlan *plan, KeptMaps *out) {
    *out = (KeptMaps){.plan = *plan, .slot_bytes = largest_slot_bytes(plan)};
    Status status = plan->is_outside ? create_buffers(out) : create_slots(out);
    if (status) kept_maps_free(out);
    return status;
}

void kept_maps_free(KeptMaps *maps) {
    for (int i = 0; maps->slots && i < n_tiles(&maps->plan); i++) free(maps->slots[i]);
    free(maps->slots);
    free(maps->fetched);
    free(maps->to_put);
    *maps = (KeptMaps){0};
}

// ---- in and out

// Where map `map` of a slot lies in a buffer that holds `range` of it.
static uint8_t *in_buffer(uint8_t *buffer, const Slot *slot, Range range, int map) {
    return buffer + (slot->maps[map].begin - slot->maps[range.first].begin);
}

// From the tile's slot, and as long as something is missing from those to the right and below: each goes on where the
// last one ends. (Outside nothing is missing.)
static void load(const KeptMaps *maps, int index, int stage, int map, Tensor to) {
    MapPart part = {0};
    for (int row = index; part.y < to.h; row += maps->plan.grid.columns, part.y += part.h) {
        part.x = 0;
        for (int i = row; part.x < to.w; i++, part.x += part.w) {
            const Slot slot = slot_of(&maps->plan, i);
            const Place *place = &slot.maps[map];
            const uint8_t *from = maps->plan.is_outside ? in_buffer(maps->fetched, &slot, read_by(stage), map)
                                                        : maps->slots[i] + place->begin;
            part.h = smaller(place->h, to.h - part.y);
            part.w = smaller(place->w, to.w - part.x);
            packed_map_read(from, place->w, map_format(&maps->plan, map), to, part);
        }
    }
}

static void save(KeptMaps *maps, int index, int stage, int map, Tensor from) {
    const Slot slot = slot_of(&maps->plan, index);
    const Place *place = &slot.maps[map];
    uint8_t *to = maps->plan.is_outside ? in_buffer(maps->to_put, &slot, written_by(stage), map)
                                        : maps->slots[index] + place->begin;
    packed_map_write(from, place->h, place->w, map_format(&maps->plan, map), to);
}

void kept_maps_load(const KeptMaps *maps, int index, int stage, const float *skip_factors, CuganTile *tile) {
    load(maps, index, stage, stage - 1, tile->body);
    if (tile->skip.data) {
        load(maps, index, stage, 1, tile->skip);
        cugan_apply_factors(tile->skip, skip_factors);
    }
    if (tile->residual.data) load(maps, index, stage, RESIDUAL, tile->residual);
}

void kept_maps_save(KeptMaps *maps, int index, int stage, const CuganTile *tile) {
    save(maps, index, stage, stage, tile->body);
    if (stage == 1) save(maps, index, stage, RESIDUAL, tile->residual);
}

// ---- what is to be carried

static KeptPart part_of(const KeptMaps *maps, int index, Range range, uint8_t *buffer) {
    if (!maps->plan.is_outside) return (KeptPart){0};
    const Slot slot = slot_of(&maps->plan, index);
    return (KeptPart){(uint64_t)index * maps->slot_bytes + slot.maps[range.first].begin, buffer,
                      range_bytes(&slot, range)};
}

KeptPart kept_maps_to_fetch(const KeptMaps *maps, int index, int stage) {
    return stage == 0 ? (KeptPart){0} : part_of(maps, index, read_by(stage), maps->fetched);
}

KeptPart kept_maps_to_put(const KeptMaps *maps, int index, int stage) {
    return stage == CUGAN_N_STAGES - 1 ? (KeptPart){0} : part_of(maps, index, written_by(stage), maps->to_put);
}
