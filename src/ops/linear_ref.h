// The slow plain twin of every kind of linear layer.
#ifndef OPS_LINEAR_REF_H
#define OPS_LINEAR_REF_H

#include "ops/linear.h"

typedef struct LinearRef LinearRef;

MUST_CHECK Status linear_ref_create(LinearSpec spec, LinearRef **out);
void linear_ref_free(LinearRef *ref);
size_t linear_ref_bytes(const LinearRef *ref);
void linear_ref_pack(LinearRef *ref, int first, int n, const void *weights, Dtype dtype, const float *scales);
void linear_ref_run(const LinearRef *ref, const float *bias, const float *x, size_t x_stride, int rows, LinearEnd end,
                    float *y, size_t y_stride);

#endif
