// The eight mirrored and turned versions of a picture that the network gets with tta. Geometry and copying, no network.
//
// A view is one of the padded picture, whose sides are multiples of the network's `multiple`. So each tile of the
// picture is also a tile of the view, and begins at a multiple there too.
#ifndef PIPELINE_VIEW_H
#define PIPELINE_VIEW_H

#include "core/tensor.h"
#include "pipeline/tile.h"

enum { VIEW_N = 8 };

// `index` 0 is the picture itself. Bit 0 mirrors left and right, bit 1 top and bottom; then bit 2 exchanges rows and
// columns.
typedef struct View {
    int index;
    int width, height; // of the padded picture, not of the view
} View;

View view_of(const TileGrid *grid, int index);

// Converts (x, y) of the view, which may lie outside, to coordinates of the picture.
void view_to_picture(View view, int x, int y, int *picture_x, int *picture_y);

// A grid with the same number of tiles that begins at the view's top left.
TileGrid view_grid(View view, const TileGrid *grid);
// Where a tile of the picture, with its padding, lies in the view.
TileRect view_rect(View view, TileRect rect);

// to += from / VIEW_N; at view 0, to = from / VIEW_N. `from` is a tile's result in view `index`, `to` has the picture's
// orientation.
void view_average(int index, Tensor from, Tensor to);

#endif
