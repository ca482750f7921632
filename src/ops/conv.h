// Convolution without padding, float32, channels last, with bias and LeakyReLU. conv.c chooses the fastest
// implementation that knows the shape; conv_f32_ref.c is the slow plain twin that all are tested against.
// conv_f32_xnn.c is timed beside them and is not in the engine.
#ifndef OPS_CONV_H
#define OPS_CONV_H

#include "core/status.h"
#include "core/tensor.h"

typedef struct ConvSpec {
    int in_c, out_c;
    int kernel, stride; // square
    float slope;        // LeakyReLU(x) = max(x, slope * x), 0 <= slope <= 1; 1 leaves x as it is
} ConvSpec;

typedef struct Conv Conv;

typedef enum ConvImpl { CONV_FASTEST, CONV_REF } ConvImpl;

static inline int conv_out_side(ConvSpec spec, int in_side) { return (in_side - spec.kernel) / spec.stride + 1; }

// Packs weights [out_c][in_c][kernel][kernel] and bias [out_c]; neither is kept.
MUST_CHECK Status conv_create(ConvSpec spec, ConvImpl impl, const float *weights, const float *bias, Conv **out);
void conv_free(Conv *conv);
ConvSpec conv_spec(const Conv *conv);

// Prepares for inputs of in_h x in_w, at least kernel each. conv_run needs the last planned size.
MUST_CHECK Status conv_plan(Conv *conv, int in_h, int in_w);
// out [conv_out_side(h)][conv_out_side(w)][out_c]; must not overlap `in`. `in` may be read 16 bytes past its end.
void conv_run(const Conv *conv, Tensor in, Tensor out);

#endif
