// How an int8 layer rounds: what its fast kernel and its plain twin have in common. The depth is divided into blocks;
// within a block of one output channel weights are whole multiples, at most 127 times, of a step, and within a block of
// one row so are inputs, of another: from the smallest of them to the largest, so that those behind a ReLU, which are
// all positive, are rounded half as much. Sums of products of those are exact in int32, on every machine. Blocks keep
// outlier channels from spoiling their whole row.
#ifndef OPS_LINEAR_I8_H
#define OPS_LINEAR_I8_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/dtype.h"

enum { LINEAR_I8_BLOCK = 256, LINEAR_I8_MAX_WEIGHT = 127 };

// What inputs are rounded to, at most, of eight bits or of fifteen.
static inline int linear_i8_most(bool fine) { return fine ? 16383 : 127; }

// n <= LINEAR_I8_BLOCK weights of one channel to integers; returns their step. Int8 weights stay what they are, with
// their channel's scale as step; floats are rounded. Those that are no numbers become any integers.
float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, int8_t *to);

// How a block of inputs is rounded: x is about step * whole, where whole = x * factor, rounded to nearest even. What is
// kept of it is whole - zero, of eight bits with the sign, or of fifteen (`fine`).
typedef struct LinearI8Inputs {
    float step, factor;
    int32_t zero;
} LinearI8Inputs;

// Of inputs from `min` to `max`. There is a step less than there could be, for what falls between two. Inputs that are
// too far apart for a float get NaN as step, which becomes what they are multiplied to.
static inline LinearI8Inputs linear_i8_inputs(float min, float max, bool fine) {
    const int most = linear_i8_most(fine);
    const float low = fminf(min, 0), high = fmaxf(max, 0), range = high - low, n_steps = (float)(2 * most - 1);
    if (!(range > 1e-30f)) return (LinearI8Inputs){0};
    if (!(range <= FLT_MAX)) return (LinearI8Inputs){.step = NAN};
    const float factor = n_steps / range;
    return (LinearI8Inputs){range / n_steps, factor, most + (int32_t)rintf(low * factor)};
}

#endif
