// Rows of an image times packed weights.
#include "ops/gemm_f32_simd.h"

// Rows at a time: they stay in the first-level cache while all columns of weights go over them.
enum { CHUNK = 36 };

static GemmBlock multiply(const GemmProduct *p, const float *in, size_t in_stride, const float *weights,
                          const float *bias) {
    const f32x4 bias0 = f32x4_load(bias), bias1 = f32x4_load(bias + SIMD_LANES);
    const size_t depth = (size_t)p->run_length;
    GemmBlock block;
    for (int i = 0; i < GEMM_ROWS; i++) block.rows[i][0] = bias0, block.rows[i][1] = bias1;
    for (int run = 0; run < p->n_runs; run++, in += p->run_stride, weights += depth * GEMM_COLS) {
        block = gemm_f32_simd_block(block, GEMM_ROWS, in, in_stride, weights, depth);
    }
    return block;
}

static inline void store(const GemmProduct *p, const GemmBlock *block, float *out, int n_rows, int n_cols) {
    const f32x4 slope = f32x4_splat(p->slope);
    for (int i = 0; i < n_rows; i++, out += p->out_stride) {
        f32x4_store_part(out, f32x4_leaky_relu(block->rows[i][0], slope), n_cols);
        if (n_cols > SIMD_LANES) {
            f32x4_store_part(out + SIMD_LANES, f32x4_leaky_relu(block->rows[i][1], slope), n_cols - SIMD_LANES);
        }
    }
}

// Rows [begin, end) times the panel of columns from `col`.
static void run_panel(const GemmProduct *p, const float *weights, int col, int begin, int end) {
    for (int row = begin; row < end; row += GEMM_ROWS) {
        // The last block is moved back over rows that are done already, and writes the same there again.
        const int from = row + GEMM_ROWS > p->n_rows ? p->n_rows - GEMM_ROWS : row;
        const GemmBlock block = multiply(p, p->in + (size_t)from * p->in_stride, p->in_stride, weights, p->bias + col);
        store(p, &block, p->out + (size_t)from * p->out_stride + col, GEMM_ROWS, p->n_cols - col);
    }
}

// Fewer rows than a block has: each alone, as all rows of a block.
static void run_panel_alone(const GemmProduct *p, const float *weights, int col) {
    for (int row = 0; row < p->n_rows; row++) {
        const GemmBlock block = multiply(p, p->in + (size_t)row * p->in_stride, 0, weights, p->bias + col);
        store(p, &block, p->out + (size_t)row * p->out_stride + col, 1, p->n_cols - col);
    }
}

void gemm_f32_simd_run(const GemmProduct *p) {
    const size_t panel = (size_t)p->panel_runs * (size_t)p->run_length * GEMM_COLS;
    for (int begin = 0; begin < p->n_rows; begin += CHUNK) {
        const int end = begin + CHUNK < p->n_rows ? begin + CHUNK : p->n_rows;
        const float *weights = p->weights;
        for (int col = 0; col < p->n_cols; col += GEMM_COLS, weights += panel) {
            if (p->n_rows < GEMM_ROWS) {
                run_panel_alone(p, weights, col);
            } else {
                run_panel(p, weights, col, begin, end);
            }
        }
    }
}
