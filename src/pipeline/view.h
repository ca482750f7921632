// The eight ways to show a picture to the network: mirrored, turned, both. Geometry and copying, no network.
//
// A view shows the padded picture, whose sides are multiples of the network's. So each tile of the picture is also a
// tile of the view, and begins at a multiple too.
#ifndef PIPELINE_VIEW_H
#define PIPELINE_VIEW_H

#include "core/tensor.h"
#include "pipeline/tile.h"

enum { VIEW_N = 8 };

// 0 is the picture as it is. Bit 0 of `index` mirrors left and right, bit 1 top and bottom; bit 2 then exchanges rows
// and columns.
typedef struct View {
    int index;
    int width, height; // of the padded picture as it is
} View;

View view_of(const TileGrid *grid, int index);

// Where (x, y) of the view, which may lie outside, is in the picture.
void view_to_picture(View view, int x, int y, int *picture_x, int *picture_y);

// The picture's grid for the view: as many tiles, from its own top left.
TileGrid view_grid(View view, const TileGrid *grid);
// Where a tile of the picture lies in the view, padding and all.
TileRect view_rect(View view, TileRect rect);

// to += from / VIEW_N, or, at view 0, to = from / VIEW_N: `from` is what became of a tile in view `index`, `to` the
// tile as it lies in the picture.
void view_average(int index, Tensor from, Tensor to);

#endif
