// Chooses the implementation of a transposed convolution.
#include "ops/deconv.h"

#include <stdlib.h>

#include "ops/deconv_f32_overlap.h"
#include "ops/deconv_f32_ref.h"
#include "ops/deconv_f32_simd.h"

struct Deconv {
    DeconvSpec spec;
    DeconvF32Simd *simd; // exactly one of these is there
    DeconvF32Overlap *overlap;
    DeconvF32Ref *ref;
};

static Status create(Deconv *deconv, DeconvImpl impl, const float *weights, const float *bias) {
    if (impl == DECONV_REF) return deconv_f32_ref_create(deconv->spec, weights, bias, &deconv->ref);
    if (deconv_f32_overlap_suits(deconv->spec)) {
        return deconv_f32_overlap_create(deconv->spec, weights, bias, &deconv->overlap);
    }
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
    deconv_f32_overlap_free(deconv->overlap);
    deconv_f32_ref_free(deconv->ref);
    free(deconv);
}

DeconvSpec deconv_spec(const Deconv *deconv) { return deconv->spec; }

Status deconv_plan(Deconv *deconv, int in_h, int in_w) {
    (void)in_h; // no kernel's scratch depends on it
    if (deconv->simd) return deconv_f32_simd_plan(deconv->simd);
    if (deconv->overlap) return deconv_f32_overlap_plan(deconv->overlap, in_w);
    return STATUS_OK;
}

void deconv_run(const Deconv *deconv, Tensor in, Tensor out) {
    if (deconv->simd) {
        deconv_f32_simd_run(deconv->simd, in, out);
    } else if (deconv->overlap) {
        deconv_f32_overlap_run(deconv->overlap, in, out);
    } else {
        deconv_f32_ref_run(deconv->ref, in, out);
    }
}
