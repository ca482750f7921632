// The squeeze-and-excite block: means over the picture, two small fully connected layers, one gate for each channel
// (Hu et al., Squeeze-and-Excitation Networks, 2018).
#ifndef OPS_SQUEEZE_H
#define OPS_SQUEEZE_H

#include "core/tensor.h"

enum { SQUEEZE_MAX_CHANNELS = 512, SQUEEZE_MAX_HIDDEN = 64 };

// sums[c] = the sum of each channel over rows [0, n_rows) and columns [0, n_columns) of t. `rows` is scratch of
// n_rows * c doubles. The result does not depend on the number of threads; it is a double because a sum in float is off
// by 1e-4 at 512 x 512 already.
void squeeze_sums(Tensor t, int n_rows, int n_columns, double *rows, double *sums);

typedef struct SqueezeWeights {
    int channels, hidden;
    const float *reduce, *reduce_bias; // [hidden][channels], [hidden]
    const float *expand, *expand_bias; // [channels][hidden], [channels]
} SqueezeWeights;

// gates[c] = sigmoid(expand · relu(reduce · means + reduce_bias) + expand_bias).
void squeeze_gates(const SqueezeWeights *weights, const float *means, float *gates);

#endif
