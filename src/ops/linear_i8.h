// How an int8 layer rounds: what its fast kernel and its plain twin have in common. The depth is divided into blocks;
// within a block of one output channel weights are whole multiples, at most 63 times, of a step, and within a block of
// one row inputs are whole multiples, at most 127 times, of another. Sums of products of those are exact in int32, on
// every machine: relaxed SIMD's dot product is defined for 7 bits times 8 only. Blocks keep outlier channels from
// spoiling their whole row.
#ifndef OPS_LINEAR_I8_H
#define OPS_LINEAR_I8_H

#include "core/dtype.h"

enum { LINEAR_I8_BLOCK = 256, LINEAR_I8_MAX_WEIGHT = 63, LINEAR_I8_MAX_INPUT = 127 };

// n <= LINEAR_I8_BLOCK weights of one channel to integers; returns their step. Of int8 weights (with their channel's
// scale) that stay within 63 in this block nothing is lost; others are rounded once more.
float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, signed char *to);

// The step of n inputs whose largest magnitude is max, and what they are multiplied by before they are rounded to
// nearest even.
static inline float linear_i8_input_step(float max) { return max / LINEAR_I8_MAX_INPUT; }
static inline float linear_i8_input_factor(float max) { return max > 1e-30f ? LINEAR_I8_MAX_INPUT / max : 0; }

#endif
