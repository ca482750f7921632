// The form in which a vector is stored, in a database and in memory: as float32, as float16, or as int8 with a scale of
// its own.
#ifndef SEARCH_STORED_VECTOR_H
#define SEARCH_STORED_VECTOR_H

#include <stdint.h>

#include "core/dtype.h"
#include "core/status.h"

enum { STORED_VECTOR_MAX_DIMS = 1 << 16 };

// Lengths that a vector may have: neither their squares nor their products leave float32, and no float16 or int8 loses
// all of its values.
#define STORED_VECTOR_MIN_LENGTH 1e-12
#define STORED_VECTOR_MAX_LENGTH 1e12

typedef struct VectorForm {
    int dims;
    Dtype dtype; // DTYPE_F32, DTYPE_F16 or DTYPE_I8
} VectorForm;

// STATUS_BAD_ARGUMENT: dims not from 1 to STORED_VECTOR_MAX_DIMS, or another dtype.
MUST_CHECK Status stored_vector_check_form(VectorForm form);

// The stored form: the values, little-endian; of int8 the float32 scale comes before them (value = scale * integer).
// Nothing is aligned.
size_t stored_vector_bytes(VectorForm form);
static inline size_t stored_vector_header(VectorForm form) { return form.dtype == DTYPE_I8 ? sizeof(float) : 0; }

// Rounds `values` [dims] to the nearest (ties to even) of the form; the scale of int8 is the largest magnitude / 127.
// STATUS_BAD_ARGUMENT: a value is NaN or infinite, here or as float16; the length is zero or outside the limits. The
// sentence calls the vector `name`.
MUST_CHECK Status stored_vector_from(VectorForm form, const float *values, const char *name, uint8_t *stored);

// The same check alone, of values [dims] that stay float32.
MUST_CHECK Status stored_vector_check_values(int dims, const float *values, const char *name);
// Checks a stored vector from outside: STATUS_BAD_FORMAT for anything that stored_vector_from never makes.
MUST_CHECK Status stored_vector_check(VectorForm form, const uint8_t *stored, const char *name);

// In float64, value by value: the dot product of a query [dims] with values of the form (behind the header; without
// the scale of int8), and the sum of their squares.
typedef struct VectorProduct {
    double dot, squares;
} VectorProduct;

VectorProduct stored_vector_product(VectorForm form, const float *query, const uint8_t *values);

double stored_vector_length(VectorForm form, const uint8_t *stored);
// The scale of a stored vector; 1 but for int8.
float stored_vector_scale(VectorForm form, const uint8_t *stored);

#endif
