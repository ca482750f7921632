// Chooses the implementation of a transposed convolution.
#include "ops/deconv.h"

#include <stdlib.h>

#include "ops/deconv_f32_ref.h"
#include "ops/deconv_f32_simd.h"

struct Deconv {
    DeconvSpec spec;
    DeconvF32Simd *simd; // exactly one of these is there
    DeconvF32Ref *ref;
};

static Status create(Deconv *deconv, DeconvImpl impl, const float *weights, const float *bias) {
    if (impl == DECONV_REF) return deconv_f32_ref_create(deconv->spec, weights, bias, &deconv->ref);
    return deconv_f32_simd_create(deconv->spec, weights, bias, &deconv->simd);
}

Status deconv_create(DeconvSpec spec, DeconvImpl impl, const float *weights, const float *bias, Deconv **out) {
    Deconv *deconv = calloc(1, sizeof *deconv);
    if (!deconv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    deconv->spec = spec;
    Status status = create(deconv, impl, weights, bias);
    if (status) {
        deconv_free(deconv);
        return status;
    }
    *out = deconv;
    return STATUS_OK;
}

void deconv_free(Deconv *deconv) {
    if (!deconv) return;
    deconv_f32_simd_free(deconv->simd);
    deconv_f32_ref_free(deconv->ref);
    free(deconv);
}

DeconvSpec deconv_spec(const Deconv *deconv) { return deconv->spec; }

Status deconv_plan(Deconv *deconv, int in_h, int in_w) {
    if (deconv->simd) return deconv_f32_simd_plan(deconv->simd);
    return STATUS_OK;
}

void deconv_run(const Deconv *deconv, Tensor in, Tensor out) {
    if (deconv->simd) {
        deconv_f32_simd_run(deconv->simd, in, out);
    } else {
        deconv_f32_ref_run(deconv->ref, in, out);
    }
}
