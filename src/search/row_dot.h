// Dot products of one query with ROW_DOT_ROWS rows at a time, which share what is loaded of the query. All are padded
// with zeros to whole ROW_DOT_PAD values. Dtypes of rows: float32; rebiased float16 (core/half.h); int8.
#ifndef SEARCH_ROW_DOT_H
#define SEARCH_ROW_DOT_H

#include <stddef.h>
#include <stdint.h>

#include "core/dtype.h"

enum { ROW_DOT_ROWS = 4, ROW_DOT_PAD = 16 };

// The query in the forms that the kernels multiply with.
typedef struct RowDotQuery {
    float *floats;  // [padded], of length 1, for float32 and float16
    int16_t *words; // [padded], for int8: 128 times the sum of their magnitudes is an int32, so sums are exact
} RowDotQuery;

// sums [ROW_DOT_ROWS] of rows [ROW_DOT_ROWS][padded].
typedef void RowDot(const RowDotQuery *query, const void *rows, size_t padded, double *sums);

// That of a dtype; the plain twin.
RowDot *row_dot_simd(Dtype dtype);
RowDot *row_dot_ref(Dtype dtype);

#endif
