// Mirroring and transposition.
#include "pipeline/view.h"

#include <stdbool.h>

#include "core/parallel.h"

static bool is_mirrored(int index) { return index & 1; }
static bool is_upside_down(int index) { return index & 2; }
static bool is_transposed(int index) { return index & 4; }

View view_of(const TileGrid *grid, int index) {
    return (View){index, tile_round_up(grid->width, grid->multiple), tile_round_up(grid->height, grid->multiple)};
}

void view_to_picture(View view, int x, int y, int *picture_x, int *picture_y) {
    const int across = is_transposed(view.index) ? y : x, down = is_transposed(view.index) ? x : y;
    *picture_x = is_mirrored(view.index) ? view.width - 1 - across : across;
    *picture_y = is_upside_down(view.index) ? view.height - 1 - down : down;
}

TileGrid view_grid(View view, const TileGrid *grid) {
    const bool transposed = is_transposed(view.index);
    return tile_grid(transposed ? view.height : view.width, transposed ? view.width : view.height, grid->side,
                     grid->multiple);
}

TileRect view_rect(View view, TileRect rect) {
    const int width = rect.padded_width, height = rect.padded_height;
    const int x = is_mirrored(view.index) ? view.width - rect.x - width : rect.x,
              y = is_upside_down(view.index) ? view.height - rect.y - height : rect.y;
    if (is_transposed(view.index)) return (TileRect){y, x, height, width, height, width};
    return (TileRect){x, y, width, height, width, height};
}

typedef struct Average {
    View view;
    Tensor from, to;
} Average;

static void average_row(void *context, int row) {
    const Average *average = context;
    float *to = tensor_at(average->to, row, 0);
    const View view = average->view;
    const int down = is_upside_down(view.index) ? view.height - 1 - row : row;
    for (int column = 0; column < view.width; column++, to += 3) {
        const int across = is_mirrored(view.index) ? view.width - 1 - column : column;
        const float *from =
            is_transposed(view.index) ? tensor_at(average->from, across, down) : tensor_at(average->from, down, across);
        for (int c = 0; c < 3; c++) to[c] = from[c] * (1.0f / VIEW_N) + (view.index ? to[c] : 0);
    }
}

void view_average(int index, Tensor from, Tensor to) {
    Average average = {{index, to.w, to.h}, from, to};
    parallel_for(average_row, &average, to.h);
}
