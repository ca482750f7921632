// The dot product of a query with one row, both padded with zeros to whole ROW_DOT_PAD values. Dtypes of rows: float32;
// rebiased float16 (core/half.h); int8.
#ifndef SEARCH_ROW_DOT_H
#define SEARCH_ROW_DOT_H

#include <stddef.h>
#include <stdint.h>

#include "core/dtype.h"

enum { ROW_DOT_PAD = 16 };

// The query in the forms that the kernels multiply with.
typedef struct RowDotQuery {
    float *floats;  // [padded], of length 1, for float32 and float16
    int16_t *words; // [padded], for int8: 128 times the sum of their magnitudes is an int32, so sums are exact
} RowDotQuery;

typedef double RowDot(const RowDotQuery *query, const void *row, size_t padded);

// The kernel of a dtype, and its plain twin.
RowDot *row_dot_simd(Dtype dtype);
RowDot *row_dot_ref(Dtype dtype);

#endif
