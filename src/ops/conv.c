// Chooses the implementation of a convolution.
#include "ops/conv.h"

#include <stdbool.h>
#include <stdlib.h>

#include "ops/conv_f32_ref.h"
#include "ops/conv_f32_xnn.h"

struct Conv {
    ConvSpec spec;
    ConvF32Ref *ref; // exactly one of these is there
    ConvF32Xnn *xnn;
};

Status conv_create(ConvSpec spec, ConvImpl impl, const float *weights, const float *bias, Conv **out) {
    Conv *conv = calloc(1, sizeof *conv);
    if (!conv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    conv->spec = spec;
    // XNNPACK takes a single input channel for a depthwise convolution, whose kernels are not compiled; no network has one.
    const bool use_ref = impl == CONV_REF || spec.in_c == 1;
    Status status = use_ref ? conv_f32_ref_create(spec, weights, bias, &conv->ref)
                                     : conv_f32_xnn_create(spec, weights, bias, &conv->xnn);
    if (status) {
        conv_free(conv);
        return status;
    }
    *out = conv;
    return STATUS_OK;
}

void conv_free(Conv *conv) {
    if (!conv) return;
    conv_f32_ref_free(conv->ref);
    conv_f32_xnn_free(conv->xnn);
    free(conv);
}

ConvSpec conv_spec(const Conv *conv) { return conv->spec; }

Status conv_plan(Conv *conv, int in_h, int in_w) {
    return conv->xnn ? conv_f32_xnn_plan(conv->xnn, in_h, in_w) : STATUS_OK;
}

void conv_run(const Conv *conv, Tensor in, Tensor out) {
    if (conv->ref) {
        conv_f32_ref_run(conv->ref, in, out);
    } else {
        conv_f32_xnn_run(conv->xnn, in, out);
    }
}
