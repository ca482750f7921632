// Transposed convolution with XNNPACK. It is not in the engine; our kernels are compared with it. See deconv.h for the
// contract.
#ifndef OPS_DECONV_F32_XNN_H
#define OPS_DECONV_F32_XNN_H

#include "ops/deconv.h"

typedef struct DeconvF32Xnn DeconvF32Xnn;

MUST_CHECK Status deconv_f32_xnn_create(DeconvSpec spec, const float *weights, const float *bias, DeconvF32Xnn **out);
void deconv_f32_xnn_free(DeconvF32Xnn *deconv);
MUST_CHECK Status deconv_f32_xnn_plan(DeconvF32Xnn *deconv, int in_h, int in_w);
void deconv_f32_xnn_run(const DeconvF32Xnn *deconv, Tensor in, Tensor out);

#endif
