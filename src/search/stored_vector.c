// Plain loops: a vector is stored once, and a search scores few vectors in float64.
#include "search/stored_vector.h"

#include <math.h>
#include <string.h>

#include "core/half.h"

Status stored_vector_check_form(VectorForm form) {
    if (form.dims < 1 || form.dims > STORED_VECTOR_MAX_DIMS)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected vectors of 1 to %d values but received %d.",
                           STORED_VECTOR_MAX_DIMS, form.dims);
    if (form.dtype != DTYPE_F32 && form.dtype != DTYPE_F16 && form.dtype != DTYPE_I8)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected vectors of float32, float16 or int8 but received dtype %d.",
                           (int)form.dtype);
    return STATUS_OK;
}

size_t stored_vector_bytes(VectorForm form) {
    return stored_vector_header(form) + (size_t)form.dims * dtype_bytes(form.dtype);
}

float stored_vector_scale(VectorForm form, const uint8_t *stored) {
    float scale = 1;
    if (form.dtype == DTYPE_I8) memcpy(&scale, stored, sizeof scale);
    return scale;
}

static inline float value_at(Dtype dtype, const uint8_t *values, size_t i) {
    uint16_t half;
    float value;
    switch (dtype) {
        case DTYPE_F16: memcpy(&half, values + i * sizeof half, sizeof half); return half_to_float(half);
        case DTYPE_I8: return (int8_t)values[i];
        default: memcpy(&value, values + i * sizeof value, sizeof value); return value;
    }
}

// Four sums, so that no addition waits for the one before it; the order is the same for every vector, so equal vectors
// tie.
static inline __attribute__((always_inline)) VectorProduct product(Dtype dtype, size_t dims, const float *query,
                                                                   const uint8_t *values) {
    double dots[4] = {0}, squares[4] = {0};
    for (size_t i = 0; i < dims; i++) {
        const double value = value_at(dtype, values, i);
        dots[i % 4] += value * query[i];
        squares[i % 4] += value * value;
    }
    return (VectorProduct){dots[0] + dots[1] + (dots[2] + dots[3]),
                           squares[0] + squares[1] + (squares[2] + squares[3])};
}

VectorProduct stored_vector_product(VectorForm form, const float *query, const uint8_t *values) {
    const size_t dims = (size_t)form.dims;
    switch (form.dtype) {
        case DTYPE_F16: return product(DTYPE_F16, dims, query, values);
        case DTYPE_I8: return product(DTYPE_I8, dims, query, values);
        default: return product(DTYPE_F32, dims, query, values);
    }
}

static inline __attribute__((always_inline)) double sum_of_squares(Dtype dtype, size_t dims, const uint8_t *values) {
    double squares[4] = {0};
    for (size_t i = 0; i < dims; i++) {
        const double value = (double)value_at(dtype, values, i);
        squares[i % 4] += value * value;
    }
    return squares[0] + squares[1] + (squares[2] + squares[3]);
}

// At most 2^16 * 2^14.
static int32_t sum_of_int8_squares(size_t dims, const uint8_t *values) {
    int32_t squares = 0;
    for (size_t i = 0; i < dims; i++) squares += (int8_t)values[i] * (int8_t)values[i];
    return squares;
}

double stored_vector_length(VectorForm form, const uint8_t *stored) {
    const uint8_t *values = stored + stored_vector_header(form);
    const size_t dims = (size_t)form.dims;
    switch (form.dtype) {
        case DTYPE_F16: return sqrt(sum_of_squares(DTYPE_F16, dims, values));
        case DTYPE_I8: return sqrt(sum_of_int8_squares(dims, values)) * (double)stored_vector_scale(form, stored);
        default: return sqrt(sum_of_squares(DTYPE_F32, dims, values));
    }
}

// Names the first value that is NaN or infinite.
static Status fail_of_value(VectorForm form, const uint8_t *values, Status code, const char *name) {
    size_t i = 0;
    while (isfinite(value_at(form.dtype, values, i))) i++;
    return status_fail(code, "Expected finite values but %s has %g.", name, (double)value_at(form.dtype, values, i));
}

// All finite, and the length within the limits. The square of a float is finite in double.
static Status check(VectorForm form, const uint8_t *stored, Status code, const char *name) {
    const double scale = (double)stored_vector_scale(form, stored), length = stored_vector_length(form, stored);
    if (!isfinite(scale) || scale < 0) return status_fail(code, "Expected a scale from 0 but %s has %g.", name, scale);
    if (!isfinite(length)) return fail_of_value(form, stored + stored_vector_header(form), code, name);
    if (length < STORED_VECTOR_MIN_LENGTH || length > STORED_VECTOR_MAX_LENGTH)
        return status_fail(code, "Expected a vector whose length is from %g to %g but %s has %g.",
                           STORED_VECTOR_MIN_LENGTH, STORED_VECTOR_MAX_LENGTH, name, length);
    return STATUS_OK;
}

Status stored_vector_check(VectorForm form, const uint8_t *stored, const char *name) {
    return check(form, stored, STATUS_BAD_FORMAT, name);
}

Status stored_vector_check_values(int dims, const float *values, const char *name) {
    return check((VectorForm){dims, DTYPE_F32}, (const uint8_t *)values, STATUS_BAD_ARGUMENT, name);
}

static void quantise(size_t dims, const float *values, uint8_t *stored) {
    float most = 0;
    for (size_t i = 0; i < dims; i++) most = fmaxf(most, fabsf(values[i]));
    const float scale = most / 127;
    memcpy(stored, &scale, sizeof scale);
    stored += sizeof scale;
    for (size_t i = 0; i < dims; i++) stored[i] = (uint8_t)(int8_t)lrintf(values[i] / scale);
}

static void halve(size_t dims, const float *values, uint8_t *stored) {
    for (size_t i = 0; i < dims; i++) {
        const uint16_t half = half_from_float(values[i]);
        memcpy(stored + i * sizeof half, &half, sizeof half);
    }
}

Status stored_vector_from(VectorForm form, const float *values, const char *name, uint8_t *stored) {
    const size_t dims = (size_t)form.dims;
    const Status status = stored_vector_check_values(form.dims, values, name);
    if (status) return status;
    switch (form.dtype) {
        case DTYPE_F16: halve(dims, values, stored); break;
        case DTYPE_I8: quantise(dims, values, stored); break;
        default: memcpy(stored, values, dims * sizeof *values); break;
    }
    return check(form, stored, STATUS_BAD_ARGUMENT, name);
}
