// How the fast linear layers divide their work: chunks of rows, blocks of output channels (what one thread does at a
// time), and K-blocks. An int8 layer's K-blocks stay in the first-level cache. Those of a float32 layer are longer: the
// processor prefetches them from the next caches, and sums are stored less often.
#ifndef OPS_LINEAR_TILE_H
#define OPS_LINEAR_TILE_H

#include "core/ints.h"
#include "ops/gemm_f32_simd.h"

enum {
    LINEAR_ROWS = 264,       // of a chunk, at least, if there are as many: a ViT-L/14's 257 tokens
    LINEAR_PART = 132,       // rows that a thread does at a time: whole blocks of 4 and of 6
    LINEAR_COLS = 64,        // of a block of channels
    LINEAR_DEPTH = 256,      // of a K-block of int8, whose scales hold for as much (LINEAR_I8_BLOCK)
    LINEAR_F32_DEPTH = 1024, // of a K-block of float32, at most
    LINEAR_PANELS = LINEAR_COLS / GEMM_COLS,
};

static inline int linear_tile_k_blocks(int in_c) { return divide_up(in_c, LINEAR_DEPTH); }
static inline int linear_tile_depth(int in_c, int k_block) { return min(in_c - k_block * LINEAR_DEPTH, LINEAR_DEPTH); }
// The rows of a chunk: more if the layer is shallow, because its rows are short.
static inline int linear_tile_rows(int in_c) {
    const int k_blocks = linear_tile_k_blocks(in_c);
    return k_blocks >= 4 ? LINEAR_ROWS : k_blocks > 1 ? 2 * LINEAR_ROWS : 4 * LINEAR_ROWS;
}

// The work that a thread does at a time: rows [first, first + n) of a chunk of n_rows, times the channels from `col`.
typedef struct LinearPart {
    const void *rows; // the chunk, packed
    int n_rows, first, n, col;
} LinearPart;

#endif
