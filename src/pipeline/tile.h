// Where tiles lie: geometry only, no pixels.
#ifndef PIPELINE_TILE_H
#define PIPELINE_TILE_H

#include "nets/upscaler.h"

// A picture of width x height pixels, cut into tiles of `side` from the top left. The tiles of the last column and of
// the last row may be smaller.
typedef struct TileGrid {
    int width, height; // of the picture
    int side;          // of a tile, a multiple of `multiple`
    int multiple;
    int columns, rows;
} TileGrid;

typedef struct TileRect {
    int x, y, width, height;         // the part of the picture that the tile makes
    int padded_width, padded_height; // rounded up to `multiple`: the network's input without the halo
} TileRect;

// The grid for tiles of `side`, rounded up to `multiple`, but no larger than the picture needs.
TileGrid tile_grid(int width, int height, int side, int multiple);
// A side of at most `max_side`, rounded up to `multiple`, that cuts the longer side of the picture into nearly equal
// parts, so that no tile is very narrow.
int tile_even_side(int width, int height, int max_side, int multiple);
TileRect tile_rect(const TileGrid *grid, int column, int row);
// The number of tiles, and a tile by its number, counted row by row.
static inline int tile_count(const TileGrid *grid) { return grid->columns * grid->rows; }
TileRect tile_at(const TileGrid *grid, int index);

// n, rounded up to a multiple of `multiple`.
int tile_round_up(int n, int multiple);

// The index in a line of n samples whose sample is used at i, which may be outside of the line. The line is continued
// by reflection without repeating the edge (… 2 1 0 1 2 …), as often as needed: it may be shorter than the halo.
int tile_reflect(int i, int n);
// The same for any edge. -1: a zero is used.
int tile_edge(UpscalerEdge edge, int i, int n);

#endif
