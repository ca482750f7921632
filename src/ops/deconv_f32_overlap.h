// Transposed convolution for few output channels: what each input pixel adds to an output row is one row of a matrix
// product, and neighbours overlap. See deconv.h for the contract.
#ifndef OPS_DECONV_F32_OVERLAP_H
#define OPS_DECONV_F32_OVERLAP_H

#include <stdbool.h>

#include "ops/deconv.h"

typedef struct DeconvF32Overlap DeconvF32Overlap;

// Whether it knows such layers (stride < kernel <= 2 * stride) and multiplies less than deconv_f32_simd.h, which fills
// up whole panels of columns and the taps that a kernel has not.
bool deconv_f32_overlap_suits(DeconvSpec spec);
MUST_CHECK Status deconv_f32_overlap_create(DeconvSpec spec, const float *weights, const float *bias,
                                            DeconvF32Overlap **out);
void deconv_f32_overlap_free(DeconvF32Overlap *deconv);
MUST_CHECK Status deconv_f32_overlap_plan(DeconvF32Overlap *deconv, int in_w);
void deconv_f32_overlap_run(const DeconvF32Overlap *deconv, Tensor in, Tensor out);

#endif
