// Convolution, channels last, with bias, LeakyReLU and a residual. Weights keep the dtype of the file where memory is
// scarce. conv.c takes the first kernel of a table that suits the layer; the reference is the reference of linear
// layers over windows.
#ifndef OPS_CONV_H
#define OPS_CONV_H

#include "core/tensor.h"
#include "ops/linear.h"

// `before`: rows of zeros above the map and columns left of it; `after`: those below it and right of it.
typedef struct ConvPadding {
    int before, after;
} ConvPadding;

typedef struct ConvSpec {
    int in_c, out_c;
    int kernel, stride; // square
    ConvPadding padding;
    int in_side; // of the map, if it is always the same square: it decides which kernel runs; 0: any map, usually a
                 // large one
    Dtype kept;  // see LinearSpec
    bool is_15_bit;
    bool is_rotated; // of I8 and a kernel of one pixel: see LinearSpec
} ConvSpec;

typedef struct Conv Conv;

static inline int conv_out_side(ConvSpec spec, int in_side) {
    return (in_side + spec.padding.before + spec.padding.after - spec.kernel) / spec.stride + 1;
}

// TensorFlow's SAME: one output for each stride that begins within the map; the larger half of the zeros comes after.
ConvPadding conv_same_padding(int in_side, int kernel, int stride);

// Allocates no memory for weights, which may never be needed. STATUS_UNSUPPORTED for other kinds of `kept`.
MUST_CHECK Status conv_create(ConvSpec spec, const Kernels *kernels, Conv **out);
void conv_free(Conv *conv);
ConvSpec conv_spec(const Conv *conv);
size_t conv_bytes(const Conv *conv); // memory that weights and bias take, once packed

// Both allocate memory and pack; the caller may free its arrays afterwards. A run needs weights; without a bias it is
// zero. STATUS_NO_MEMORY.
// weights [out_c][in_c][kernel][kernel], of the dtype `kept`; scales of I8: one for each channel, or, if the kernel is
// one pixel, one for each of its K-blocks.
MUST_CHECK Status conv_pack(Conv *conv, const void *weights, LinearScales scales);
MUST_CHECK Status conv_set_bias(Conv *conv, const float *bias); // [out_c]

// Prepares for maps of in_h x in_w; conv_run needs the last planned size. *scratch_bytes is what it then needs, aligned
// to 64 bytes; all layers may share one.
MUST_CHECK Status conv_plan(const Conv *conv, int in_h, int in_w, size_t *scratch_bytes);

typedef struct ConvEnd {
    float slope;           // LeakyReLU(x) = max(x, slope * x), 0 <= slope <= 1: 0 is ReLU, 1 leaves x as it is
    const float *residual; // of a 1x1 convolution, added before that: [out_h][out_w][out_c], may be `out`; NULL: none
} ConvEnd;

// out [conv_out_side(h)][conv_out_side(w)][out_c]; overlaps neither `in` nor scratch. `in` may be read 16 bytes past
// its end. The result does not depend on the number of threads.
void conv_run(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch);

#endif
