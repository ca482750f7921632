// Transposed convolution, float32, channels last, with bias and LeakyReLU: out[i * stride + k - crop] += in[i] * w[k].
// deconv.c takes the first kernel of a table that suits the layer.
#ifndef OPS_DECONV_H
#define OPS_DECONV_H

#include "core/status.h"
#include "core/tensor.h"

typedef struct DeconvSpec {
    int in_c, out_c;
    int kernel, stride; // square; kernel >= stride
    int crop;           // taken off each side of the output
    float slope;        // LeakyReLU, as in conv.h
} DeconvSpec;

typedef struct Deconv Deconv;
typedef struct Kernels Kernels; // ops/kernels.h

static inline int deconv_out_side(DeconvSpec spec, int in_side) {
    return (in_side - 1) * spec.stride + spec.kernel - 2 * spec.crop;
}

// Allocates no memory for weights, which may never be needed.
MUST_CHECK Status deconv_create(DeconvSpec spec, const Kernels *kernels, Deconv **out);
void deconv_free(Deconv *deconv);
DeconvSpec deconv_spec(const Deconv *deconv);

// Both allocate memory and pack; the caller may free its arrays afterwards. A run needs both.
// STATUS_NO_MEMORY.
MUST_CHECK Status deconv_pack(Deconv *deconv, const float *weights);  // [out_c][in_c][kernel][kernel], ncnn's order
MUST_CHECK Status deconv_set_bias(Deconv *deconv, const float *bias); // [out_c]

// Prepares for inputs of in_h x in_w. deconv_run needs the last planned size.
MUST_CHECK Status deconv_plan(const Deconv *deconv, int in_h, int in_w);
// A map that is added after LeakyReLU: its pixel [y + crop][x + crop] to out[y][x].
typedef struct DeconvEnd {
    Tensor residual; // .data NULL: none
    int crop;
} DeconvEnd;

// out [deconv_out_side(h)][deconv_out_side(w)][out_c]; overlaps neither `in` nor `end.residual`. Both may be read 16
// bytes past their ends.
void deconv_run(const Deconv *deconv, Tensor in, DeconvEnd end, Tensor out);

#endif
