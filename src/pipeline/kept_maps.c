// Which maps are kept after which stage, and for how long.
#include "pipeline/kept_maps.h"

#include "core/checked.h"

static int padded(const TileGrid *grid, int side) { return tile_round_up(side, grid->multiple); }

int kept_maps_own(const Cugan *cugan, int barrier, int at, int side, int padded_side, int picture_side) {
    const bool is_last = at + side == picture_side;
    return is_last ? cugan_map_side(cugan, barrier, padded_side) : cugan_map_offset(cugan, barrier, side);
}

// The same for the residual.
static int own_residual(const Cugan *cugan, int at, int side, int padded_side, int picture_side) {
    return at + side == picture_side ? cugan_residual_side(cugan, padded_side) : cugan_residual_offset(cugan, side);
}

static size_t body_bytes(const Cugan *cugan, const TileGrid *grid, int barrier, MapFormat format) {
    const int h = cugan_map_side(cugan, barrier, padded(grid, grid->height)),
              w = cugan_map_side(cugan, barrier, padded(grid, grid->width));
    return map_store_bytes((size_t)h, (size_t)w, (size_t)cugan_barrier_channels(barrier), format);
}

static size_t residual_bytes(const Cugan *cugan, const TileGrid *grid) {
    const int h = cugan_residual_side(cugan, padded(grid, grid->height)),
              w = cugan_residual_side(cugan, padded(grid, grid->width));
    return map_store_bytes((size_t)h, (size_t)w, (size_t)cugan_residual_channels(cugan), MAP_FLOAT);
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

// While a stage runs, the rows that it reads go as those that it writes come, but for about one row of tiles.
size_t kept_maps_bytes(const Cugan *cugan, const TileGrid *grid, MapFormat format) {
    size_t bodies[CUGAN_N_BARRIERS], most = 0;
    for (int i = 0; i < CUGAN_N_BARRIERS; i++) bodies[i] = body_bytes(cugan, grid, i, format);
    const size_t rows = (size_t)grid->rows;
    const size_t inner = checked_add_or_max(bodies[1], bodies[2]);
    most = checked_add_or_max(larger(bodies[0], bodies[1]), bodies[1] / rows);
    most = larger(most, inner);
    most = larger(most, checked_add_or_max(larger(inner, bodies[3]), bodies[3] / rows));
    return checked_add_or_max(most, residual_bytes(cugan, grid));
}

Status kept_maps_create(const Cugan *cugan, TileGrid grid, MapFormat format, KeptMaps *out) {
    KeptMaps maps = {.cugan = cugan, .grid = grid};
    const int height = padded(&grid, grid.height), width = padded(&grid, grid.width);
    Status status = map_store_create(cugan_residual_side(cugan, height), cugan_residual_side(cugan, width),
                                     cugan_residual_channels(cugan), cugan_residual_offset(cugan, grid.side), grid.rows,
                                     MAP_FLOAT, &maps.residual);
    for (int i = 0; i < CUGAN_N_BARRIERS && !status; i++) {
        status = map_store_create(cugan_map_side(cugan, i, height), cugan_map_side(cugan, i, width),
                                  cugan_barrier_channels(i), cugan_map_offset(cugan, i, grid.side), grid.rows, format,
                                  &maps.bodies[i]);
    }
    *out = maps;
    return status;
}

void kept_maps_free(KeptMaps *maps) {
    for (int i = 0; i < CUGAN_N_BARRIERS; i++) map_store_free(&maps->bodies[i]);
    map_store_free(&maps->residual);
}

static void load_body(const KeptMaps *maps, TileRect rect, int barrier, Tensor to) {
    map_store_read(&maps->bodies[barrier], cugan_map_offset(maps->cugan, barrier, rect.y),
                   cugan_map_offset(maps->cugan, barrier, rect.x), to);
}

void kept_maps_load(const KeptMaps *maps, TileRect rect, int stage, const float *skip_factors, CuganTile *tile) {
    load_body(maps, rect, stage - 1, tile->body);
    if (tile->skip.data) {
        load_body(maps, rect, 1, tile->skip);
        cugan_apply_factors(tile->skip, skip_factors);
    }
    if (tile->residual.data) {
        map_store_read(&maps->residual, cugan_residual_offset(maps->cugan, rect.y),
                       cugan_residual_offset(maps->cugan, rect.x), tile->residual);
    }
}

Status kept_maps_save(KeptMaps *maps, TileRect rect, int stage, const CuganTile *tile) {
    const Cugan *cugan = maps->cugan;
    const TileGrid *grid = &maps->grid;
    const int rows = kept_maps_own(cugan, stage, rect.y, rect.height, rect.padded_height, grid->height);
    const int columns = kept_maps_own(cugan, stage, rect.x, rect.width, rect.padded_width, grid->width);
    Status status = map_store_write(&maps->bodies[stage], tile->body, rows, columns,
                                    cugan_map_offset(cugan, stage, rect.y), cugan_map_offset(cugan, stage, rect.x));
    if (status || stage != 1) return status;
    return map_store_write(&maps->residual, tile->residual,
                           own_residual(cugan, rect.y, rect.height, rect.padded_height, grid->height),
                           own_residual(cugan, rect.x, rect.width, rect.padded_width, grid->width),
                           cugan_residual_offset(cugan, rect.y), cugan_residual_offset(cugan, rect.x));
}

// Body k is read by stage k + 1; body 1 is also the skip of stage 3; the residual is read by stage 4.
void kept_maps_row_done(KeptMaps *maps, int row, int stage) {
    if (stage >= 1 && stage != 2) map_store_forget(&maps->bodies[stage - 1], row);
    if (stage == 3) map_store_forget(&maps->bodies[1], row);
    if (stage == 4) map_store_forget(&maps->residual, row);
}
