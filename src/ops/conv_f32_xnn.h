// Convolution with XNNPACK's indirect GEMM. It is not in the engine; our kernels are compared with it. See conv.h for
// the contract.
#ifndef OPS_CONV_F32_XNN_H
#define OPS_CONV_F32_XNN_H

#include "ops/conv.h"

typedef struct ConvF32Xnn ConvF32Xnn;

MUST_CHECK Status conv_f32_xnn_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Xnn **out);
void conv_f32_xnn_free(ConvF32Xnn *conv);
MUST_CHECK Status conv_f32_xnn_plan(ConvF32Xnn *conv, int in_h, int in_w);
void conv_f32_xnn_run(const ConvF32Xnn *conv, Tensor in, float slope, Tensor out);

#endif
