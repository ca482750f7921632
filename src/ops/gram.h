// The Gram matrix of a map: how its channels correlate (Gatys et al. 2015).
#ifndef OPS_GRAM_H
#define OPS_GRAM_H

#include "core/tensor.h"

// Bytes of the matrix of c channels, and of the scratch; SIZE_MAX if they do not fit into a size_t.
size_t gram_bytes(int c);
size_t gram_scratch_bytes(int c);
// gram [c][c] = sum over all pixels of in[pixel][i] * in[pixel][j], divided by the number of pixels. `scratch` has
// gram_scratch_bytes bytes, aligned to 64 bytes.
void gram_run(Tensor in, float *gram, void *scratch);

#endif
