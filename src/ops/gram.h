// The Gram matrix of a map: how its channels go together (Gatys et al. 2015).
#ifndef OPS_GRAM_H
#define OPS_GRAM_H

#include "core/tensor.h"

// gram [c][c] = sum over all pixels of in[pixel][i] * in[pixel][j], over the number of pixels. `scratch` is of
// gram_scratch_bytes, aligned to 64 bytes.
size_t gram_scratch_bytes(int c);
void gram_run(Tensor in, float *gram, void *scratch);

#endif
