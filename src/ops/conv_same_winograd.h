// 3x3 convolution of stride 1 in Winograd's domain, with weights that stay as a file has them: they are transformed
// while it runs, a few output channels at a time, so that they take no more memory than they did before.
#ifndef OPS_CONV_SAME_WINOGRAD_H
#define OPS_CONV_SAME_WINOGRAD_H

#include "ops/conv_same.h"

typedef struct ConvSameWinograd ConvSameWinograd;

// Whether this convolution can be run so and is faster than as a linear layer.
bool conv_same_winograd_suits(ConvSameSpec spec);
// Without memory for weights and bias: see conv_same.h.
MUST_CHECK Status conv_same_winograd_create_empty(ConvSameSpec spec, ConvSameWinograd **out);
MUST_CHECK Status conv_same_winograd_take_memory(ConvSameWinograd *conv);
MUST_CHECK Status conv_same_winograd_take_bias_memory(ConvSameWinograd *conv);
void conv_same_winograd_free(ConvSameWinograd *conv);
size_t conv_same_winograd_bytes(const ConvSameWinograd *conv);
// See conv_same.h.
void conv_same_winograd_pack(ConvSameWinograd *conv, const void *weights, const float *scales);
void conv_same_winograd_set_bias(ConvSameWinograd *conv, const float *bias);
MUST_CHECK Status conv_same_winograd_plan(const ConvSameWinograd *conv, size_t *scratch_bytes);
// slope: LeakyReLU's, 0 for ReLU, 1 for none.
void conv_same_winograd_run(const ConvSameWinograd *conv, Tensor in, float slope, Tensor out, void *scratch);

#endif
