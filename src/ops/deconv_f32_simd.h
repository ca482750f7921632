// Transposed convolution as matrix products that write whole output pixels, each once. See deconv.h for the contract.
#ifndef OPS_DECONV_F32_SIMD_H
#define OPS_DECONV_F32_SIMD_H

#include "ops/deconv.h"

typedef struct DeconvF32Simd DeconvF32Simd;

MUST_CHECK Status deconv_f32_simd_create(DeconvSpec spec, const float *weights, const float *bias, DeconvF32Simd **out);
void deconv_f32_simd_free(DeconvF32Simd *deconv);
MUST_CHECK Status deconv_f32_simd_plan(DeconvF32Simd *deconv);
void deconv_f32_simd_run(const DeconvF32Simd *deconv, Tensor in, Tensor out);

#endif
