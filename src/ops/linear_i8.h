// How an int8 layer rounds: what its fast kernel and its plain twin have in common. The depth is divided into blocks;
// within a block of one output channel weights are whole multiples, at most 127 times, of a step, and within a block of
// one row so are inputs, of another. Sums of products of those are exact in int32, on every machine. Blocks keep
// outlier channels from spoiling their whole row.
#ifndef OPS_LINEAR_I8_H
#define OPS_LINEAR_I8_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dtype.h"

enum { LINEAR_I8_BLOCK = 256, LINEAR_I8_MAX_WEIGHT = 127 };

// How many steps the largest input of a block is: eight bits with the sign, or fifteen (`fine`).
static inline int linear_i8_max_input(bool fine) { return fine ? 16383 : 127; }

// n <= LINEAR_I8_BLOCK weights of one channel to integers; returns their step. Int8 weights stay what they are, with
// their channel's scale as step; floats are rounded.
float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, int8_t *to);

// The step of n inputs whose largest magnitude is max, and what they are multiplied by before they are rounded to
// nearest even.
static inline float linear_i8_input_step(float max, bool fine) { return max / (float)linear_i8_max_input(fine); }
static inline float linear_i8_input_factor(float max, bool fine) {
    return max > 1e-30f ? (float)linear_i8_max_input(fine) / max : 0;
}

#endif
