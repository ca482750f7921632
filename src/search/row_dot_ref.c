// The plain twin of row_dot_simd.c.
#include "core/half.h"
#include "search/row_dot.h"

static double dot_f32(const RowDotQuery *query, const void *row, size_t padded) {
    double sum = 0;
    for (size_t i = 0; i < padded; i++) sum += (double)query->floats[i] * (double)((const float *)row)[i];
    return sum;
}

static double dot_f16(const RowDotQuery *query, const void *row, size_t padded) {
    double sum = 0;
    for (size_t i = 0; i < padded; i++) {
        const uint16_t half = half_from_rebiased(((const uint16_t *)row)[i]);
        sum += (double)query->floats[i] * (double)half_to_float(half);
    }
    return sum;
}

static double dot_i8(const RowDotQuery *query, const void *row, size_t padded) {
    int32_t sum = 0;
    for (size_t i = 0; i < padded; i++) sum += query->words[i] * ((const int8_t *)row)[i];
    return sum;
}

RowDot *row_dot_ref(Dtype dtype) { return dtype == DTYPE_I8 ? dot_i8 : dtype == DTYPE_F16 ? dot_f16 : dot_f32; }
