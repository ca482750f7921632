// Where tiles lie: geometry only, no pixels.
#ifndef PIPELINE_TILE_H
#define PIPELINE_TILE_H

#include "nets/upscaler.h"

// A picture of width x height cut into tiles of `side` from the top left; the last column and row hold what is left.
typedef struct TileGrid {
    int width, height; // of the picture
    int side;          // of a tile, a multiple of `multiple`
    int multiple;
    int columns, rows;
} TileGrid;

typedef struct TileRect {
    int x, y, width, height;         // the part of the picture that the tile yields
    int padded_width, padded_height; // the same, rounded up to `multiple`: what the network is given, before its halo
} TileRect;

// Makes the grid for tiles of about `side` (rounded up to `multiple`); never larger than the picture needs.
TileGrid tile_grid(int width, int height, int side, int multiple);
// A side of at most `max_side` that cuts the picture into tiles of nearly the same size, so that none is a sliver.
int tile_even_side(int width, int height, int max_side, int multiple);
TileRect tile_rect(const TileGrid *grid, int column, int row);
// The same of all tiles, counted row by row.
static inline int tile_count(const TileGrid *grid) { return grid->columns * grid->rows; }
TileRect tile_at(const TileGrid *grid, int index);

// n, rounded up to a multiple of `multiple`.
int tile_round_up(int n, int multiple);

// Index i of a line of n samples continued by reflection without repeating the edge (… 2 1 0 1 2 …), as often as
// needed: a line may be shorter than the halo. n = 1 repeats its only sample.
int tile_reflect(int i, int n);
// The index whose sample stands at i, which may lie outside of the line; -1: a zero does.
int tile_edge(UpscalerEdge edge, int i, int n);

#endif
