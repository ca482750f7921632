// Chooses the implementation of a convolution.
#include "ops/conv.h"

#include <stdlib.h>

#include "ops/conv_f32_ref.h"
#include "ops/conv_f32_simd.h"
#include "ops/conv_f32_winograd.h"

struct Conv {
    ConvSpec spec;
    ConvF32Winograd *winograd; // exactly one of these is there
    ConvF32Simd *simd;
    ConvF32Ref *ref;
};

static Status create(Conv *conv, ConvImpl impl, const float *weights, const float *bias) {
    const ConvSpec spec = conv->spec;
    if (impl == CONV_REF) return conv_f32_ref_create(spec, weights, bias, &conv->ref);
    if (conv_f32_winograd_knows(spec)) return conv_f32_winograd_create(spec, weights, bias, &conv->winograd);
    return conv_f32_simd_create(spec, weights, bias, &conv->simd);
}

Status conv_create(ConvSpec spec, ConvImpl impl, const float *weights, const float *bias, Conv **out) {
    Conv *conv = calloc(1, sizeof *conv);
    if (!conv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    conv->spec = spec;
    Status status = create(conv, impl, weights, bias);
    if (status) {
        conv_free(conv);
        return status;
    }
    *out = conv;
    return STATUS_OK;
}

void conv_free(Conv *conv) {
    if (!conv) return;
    conv_f32_winograd_free(conv->winograd);
    conv_f32_simd_free(conv->simd);
    conv_f32_ref_free(conv->ref);
    free(conv);
}

ConvSpec conv_spec(const Conv *conv) { return conv->spec; }

Status conv_plan(Conv *conv, int in_h, int in_w) {
    if (conv->winograd) return conv_f32_winograd_plan(conv->winograd, in_h, in_w);
    return STATUS_OK;
}

void conv_run(const Conv *conv, Tensor in, Tensor out) {
    if (conv->winograd) {
        conv_f32_winograd_run(conv->winograd, in, out);
    } else if (conv->simd) {
        conv_f32_simd_run(conv->simd, in, out);
    } else {
        conv_f32_ref_run(conv->ref, in, out);
    }
}
