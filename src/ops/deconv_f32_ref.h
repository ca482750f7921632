// The plain twin of every transposed convolution, sums in double. See deconv.h for the contract.
#ifndef OPS_DECONV_F32_REF_H
#define OPS_DECONV_F32_REF_H

#include "ops/deconv.h"

typedef struct DeconvF32Ref DeconvF32Ref;

MUST_CHECK Status deconv_f32_ref_create(DeconvSpec spec, const float *weights, const float *bias, DeconvF32Ref **out);
void deconv_f32_ref_free(DeconvF32Ref *deconv);
void deconv_f32_ref_run(const DeconvF32Ref *deconv, Tensor in, Tensor out);

#endif
