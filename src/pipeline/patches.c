// The lattice of patches.
#include "pipeline/patches.h"

#include <math.h>

// Measured: in the same time, many small patches estimate better than few large ones. A picture gets at least FEWEST
// patches, and up to MOST while they take at most 1 / SHARE of the picture's time.
enum { SIDE = 16, FEWEST = 48, MOST = 128, SHARE = 10 };

static int clamp(int n, int low, int high) { return n < low ? low : n > high ? high : n; }

// How many patches take 1 / SHARE of the time of the picture's tiles. Time is measured in input pixels that run through
// the network; a patch runs only four of five stages, about 0.8 of the work.
static double n_affordable(const TileGrid *grid, int halo) {
    const double patch = 0.8 * (SIDE + 2 * halo) * (SIDE + 2 * halo);
    const double width = grid->width + 2.0 * halo * grid->columns, height = grid->height + 2.0 * halo * grid->rows;
    return width * height / SHARE / patch;
}

Patches patches_plan(const Upscaler *upscaler, const TileGrid *grid) {
    Patches patches = {.side = tile_round_up(SIDE, grid->multiple)};
    const double affordable = n_affordable(grid, upscaler->geometry.halo);
    patches.is_expensive = affordable < FEWEST;
    const int n = affordable < MOST ? clamp((int)affordable, FEWEST, MOST) : MOST;
    // columns : rows like width : height
    const double columns = sqrt((double)n * grid->width / grid->height);
    patches.columns = columns > n ? n : clamp((int)(columns + 0.5), 1, n);
    patches.rows = n / patches.columns;
    return patches;
}

// Where a patch begins whose middle is at part / (2 n) of `length`: a multiple, within the padded picture.
static int place(int part, int n, int length, int side, int multiple) {
    const int middle = (int)((long long)part * length / (2 * n));
    int at = (middle - side / 2) / multiple * multiple;
    if (at > tile_round_up(length, multiple) - side) at = tile_round_up(length, multiple) - side;
    return at > 0 ? at : 0;
}

TileRect patches_rect(const Patches *patches, const TileGrid *grid, int index) {
    const int side = patches->side, row = index / patches->columns, column = index % patches->columns;
    // Rows are shifted by a quarter of a step, in turn to the left and to the right.
    const int quarter = row % 2 ? 1 : -1;
    TileRect rect = {.width = side, .height = side, .padded_width = side, .padded_height = side};
    rect.x = place(4 * column + 2 + quarter, 2 * patches->columns, grid->width, side, grid->multiple);
    rect.y = place(2 * row + 1, patches->rows, grid->height, side, grid->multiple);
    return rect;
}

TileGrid patches_grid(const Patches *patches) {
    const int side = patches->side;
    return (TileGrid){patches->columns * side, patches->rows * side, side, side, patches->columns, patches->rows};
}
