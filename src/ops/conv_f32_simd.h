// Convolution of any kernel and stride as a matrix product straight from the input's rows. See conv.h for the contract.
#ifndef OPS_CONV_F32_SIMD_H
#define OPS_CONV_F32_SIMD_H

#include "ops/conv.h"

typedef struct ConvF32Simd ConvF32Simd;

MUST_CHECK Status conv_f32_simd_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Simd **out);
void conv_f32_simd_free(ConvF32Simd *conv);
void conv_f32_simd_run(const ConvF32Simd *conv, Tensor in, Tensor out);

#endif
