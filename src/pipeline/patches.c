// A lattice of patches and what is kept of them.
#include "pipeline/patches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Measured: of patches that take the same time, many small ones estimate better than few large ones. More than FEWEST
// may take a tenth of the time that the picture takes.
enum { SIDE = 16, FEWEST = 48, MOST = 128, SHARE = 10 };

static int clamp(int n, int low, int high) { return n < low ? low : n > high ? high : n; }

// What n patches and the picture's tiles take, in input pixels that run through the network; patches take four stages.
static double n_affordable(const TileGrid *grid, int halo) {
    const double patch = 0.8 * (SIDE + 2 * halo) * (SIDE + 2 * halo);
    const double width = grid->width + 2.0 * halo * grid->columns, height = grid->height + 2.0 * halo * grid->rows;
    return width * height / SHARE / patch;
}

Patches patches_plan(const Cugan *cugan, const TileGrid *grid) {
    Patches patches = {.side = tile_round_up(SIDE, grid->multiple)};
    const double affordable = n_affordable(grid, cugan_geometry(cugan).halo);
    patches.is_dear = affordable < FEWEST;
    const int n = affordable < MOST ? clamp((int)affordable, FEWEST, MOST) : MOST;
    // columns : rows like width : height
    const double columns = sqrt((double)n * grid->width / grid->height);
    patches.columns = columns > n ? n : clamp((int)(columns + 0.5), 1, n);
    patches.rows = n / patches.columns;
    for (int i = 0; i < PATCHES_N_BODIES; i++) {
        const size_t map_side = (size_t)cugan_map_side(cugan, i, patches.side);
        patches.body_counts[i] = map_side * map_side * (size_t)cugan_barrier_channels(i);
    }
    return patches;
}

// At most MOST small bodies: products of these do not wrap around.
static size_t bodies_bytes(const Patches *patches, int i) {
    return patches->body_counts[i] * (size_t)patches_n(patches) * sizeof(float);
}

size_t patches_bytes(const Patches *patches) {
    size_t sum = 0;
    for (int i = 0; i < PATCHES_N_BODIES; i++) sum += bodies_bytes(patches, i);
    return sum;
}

// The place of a patch whose middle lies at half / (2 n) of `length`.
static int place(int half, int n, int length, int side, int multiple) {
    const int middle = (int)((long long)half * length / (2 * n));
    int at = (middle - side / 2) / multiple * multiple;
    if (at > tile_round_up(length, multiple) - side) at = tile_round_up(length, multiple) - side;
    return at > 0 ? at : 0;
}

TileRect patches_rect(const Patches *patches, const TileGrid *grid, int index) {
    const int side = patches->side, row = index / patches->columns, column = index % patches->columns;
    // quarters of a step from the middle, to the left and to the right in turn
    const int quarter = row % 2 ? 1 : -1;
    TileRect rect = {.width = side, .height = side, .padded_width = side, .padded_height = side};
    rect.x = place(4 * column + 2 + quarter, 2 * patches->columns, grid->width, side, grid->multiple);
    rect.y = place(2 * row + 1, patches->rows, grid->height, side, grid->multiple);
    return rect;
}

Status patches_take(Patches *patches) {
    for (int i = 0; i < PATCHES_N_BODIES; i++) {
        patches->bodies[i] = malloc(bodies_bytes(patches, i));
        if (!patches->bodies[i])
            return status_fail(STATUS_NO_MEMORY, "Not enough memory for the samples of --sync fast.");
    }
    return STATUS_OK;
}

void patches_free(Patches *patches) {
    for (int i = 0; i < PATCHES_N_BODIES; i++) free(patches->bodies[i]);
}

static float *body_at(const Patches *patches, int barrier, int index) {
    return patches->bodies[barrier] + patches->body_counts[barrier] * (size_t)index;
}

static void load(const Patches *patches, int barrier, int index, Tensor to) {
    memcpy(to.data, body_at(patches, barrier, index), patches->body_counts[barrier] * sizeof(float));
}

void patches_load(const Patches *patches, int index, int stage, const float *skip_factors, CuganTile *tile) {
    load(patches, stage - 1, index, tile->body);
    if (!tile->skip.data) return;
    load(patches, 1, index, tile->skip);
    cugan_apply_factors(tile->skip, skip_factors);
}

void patches_save(Patches *patches, int index, int stage, const CuganTile *tile) {
    if (stage >= PATCHES_N_BODIES) return;
    memcpy(body_at(patches, stage, index), tile->body.data, patches->body_counts[stage] * sizeof(float));
}
