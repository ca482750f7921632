// Convolution with zeros around the map and as many outputs as strides begin within it, its weights kept as a file has
// them: over a linear layer (ops/linear.h), or in Winograd's domain where the map is large enough to pay for getting
// there. The plain twin is the plain linear layer over windows.
#ifndef OPS_CONV_SAME_H
#define OPS_CONV_SAME_H

#include "core/tensor.h"
#include "ops/linear.h"

typedef struct ConvSameSpec {
    int in_c, out_c;
    int kernel, stride; // square
    int before;         // rows and columns of zeros before the map; behind it as many as are needed
    int in_side;        // of the map, which is square
    Dtype kept;         // see LinearSpec
    bool fine;
} ConvSameSpec;

typedef struct ConvSame ConvSame;

static inline int conv_same_out_side(ConvSameSpec spec) { return windows_out_side(spec.in_side, spec.stride); }

// Memory for the weights, and for the bias, which is zero. STATUS_UNSUPPORTED for other kinds of `kept`.
MUST_CHECK Status conv_same_create(ConvSameSpec spec, LinearImpl impl, ConvSame **out);
// As their namesakes of linear.h.
MUST_CHECK Status conv_same_create_empty(ConvSameSpec spec, LinearImpl impl, ConvSame **out);
MUST_CHECK Status conv_same_take_memory(ConvSame *conv);
MUST_CHECK Status conv_same_take_bias_memory(ConvSame *conv);
void conv_same_free(ConvSame *conv);
ConvSameSpec conv_same_spec(const ConvSame *conv);
size_t conv_same_bytes(const ConvSame *conv); // memory that weights and bias take

// Packs all weights [out_c][in_c][kernel][kernel], of the dtype that is kept; scales [out_c] of I8, otherwise NULL.
// They may be given back afterwards. STATUS_NO_MEMORY.
MUST_CHECK Status conv_same_pack(ConvSame *conv, const void *weights, const float *scales);
void conv_same_set_bias(ConvSame *conv, const float *bias); // [out_c]

// Prepares for running; *scratch_bytes is what conv_same_run then needs, aligned to 64 bytes; all layers may share one.
MUST_CHECK Status conv_same_plan(const ConvSame *conv, size_t *scratch_bytes);
// out [side][side][out_c] = activation(convolution of `in` + bias), in [in_side][in_side][in_c]. Only a 1x1 convolution
// takes a residual [side][side][out_c], which may be `out` itself. `out` may overlap neither `in` nor scratch. Does not
// depend on the threads.
void conv_same_run(const ConvSame *conv, Tensor in, LinearEnd end, Tensor out, void *scratch);

#endif
