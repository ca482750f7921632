// The geometry of tiles.
#include "pipeline/tile.h"

#include "core/ints.h"

int tile_round_up(int n, int multiple) { return round_up(n, multiple); }

TileGrid tile_grid(int width, int height, int side, int multiple) {
    const int longer = width > height ? width : height;
    side = min(tile_round_up(side, multiple), tile_round_up(longer, multiple));
    return (TileGrid){width, height, side, multiple, divide_up(width, side), divide_up(height, side)};
}

int tile_even_side(int width, int height, int max_side, int multiple) {
    const int longer = width > height ? width : height;
    return tile_round_up(divide_up(longer, divide_up(longer, max_side)), multiple);
}

TileRect tile_rect(const TileGrid *grid, int column, int row) {
    TileRect rect = {.x = column * grid->side, .y = row * grid->side};
    rect.width = min(grid->side, grid->width - rect.x);
    rect.height = min(grid->side, grid->height - rect.y);
    rect.padded_width = tile_round_up(rect.width, grid->multiple);
    rect.padded_height = tile_round_up(rect.height, grid->multiple);
    return rect;
}

TileRect tile_at(const TileGrid *grid, int index) {
    return tile_rect(grid, index % grid->columns, index / grid->columns);
}

int tile_reflect(int i, int n) {
    if (n == 1) return 0;
    const int period = 2 * (n - 1);
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - i;
}

int tile_edge(UpscalerEdge edge, int i, int n) {
    switch (edge) {
        case UPSCALER_REFLECTED: return tile_reflect(i, n);
        case UPSCALER_REPEATED: return max(0, min(i, n - 1));
        default: return i >= 0 && i < n ? i : -1;
    }
}
