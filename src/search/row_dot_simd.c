// Two sums for each row of floats, since each addition waits for its last. Bytes are widened to 16 bits: the memory is
// slower than that, and the result is the same on every machine.
#include "core/simd_dot.h"
#include "search/row_dot.h"

static double sum_of(f32x4 a) {
    float lanes[SIMD_LANES];
    f32x4_store(lanes, a);
    return (double)(lanes[0] + lanes[1] + (lanes[2] + lanes[3]));
}

enum { SUMS = 2, STEP = SUMS * SIMD_LANES };
_Static_assert(ROW_DOT_PAD % STEP == 0, "rows are of whole steps");

static void dot_f32(const RowDotQuery *query, const void *memory, size_t padded, double *sums) {
    const float *const q = query->floats, *const rows = memory;
    f32x4 sum[ROW_DOT_ROWS][SUMS];
    for (int row = 0; row < ROW_DOT_ROWS; row++) sum[row][0] = sum[row][1] = f32x4_splat(0);
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += STEP) {
        SIMD_UNROLL
        for (int j = 0; j < SUMS; j++) {
            const f32x4 by = f32x4_load(q + i + j * SIMD_LANES);
            SIMD_UNROLL
            for (size_t row = 0; row < ROW_DOT_ROWS; row++)
                sum[row][j] = f32x4_madd(f32x4_load(rows + row * padded + i + (size_t)j * SIMD_LANES), by, sum[row][j]);
        }
    }
    for (int row = 0; row < ROW_DOT_ROWS; row++) sums[row] = sum_of(f32x4_add(sum[row][0], sum[row][1]));
}

static void dot_f16(const RowDotQuery *query, const void *memory, size_t padded, double *sums) {
    const float *const q = query->floats;
    const uint16_t *const rows = memory;
    const RebiasedHalf by = rebiased_half();
    f32x4 sum[ROW_DOT_ROWS][SUMS];
    for (int row = 0; row < ROW_DOT_ROWS; row++) sum[row][0] = sum[row][1] = f32x4_splat(0);
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += STEP) {
        SIMD_UNROLL
        for (int j = 0; j < SUMS; j++) {
            // the scale of all halves is in the query
            const f32x4 scaled = f32x4_mul(f32x4_load(q + i + j * SIMD_LANES), by.scale);
            SIMD_UNROLL
            for (size_t row = 0; row < ROW_DOT_ROWS; row++) {
                const i32x4 bits = i32x4_load_i16(rows + row * padded + i + (size_t)j * SIMD_LANES);
                sum[row][j] =
                    f32x4_madd(f32x4_of_bits(i32x4_and(i32x4_shift_left(bits, 13), by.mask)), scaled, sum[row][j]);
            }
        }
    }
    for (int row = 0; row < ROW_DOT_ROWS; row++) sums[row] = sum_of(f32x4_add(sum[row][0], sum[row][1]));
}

static void dot_i8(const RowDotQuery *query, const void *memory, size_t padded, double *sums) {
    const int16_t *const q = query->words;
    const int8_t *const rows = memory;
    i32x4 sum[ROW_DOT_ROWS];
    for (int row = 0; row < ROW_DOT_ROWS; row++) sum[row] = i32x4_splat(0);
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += ROW_DOT_PAD) {
        SIMD_UNROLL
        for (size_t j = 0; j < ROW_DOT_PAD; j += 8) {
            const SimdWords by = simd_words_load(q + i + j);
            SIMD_UNROLL
            for (size_t row = 0; row < ROW_DOT_ROWS; row++)
                sum[row] = simd_dot_words(simd_words_load_bytes(rows + row * padded + i + j), by, sum[row]);
        }
    }
    for (int row = 0; row < ROW_DOT_ROWS; row++) {
        int32_t lanes[SIMD_LANES];
        i32x4_store(lanes, sum[row]);
        sums[row] = lanes[0] + lanes[1] + lanes[2] + lanes[3];
    }
}

RowDot *row_dot_simd(Dtype dtype) { return dtype == DTYPE_I8 ? dot_i8 : dtype == DTYPE_F16 ? dot_f16 : dot_f32; }
