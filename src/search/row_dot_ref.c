// The plain twin of row_dot_simd.c.
#include "core/half.h"
#include "search/row_dot.h"

static void dot_f32(const RowDotQuery *query, const void *rows, size_t padded, double *sums) {
    for (size_t row = 0; row < ROW_DOT_ROWS; row++) {
        sums[row] = 0;
        for (size_t i = 0; i < padded; i++)
            sums[row] += (double)query->floats[i] * ((const float *)rows)[row * padded + i];
    }
}

static void dot_f16(const RowDotQuery *query, const void *rows, size_t padded, double *sums) {
    for (size_t row = 0; row < ROW_DOT_ROWS; row++) {
        sums[row] = 0;
        for (size_t i = 0; i < padded; i++) {
            const uint16_t half = half_from_rebiased(((const uint16_t *)rows)[row * padded + i]);
            sums[row] += (double)query->floats[i] * half_to_float(half);
        }
    }
}

static void dot_i8(const RowDotQuery *query, const void *rows, size_t padded, double *sums) {
    for (size_t row = 0; row < ROW_DOT_ROWS; row++) {
        int32_t sum = 0;
        for (size_t i = 0; i < padded; i++) sum += query->words[i] * ((const int8_t *)rows)[row * padded + i];
        sums[row] = sum;
    }
}

RowDot *row_dot_ref(Dtype dtype) { return dtype == DTYPE_I8 ? dot_i8 : dtype == DTYPE_F16 ? dot_f16 : dot_f32; }
