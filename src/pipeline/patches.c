// A lattice of patches.
#include "pipeline/patches.h"

#include <math.h>

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

TileGrid patches_grid(const Patches *patches) {
    const int side = patches->side;
    return (TileGrid){patches->columns * side, patches->rows * side, side, side, patches->columns, patches->rows};
}
