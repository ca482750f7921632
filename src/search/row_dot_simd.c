// Several sums, so that no addition waits for the one before it. One row after the other: memory limits the speed, and
// sequential reads are fastest. Bytes are widened to 16 bits, so the result is the same on every machine.
#include "core/simd_dot.h"
#include "search/row_dot.h"

enum { SUMS = 4, WORDS = 8 };
_Static_assert(ROW_DOT_PAD == SUMS * SIMD_LANES && ROW_DOT_PAD == 2 * WORDS, "rows are of whole steps");

static double add_up(const f32x4 sums[SUMS]) {
    float lanes[SIMD_LANES];
    f32x4_store(lanes, f32x4_add(f32x4_add(sums[0], sums[1]), f32x4_add(sums[2], sums[3])));
    return (double)(lanes[0] + lanes[1] + (lanes[2] + lanes[3]));
}

static double dot_f32(const RowDotQuery *query, const void *row, size_t padded) {
    const float *const values = row;
    f32x4 sums[SUMS];
    for (int j = 0; j < SUMS; j++) sums[j] = f32x4_splat(0);
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += ROW_DOT_PAD) {
        SIMD_UNROLL
        for (size_t j = 0; j < SUMS; j++)
            sums[j] = f32x4_madd(f32x4_load(values + i + j * SIMD_LANES),
                                 f32x4_load(query->floats + i + j * SIMD_LANES), sums[j]);
    }
    return add_up(sums);
}

static double dot_f16(const RowDotQuery *query, const void *row, size_t padded) {
    const uint16_t *const values = row;
    const RebiasedHalf by = rebiased_half();
    f32x4 sums[SUMS];
    for (int j = 0; j < SUMS; j++) sums[j] = f32x4_splat(0);
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += ROW_DOT_PAD) {
        SIMD_UNROLL
        for (size_t j = 0; j < SUMS; j++)
            sums[j] = f32x4_madd(f32x4_load_rebiased_half(values + i + j * SIMD_LANES, by),
                                 f32x4_load(query->floats + i + j * SIMD_LANES), sums[j]);
    }
    return add_up(sums);
}

static double dot_i8(const RowDotQuery *query, const void *row, size_t padded) {
    const int8_t *const values = row;
    int32_t lanes[SIMD_LANES];
    i32x4 sums[2] = {i32x4_splat(0), i32x4_splat(0)};
    SIMD_NO_UNROLL
    for (size_t i = 0; i < padded; i += ROW_DOT_PAD) {
        SIMD_UNROLL
        for (size_t j = 0; j < 2; j++)
            sums[j] = simd_dot_words(simd_words_load_bytes(values + i + j * WORDS),
                                     simd_words_load(query->words + i + j * WORDS), sums[j]);
    }
    i32x4_store(lanes, i32x4_add(sums[0], sums[1]));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

RowDot *row_dot_simd(Dtype dtype) { return dtype == DTYPE_I8 ? dot_i8 : dtype == DTYPE_F16 ? dot_f16 : dot_f32; }
