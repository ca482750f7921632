// The Gram matrix of a map: how its channels go together (Gatys et al. 2015).
#ifndef OPS_GRAM_H
#define OPS_GRAM_H

#include "core/tensor.h"

// Of the matrix of c channels, and of the scratch; SIZE_MAX if they are more than can be counted.
size_t gram_bytes(int c);
size_t gram_scratch_bytes(int c);
// gram [c][c] = sum over all pixels of in[pixel][i] * in[pixel][j], over the number of pixels. `scratch` is of
// gram_scratch_bytes, aligned to 64 bytes.
void gram_run(Tensor in, float *gram, void *scratch);

#endif
