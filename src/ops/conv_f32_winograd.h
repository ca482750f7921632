// Convolution 3x3 with stride 1 by Winograd's F(6x6, 3x3). See conv.h for the contract.
#ifndef OPS_CONV_F32_WINOGRAD_H
#define OPS_CONV_F32_WINOGRAD_H

#include <stdbool.h>

#include "ops/conv.h"

typedef struct ConvF32Winograd ConvF32Winograd;

// Kernel 3, stride 1, and input channels by fours.
bool conv_f32_winograd_knows(ConvSpec spec);
MUST_CHECK Status conv_f32_winograd_create(ConvSpec spec, const float *weights, const float *bias,
                                           ConvF32Winograd **out);
void conv_f32_winograd_free(ConvF32Winograd *conv);
MUST_CHECK Status conv_f32_winograd_plan(ConvF32Winograd *conv, int in_h, int in_w);
void conv_f32_winograd_run(const ConvF32Winograd *conv, Tensor in, Tensor out);

#endif
