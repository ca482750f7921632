// Products of contiguous rows, and of rows of an image, with packed weights.
#include "ops/gemm_f32_simd.h"

#include <stdbool.h>

#include "core/host.h"
#include "core/prefetch.h"

// ---- a block of rows and columns in registers

typedef struct GemmBlock {
    f32x4 rows[GEMM_ROWS][2];
} GemmBlock;

// How the values of a block of A lie: `row` apart from row to row, `step` apart along a row.
typedef struct Layout {
    size_t row, step;
    bool is_spread; // each value stands SIMD_LANES times
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
            const float *value = a + i * layout.row;
            const f32x4 x = layout.is_spread ? f32x4_load(value) : f32x4_load_splat(value);
            block.rows[i][0] = f32x4_madd(x, b0, block.rows[i][0]);
            block.rows[i][1] = f32x4_madd(x, b1, block.rows[i][1]);
        }
    }
    return block;
}

// The same with GEMM_ROWS rows, and a constant stride.
static inline __attribute__((always_inline)) GemmBlock add_product(GemmBlock block, const float *a, size_t stride,
                                                                   const float *b, size_t depth) {
    switch (stride) {
        case 32: return add_product_of(block, GEMM_ROWS, a, (Layout){32, 1, false}, b, depth);
        case 64: return add_product_of(block, GEMM_ROWS, a, (Layout){64, 1, false}, b, depth);
        case 128: return add_product_of(block, GEMM_ROWS, a, (Layout){128, 1, false}, b, depth);
        case 256: return add_product_of(block, GEMM_ROWS, a, (Layout){256, 1, false}, b, depth);
        default: return add_product_of(block, GEMM_ROWS, a, (Layout){stride, 1, false}, b, depth);
    }
}

// ---- rows whose values are spread beforehand

// Without multiply-add, in JavaScriptCore, a value that is spread over a vector takes three instructions, with the
// address of its row, and products wait for instructions. So the values of a block of rows are spread once for all
// columns: 1.1 to 1.2 of the speed there, but about 0.9 in V8 11.3, which runs the same builds in Node 20.
enum { SPREAD_DEPTH = 512, SPREAD_PANELS = 3 }; // values of a row that fit; columns, in panels, that make it worth it

typedef struct Spread {
    float values[SPREAD_DEPTH][GEMM_ROWS][SIMD_LANES];
} Spread;

// The builds with relaxed SIMD run in other engines. Natively both ways are tested.
bool gemm_f32_simd_spreads(void) {
#if defined(__wasm_relaxed_simd__)
    return false;
#else
    return host_has_slow_splats();
#endif
}

// n values of each of GEMM_ROWS rows to spread->values[at] and those after it.
static void spread_rows(const float *in, size_t stride, size_t n, Spread *spread, size_t at) {
    SIMD_NO_UNROLL
    for (size_t k = 0; k < n; k++) {
        SIMD_UNROLL
        for (size_t i = 0; i < GEMM_ROWS; i++)
            f32x4_store(spread->values[at + k][i], f32x4_load_splat(in + i * stride + k));
    }
}

// block + spread rows · B: packed [depth][GEMM_COLS].
static inline __attribute__((always_inline)) GemmBlock add_spread_product(GemmBlock block, const Spread *spread,
                                                                          const float *b, size_t depth) {
    return add_product_of(block, GEMM_ROWS, spread->values[0][0], (Layout){SIMD_LANES, GEMM_ROWS * SIMD_LANES, true}, b,
                          depth);
}

// ---- panels

static inline __attribute__((always_inline)) GemmBlock load_block(const float *from, size_t stride, size_t n_rows) {
    GemmBlock block;
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows; i++, from += stride) {
        block.rows[i][0] = f32x4_load(from);
        block.rows[i][1] = f32x4_load(from + SIMD_LANES);
    }
    return block;
}

static inline __attribute__((always_inline)) void store_block(const GemmBlock *block, float *to, size_t stride,
                                                              size_t n_rows) {
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows; i++, to += stride) {
        f32x4_store(to, block->rows[i][0]);
        f32x4_store(to + SIMD_LANES, block->rows[i][1]);
    }
}

static inline __attribute__((always_inline)) const float *block_at(const GemmPanels *p, int row, size_t in_stride) {
    return p->in + (size_t)row * (in_stride == GEMM_INTERLEAVED ? p->depth : in_stride);
}

static inline __attribute__((always_inline)) Layout layout_of(size_t n_rows, size_t in_stride) {
    return in_stride == GEMM_INTERLEAVED ? (Layout){1, n_rows, false} : (Layout){in_stride, 1, false};
}

static inline __attribute__((always_inline)) void multiply_block(const GemmPanels *p, int row, size_t n_rows, int panel,
                                                                 size_t in_stride) {
    const size_t start_stride = p->start_stride, out_stride = p->out_stride; // read once: any store could change them
    const float *start = p->start + (size_t)row * start_stride + panel * GEMM_COLS;
    float *out = p->out + (size_t)row * out_stride + panel * GEMM_COLS;
    GemmBlock block = load_block(start, start_stride, n_rows);
    block = add_product_of(block, n_rows, block_at(p, row, in_stride), layout_of(n_rows, in_stride),
                           p->weights + (size_t)panel * p->weights_stride, p->depth);
    store_block(&block, out, out_stride, n_rows);
}

// Half as many rows times two panels: the same number of accumulators.
static void multiply_pair(const GemmPanels *p, int row) {
    enum { ROWS = GEMM_ROWS_HALF, VECTORS = 2 * GEMM_COLS / SIMD_LANES };
    const float *const start = p->start + (size_t)row * p->start_stride;
    float *const out = p->out + (size_t)row * p->out_stride;
    const size_t in_stride = p->in_stride, next_panel = p->weights_stride;
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
            const f32x4 weights = f32x4_load(b + j / 2 * next_panel + j % 2 * SIMD_LANES);
            SIMD_UNROLL
            for (size_t i = 0; i < ROWS; i++) sums[i][j] = f32x4_madd(values[i], weights, sums[i][j]);
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < VECTORS; j++) f32x4_store(out + i * p->out_stride + j * SIMD_LANES, sums[i][j]);
    }
}

static inline __attribute__((always_inline)) void multiply_rows(const GemmPanels *p, size_t in_stride) {
    const int rest = p->n_rows % GEMM_ROWS, n_paired = p->n_panels == 2 && rest <= GEMM_ROWS_HALF ? rest : 0;
    const int n_few = rest == GEMM_ROWS_FEW ? rest : 0, n_whole = p->n_rows - n_paired - n_few;
    for (int row = 0; row < n_whole; row += GEMM_ROWS) {
        for (int panel = 0; panel < p->n_panels; panel++) multiply_block(p, row, GEMM_ROWS, panel, in_stride);
    }
    if (n_paired) multiply_pair(p, n_whole);
    for (int panel = 0; n_few && panel < p->n_panels; panel++)
        multiply_block(p, n_whole, GEMM_ROWS_FEW, panel, in_stride);
}

static void multiply_interleaved(const GemmPanels *p) {
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

// With a constant stride, one pointer is enough for all rows.
static void multiply_rows_32(const GemmPanels *p) { multiply_rows(p, 32); }
static void multiply_rows_64(const GemmPanels *p) { multiply_rows(p, 64); }
static void multiply_rows_128(const GemmPanels *p) { multiply_rows(p, 128); }
static void multiply_rows_256(const GemmPanels *p) { multiply_rows(p, 256); }
static void multiply_rows_any(const GemmPanels *p) { multiply_rows(p, p->in_stride); }

// A table, because wasm-opt would put all of them into one function, which V8 compiles worse, and only as a whole: the
// first product of a page would wait for it.
static const struct {
    size_t in_stride;
    void (*multiply)(const GemmPanels *p);
} products[] = {{GEMM_INTERLEAVED, multiply_interleaved},
                {32, multiply_rows_32},
                {64, multiply_rows_64},
                {128, multiply_rows_128},
                {256, multiply_rows_256},
                {0, multiply_rows_any}};

// GEMM_ROWS rows, spread, times all panels. The values from `first` on; those before are in `out` already.
static void multiply_spread(const GemmPanels *p, int row, size_t first, Spread *spread) {
    const size_t depth = p->depth - first < SPREAD_DEPTH ? p->depth - first : SPREAD_DEPTH, out_stride = p->out_stride;
    float *out = p->out + (size_t)row * out_stride;
    const float *start = first ? out : p->start + (size_t)row * p->start_stride;
    const size_t start_stride = first ? out_stride : p->start_stride;
    const float *weights = p->weights + first * GEMM_COLS;
    spread_rows(p->in + (size_t)row * p->in_stride + first, p->in_stride, depth, spread, 0);
    for (int panel = 0; panel < p->n_panels;
         panel++, out += GEMM_COLS, start += GEMM_COLS, weights += p->weights_stride) {
        const GemmBlock block = add_spread_product(load_block(start, start_stride, GEMM_ROWS), spread, weights, depth);
        store_block(&block, out, out_stride, GEMM_ROWS);
    }
}

static void multiply_all_spread(const GemmPanels *p) {
    Spread spread;
    for (int row = 0; row < p->n_rows; row += GEMM_ROWS) {
        for (size_t first = 0; first < p->depth; first += SPREAD_DEPTH) multiply_spread(p, row, first, &spread);
    }
}

void gemm_f32_simd_panels(const GemmPanels *p) {
    if (gemm_f32_simd_spreads() && p->n_panels >= SPREAD_PANELS && p->in_stride != GEMM_INTERLEAVED) {
        multiply_all_spread(p);
        return;
    }
    enum { N = sizeof products / sizeof *products };
    size_t i = 0;
    while (i < N - 1 && products[i].in_stride != p->in_stride) i++;
    products[i].multiply(p);
}

// ---- rows of an image

// Rows at a time: they stay in the first-level cache while all columns of weights are multiplied with them.
enum { CHUNK = 36 };

static inline __attribute__((always_inline)) GemmBlock multiply(const GemmProduct *p, const float *in, size_t in_stride,
                                                                const float *weights, const float *bias) {
    const size_t depth = (size_t)p->run_length;
    GemmBlock block = load_block(bias, 0, GEMM_ROWS);
    for (int run = 0; run < p->n_runs; run++, in += p->run_stride, weights += depth * GEMM_COLS) {
        block = add_product(block, in, in_stride, weights, depth);
    }
    return block;
}

// Of the weights of GEMM_COLS columns.
static size_t panel_length(const GemmProduct *p) { return (size_t)p->panel_runs * (size_t)p->run_length * GEMM_COLS; }

// Of the last columns, those that are there.
static inline __attribute__((always_inline)) void store_part(const GemmProduct *p, const GemmBlock *block, size_t at,
                                                             int n_cols, int n_rows) {
    const f32x4 slope = f32x4_splat(p->slope);
    for (int i = 0; i < n_rows; i++, at += p->out_stride) {
        for (int j = 0; j < 2 && j * SIMD_LANES < n_cols; j++) {
            const size_t to = at + (size_t)(j * SIMD_LANES);
            f32x4 values = f32x4_leaky_relu(block->rows[i][j], slope);
            if (p->residual) values = f32x4_add(values, f32x4_load(p->residual + to));
            f32x4_store_part(p->out + to, values, n_cols - j * SIMD_LANES);
        }
    }
}

static inline __attribute__((always_inline)) void store(const GemmProduct *p, const GemmBlock *block, int row, int col,
                                                        int n_rows) {
    const size_t stride = p->out_stride, at = (size_t)row * stride + (size_t)col;
    if (p->n_cols - col < GEMM_COLS) {
        store_part(p, block, at, p->n_cols - col, n_rows);
        return;
    }
    const f32x4 slope = f32x4_splat(p->slope);
    const float *residual = p->residual ? p->residual + at : NULL;
    float *out = p->out + at;
    for (int i = 0; i < n_rows; i++, out += stride) {
        f32x4 left = f32x4_leaky_relu(block->rows[i][0], slope), right = f32x4_leaky_relu(block->rows[i][1], slope);
        if (residual) {
            left = f32x4_add(left, f32x4_load(residual));
            right = f32x4_add(right, f32x4_load(residual + SIMD_LANES));
            residual += stride;
        }
        f32x4_store(out, left);
        f32x4_store(out + SIMD_LANES, right);
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

// Rows [begin, end), whole blocks of them or moved back as in run_panel, times all columns.
static void run_spread(const GemmProduct *p, int begin, int end) {
    const size_t length = (size_t)p->run_length, depth = (size_t)p->n_runs * length;
    Spread spread;
    for (int row = begin; row < end; row += GEMM_ROWS) {
        const int from = row + GEMM_ROWS > p->n_rows ? p->n_rows - GEMM_ROWS : row;
        const float *in = p->in + (size_t)from * p->in_stride, *weights = p->weights;
        for (size_t at = 0; at < depth; at += length, in += p->run_stride)
            spread_rows(in, p->in_stride, length, &spread, at);
        for (int col = 0; col < p->n_cols; col += GEMM_COLS, weights += panel_length(p)) {
            const GemmBlock block =
                add_spread_product(load_block(p->bias + col, 0, GEMM_ROWS), &spread, weights, depth);
            store(p, &block, from, col, GEMM_ROWS);
        }
    }
}

static bool is_worth_spreading(const GemmProduct *p) {
    return gemm_f32_simd_spreads() && p->n_rows >= GEMM_ROWS && p->n_cols > (SPREAD_PANELS - 1) * GEMM_COLS &&
           p->n_runs * p->run_length <= SPREAD_DEPTH;
}

static void prefetch(const GemmProduct *p, int begin, int n_rows) {
    const float *in = p->in + (size_t)begin * p->in_stride;
    const size_t n = (size_t)(n_rows - 1) * p->in_stride + (size_t)p->run_length;
    for (int run = 0; run < p->n_runs; run++, in += p->run_stride) prefetch_floats(in, n);
}

void gemm_f32_simd_run(const GemmProduct *p) {
    const size_t panel = panel_length(p);
    const bool is_spread = is_worth_spreading(p);
    for (int begin = 0; begin < p->n_rows; begin += CHUNK) {
        const int end = begin + CHUNK < p->n_rows ? begin + CHUNK : p->n_rows;
        const float *weights = p->weights;
        prefetch(p, begin, end - begin);
        if (is_spread) {
            run_spread(p, begin, end);
            continue;
        }
        for (int col = 0; col < p->n_cols; col += GEMM_COLS, weights += panel) {
            if (p->n_rows < GEMM_ROWS) {
                run_panel_alone(p, weights, col);
            } else {
                run_panel(p, weights, col, begin, end);
            }
        }
    }
}
