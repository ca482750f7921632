// Chooses the implementation of a convolution.
#include "ops/conv.h"

#include <stdlib.h>

#include "ops/conv_f32_ref.h"
#include "ops/conv_f32_winograd.h"
#include "ops/conv_f32_xnn.h"

struct Conv {
    ConvSpec spec;
    ConvF32Ref *ref; // exactly one of these is there
    ConvF32Winograd *winograd;
    ConvF32Xnn *xnn;
};

Status conv_create(ConvSpec spec, ConvImpl impl, const float *weights, const float *bias, Conv **out) {
    Conv *conv = calloc(1, sizeof *conv);
    if (!conv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    conv->spec = spec;
    Status status;
    if (impl == CONV_FASTEST && conv_f32_winograd_knows(spec)) {
        status = conv_f32_winograd_create(spec, weights, bias, &conv->winograd);
    } else if (impl != CONV_REF && spec.in_c > 1) {
        // XNNPACK takes a single input channel for a depthwise convolution, whose kernels are not compiled; no network has one.
        status = conv_f32_xnn_create(spec, weights, bias, &conv->xnn);
    } else {
        status = conv_f32_ref_create(spec, weights, bias, &conv->ref);
    }
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
    conv_f32_winograd_free(conv->winograd);
    conv_f32_xnn_free(conv->xnn);
    free(conv);
}

ConvSpec conv_spec(const Conv *conv) { return conv->spec; }

Status conv_plan(Conv *conv, int in_h, int in_w) {
    if (conv->winograd) return conv_f32_winograd_plan(conv->winograd, in_h, in_w);
    return conv->xnn ? conv_f32_xnn_plan(conv->xnn, in_h, in_w) : STATUS_OK;
}

void conv_run(const Conv *conv, Tensor in, Tensor out) {
    if (conv->winograd) {
        conv_f32_winograd_run(conv->winograd, in, out);
    } else if (conv->xnn) {
        conv_f32_xnn_run(conv->xnn, in, out);
    } else {
        conv_f32_ref_run(conv->ref, in, out);
    }
}
