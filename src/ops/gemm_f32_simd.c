// Products of contiguous rows, and of rows of an image, with packed weights.
#include "ops/gemm_f32_simd.h"

#include "core/prefetch.h"

// ---- a block of rows and columns in registers

typedef struct GemmBlock {
    f32x4 rows[GEMM_ROWS][2];
} GemmBlock;

// How the values of a block of A lie: `row` apart from row to row, `step` apart along a row.
typedef struct Layout {
    size_t row, step;
} Layout;

// block + A · B. A: `depth` values, at least one, in each of n_rows rows; B: packed [depth][GEMM_COLS]. Faster if all
// arguments but `a` and `b` are constants for the compiler.
static inline __attribute__((always_inline)) GemmBlock add_product_of(GemmBlock block, size_t n_rows, const float *a,
                                                                      Layout layout, const float *b, size_t depth) {
    const float *const end = a + depth * layout.step;
    SIMD_NO_UNROLL
    for (; a != end; a += layout.step, b += GEMM_COLS) {
        const f32x4 b0 = f32x4_load(b), b1 = f32x4_load(b + SIMD_LANES);
        SIMD_UNROLL
        for (size_t i = 0; i < n_rows; i++) {
            const f32x4 x = f32x4_load_splat(a + i * layout.row);
            block.rows[i][0] = f32x4_madd(x, b0, block.rows[i][0]);
            block.rows[i][1] = f32x4_madd(x, b1, block.rows[i][1]);
        }
    }
    return block;
}

// The same with GEMM_ROWS rows. With a constant stride, one pointer is enough for all rows.
static inline __attribute__((always_inline)) GemmBlock add_product(GemmBlock block, const float *a, size_t stride,
                                                                   const float *b, size_t depth) {
    switch (stride) {
        case 32: return add_product_of(block, GEMM_ROWS, a, (Layout){32, 1}, b, depth);
        case 64: return add_product_of(block, GEMM_ROWS, a, (Layout){64, 1}, b, depth);
        case 128: return add_product_of(block, GEMM_ROWS, a, (Layout){128, 1}, b, depth);
        case 256: return add_product_of(block, GEMM_ROWS, a, (Layout){256, 1}, b, depth);
        default: return add_product_of(block, GEMM_ROWS, a, (Layout){stride, 1}, b, depth);
    }
}

// ---- panels

static inline __attribute__((always_inline)) const float *block_at(const GemmPanels *p, int row, size_t in_stride) {
    return p->in + (size_t)row * (in_stride == GEMM_INTERLEAVED ? p->depth : in_stride);
}

static inline __attribute__((always_inline)) Layout layout_of(size_t n_rows, size_t in_stride) {
    return in_stride == GEMM_INTERLEAVED ? (Layout){1, n_rows} : (Layout){in_stride, 1};
}

static inline __attribute__((always_inline)) void multiply_block(const GemmPanels *p, int row, size_t n_rows, int panel,
                                                                 size_t in_stride) {
    const size_t start_stride = p->start_stride, out_stride = p->out_stride; // read once: any store could change them
    const float *start = p->start + (size_t)row * start_stride + panel * GEMM_COLS;
    float *out = p->out + (size_t)row * out_stride + panel * GEMM_COLS;
    GemmBlock block;
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows; i++, start += start_stride) {
        block.rows[i][0] = f32x4_load(start);
        block.rows[i][1] = f32x4_load(start + SIMD_LANES);
    }
    block = add_product_of(block, n_rows, block_at(p, row, in_stride), layout_of(n_rows, in_stride),
                           p->weights + (size_t)panel * p->weights_stride, p->depth);
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows; i++, out += out_stride) {
        f32x4_store(out, block.rows[i][0]);
        f32x4_store(out + SIMD_LANES, block.rows[i][1]);
    }
}

// Half as many rows times two panels: the same number of accumulators.
static inline __attribute__((always_inline)) void multiply_pair(const GemmPanels *p, int row, size_t in_stride) {
    enum { ROWS = GEMM_ROWS_HALF, VECTORS = 2 * GEMM_COLS / SIMD_LANES };
    const float *const start = p->start + (size_t)row * p->start_stride;
    float *const out = p->out + (size_t)row * p->out_stride;
    const float *a = p->in + (size_t)row * in_stride, *b = p->weights, *const end = a + p->depth;
    f32x4 sums[ROWS][VECTORS];
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < VECTORS; j++) sums[i][j] = f32x4_load(start + i * p->start_stride + j * SIMD_LANES);
    }
    SIMD_NO_UNROLL
    for (; a != end; a++, b += GEMM_COLS) {
        f32x4 values[ROWS];
        SIMD_UNROLL
        for (size_t i = 0; i < ROWS; i++) values[i] = f32x4_load_splat(a + i * in_stride);
        SIMD_UNROLL
        for (size_t j = 0; j < VECTORS; j++) {
            const f32x4 weights = f32x4_load(b + j / 2 * p->weights_stride + j % 2 * SIMD_LANES);
            SIMD_UNROLL
            for (size_t i = 0; i < ROWS; i++) sums[i][j] = f32x4_madd(values[i], weights, sums[i][j]);
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < VECTORS; j++) f32x4_store(out + i * p->out_stride + j * SIMD_LANES, sums[i][j]);
    }
}

static inline __attribute__((always_inline)) void multiply_rows(const GemmPanels *p, size_t in_stride) {
    const int rest = p->n_rows % GEMM_ROWS, n_paired = p->n_panels > 1 && rest <= GEMM_ROWS_HALF ? rest : 0;
    const int n_few = rest == GEMM_ROWS_FEW ? rest : 0, n_whole = p->n_rows - n_paired - n_few;
    for (int row = 0; row < n_whole; row += GEMM_ROWS) {
        for (int panel = 0; panel < p->n_panels; panel++) multiply_block(p, row, GEMM_ROWS, panel, in_stride);
    }
    if (n_paired) multiply_pair(p, n_whole, in_stride);
    for (int panel = 0; n_few && panel < p->n_panels; panel++)
        multiply_block(p, n_whole, GEMM_ROWS_FEW, panel, in_stride);
}

// A function of its own: among the others V8 would compile all of them a little worse.
static __attribute__((noinline)) void multiply_interleaved(const GemmPanels *p) {
    for (int panel = 0; panel < p->n_panels; panel++) {
        int row = 0;
        for (; p->n_rows - row >= GEMM_ROWS; row += GEMM_ROWS)
            multiply_block(p, row, GEMM_ROWS, panel, GEMM_INTERLEAVED);
        if (row == p->n_rows) continue;
        switch (gemm_f32_simd_block_rows(p->n_rows, row)) {
            case GEMM_ROWS_HALF: multiply_block(p, row, GEMM_ROWS_HALF, panel, GEMM_INTERLEAVED); break;
            case GEMM_ROWS_FEW: multiply_block(p, row, GEMM_ROWS_FEW, panel, GEMM_INTERLEAVED); break;
            default: multiply_block(p, row, GEMM_ROWS, panel, GEMM_INTERLEAVED);
        }
    }
}

void gemm_f32_simd_panels(const GemmPanels *p) {
    switch (p->in_stride) { // constant for the compiler, as in add_product
        case GEMM_INTERLEAVED: multiply_interleaved(p); break;
        case 64: multiply_rows(p, 64); break;
        case 128: multiply_rows(p, 128); break;
        case 256: multiply_rows(p, 256); break;
        default: multiply_rows(p, p->in_stride);
    }
}

// ---- rows of an image

// Rows at a time: they stay in the first-level cache while all columns of weights are multiplied with them.
enum { CHUNK = 36 };

static GemmBlock multiply(const GemmProduct *p, const float *in, size_t in_stride, const float *weights,
                          const float *bias) {
    const f32x4 bias0 = f32x4_load(bias), bias1 = f32x4_load(bias + SIMD_LANES);
    const size_t depth = (size_t)p->run_length;
    GemmBlock block;
    for (int i = 0; i < GEMM_ROWS; i++) block.rows[i][0] = bias0, block.rows[i][1] = bias1;
    for (int run = 0; run < p->n_runs; run++, in += p->run_stride, weights += depth * GEMM_COLS) {
        block = add_product(block, in, in_stride, weights, depth);
    }
    return block;
}

static inline void store(const GemmProduct *p, const GemmBlock *block, int row, int col, int n_rows) {
    const f32x4 slope = f32x4_splat(p->slope);
    size_t at = (size_t)row * p->out_stride + (size_t)col;
    for (int i = 0; i < n_rows; i++, at += p->out_stride) {
        for (int j = 0; j < 2 && col + j * SIMD_LANES < p->n_cols; j++) {
            const size_t to = at + (size_t)(j * SIMD_LANES);
            f32x4 values = f32x4_leaky_relu(block->rows[i][j], slope);
            if (p->residual) values = f32x4_add(values, f32x4_load(p->residual + to));
            f32x4_store_part(p->out + to, values, p->n_cols - col - j * SIMD_LANES);
        }
    }
}

// Rows [begin, end) times the panel of columns from `col`.
static void run_panel(const GemmProduct *p, const float *weights, int col, int begin, int end) {
    for (int row = begin; row < end; row += GEMM_ROWS) {
        // The last block is moved back so that it is whole: it computes some rows again.
        const int from = row + GEMM_ROWS > p->n_rows ? p->n_rows - GEMM_ROWS : row;
        const GemmBlock block = multiply(p, p->in + (size_t)from * p->in_stride, p->in_stride, weights, p->bias + col);
        store(p, &block, from, col, GEMM_ROWS);
    }
}

// For fewer rows than a block has: each row is computed alone, as all rows of a block.
static void run_panel_alone(const GemmProduct *p, const float *weights, int col) {
    for (int row = 0; row < p->n_rows; row++) {
        const GemmBlock block = multiply(p, p->in + (size_t)row * p->in_stride, 0, weights, p->bias + col);
        store(p, &block, row, col, 1);
    }
}

static void prefetch(const GemmProduct *p, int begin, int n_rows) {
    const float *in = p->in + (size_t)begin * p->in_stride;
    const size_t n = (size_t)(n_rows - 1) * p->in_stride + (size_t)p->run_length;
    for (int run = 0; run < p->n_runs; run++, in += p->run_stride) prefetch_floats(in, n);
}

void gemm_f32_simd_run(const GemmProduct *p) {
    const size_t panel = (size_t)p->panel_runs * (size_t)p->run_length * GEMM_COLS;
    for (int begin = 0; begin < p->n_rows; begin += CHUNK) {
        const int end = begin + CHUNK < p->n_rows ? begin + CHUNK : p->n_rows;
        const float *weights = p->weights;
        prefetch(p, begin, end - begin);
        for (int col = 0; col < p->n_cols; col += GEMM_COLS, weights += panel) {
            if (p->n_rows < GEMM_ROWS) {
                run_panel_alone(p, weights, col);
            } else {
                run_panel(p, weights, col, begin, end);
            }
        }
    }
}
