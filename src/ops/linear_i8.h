// How an int8 layer quantises: what its fast kernel and its plain twin have in common. The depth is divided into
// K-blocks of LINEAR_I8_BLOCK. Each K-block of an output channel has a scale of its own and symmetric weights from -127
// to 127; each K-block of a row has a scale and a zero point, so that inputs behind a ReLU, which are all positive, use
// the whole range. The sums of products are exact in int32, on every machine.
// An outlier is an input that is more than LINEAR_I8_OUTLIER times as large as any other of its K-block. It does not
// count for their scale, and takes more than 8 bits. Trained transformers have such a channel (Dettmers et al. 2022,
// LLM.int8()), and the token that all others attend to has little else. In a rotated layer each K-block of inputs is
// multiplied by a Hadamard matrix first, and its weights have been multiplied by the inverse: the products are the
// same, and a large value is spread over the block, so that inputs and weights lose less by rounding (Ashkboos et al.
// 2024, QuaRot). Of inputs that are all positive it collects the sums in the first LINEAR_I8_LANES values, whose
// average is kept as a float.
#ifndef OPS_LINEAR_I8_H
#define OPS_LINEAR_I8_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/dtype.h"

enum {
    LINEAR_I8_BLOCK = 256,
    LINEAR_I8_MAX_WEIGHT = 127,
    LINEAR_I8_OUTLIER = 2,
    LINEAR_I8_OUTLIER_MAX = 64, // times the range of the others: then an outlier has 15 bits
    LINEAR_I8_LANES = 4,        // of a rotation: what a vector holds
};

// The largest quantised input: of 8 bits, or of 15 (`is_15_bit`).
static inline int linear_i8_max(bool is_15_bit) { return is_15_bit ? 16383 : 127; }

// Quantises n <= LINEAR_I8_BLOCK weights of one channel; returns their scale. Int8 weights stay as they are, with their
// channel's `scale`; floats are rounded. NaN becomes any integer.
float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, int8_t *to);

// The range of n inputs of a K-block, including zero. With `has_outlier` an outlier is left out, and `outlier` is its
// index; otherwise, and if there is none, -1.
typedef struct LinearI8Range {
    float low, high;
    int outlier;
} LinearI8Range;

LinearI8Range linear_i8_range(const float *x, int n, bool has_outlier);
// Whether one of n values is an outlier among them.
bool linear_i8_has_outlier(const float *x, int n);

// Rotates n <= LINEAR_I8_BLOCK inputs: x = H x, where H mixes those whose places have the same rest divided by
// LINEAR_I8_LANES, as many as a power of two allows, and leaves the others. H consists of 1 and -1. The sums are of
// float32, in this order, so that every implementation gives the same.
void linear_i8_rotate(float *x, int n);
// How many of n inputs are mixed.
int linear_i8_n_mixed(int n);

// Takes the average of the first LINEAR_I8_LANES of n rotated inputs off them, and returns it; times the sum of their
// weights it is to be added to the product. Else such sums would set the scale of all other values. Returns 0 if
// nothing was mixed, or if one of the few is an outlier among them: then linear_i8_range finds it.
float linear_i8_take_mean(float *x, int n);

// How a K-block of inputs is quantised: q = round_to_even(x * inverse_scale) - zero_point, and x is about
// scale * (q + zero_point). q has 8 bits with the sign, or 15. `outlier` is the index of an outlier, whose q has up to
// 15 bits, or -1.
typedef struct LinearI8Inputs {
    float scale, inverse_scale;
    int32_t zero_point;
    int outlier;
} LinearI8Inputs;

// Of inputs x in such a range. It is one step narrower than it could be, because the zero point is rounded.
// Inputs that are too far apart for a float get the scale NaN, so their products become NaN.
static inline LinearI8Inputs linear_i8_inputs(const float *x, LinearI8Range of, bool is_15_bit) {
    const int most = linear_i8_max(is_15_bit);
    const float n_steps = (float)(2 * most - 1),
                least = of.outlier < 0 ? 0 : fabsf(x[of.outlier]) / LINEAR_I8_OUTLIER_MAX;
    const float range = fmaxf(of.high - of.low, least);
    if (!(range > 1e-30f)) return (LinearI8Inputs){.outlier = -1};
    if (!(range <= FLT_MAX)) return (LinearI8Inputs){.scale = NAN, .outlier = -1};
    const float inverse_scale = n_steps / range;
    return (LinearI8Inputs){range / n_steps, inverse_scale, most + (int32_t)rintf(of.low * inverse_scale), of.outlier};
}

#endif
