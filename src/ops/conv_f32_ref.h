// The plain twin of every convolution: five loops, sums in double. See conv.h for the contract.
#ifndef OPS_CONV_F32_REF_H
#define OPS_CONV_F32_REF_H

#include "ops/conv.h"

typedef struct ConvF32Ref ConvF32Ref;

MUST_CHECK Status conv_f32_ref_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Ref **out);
void conv_f32_ref_free(ConvF32Ref *conv);
void conv_f32_ref_run(const ConvF32Ref *conv, Tensor in, Tensor out);

#endif
