// Chooses the implementation of a transposed convolution.
#include "ops/deconv.h"

#include <stdlib.h>

#include "ops/deconv_f32_ref.h"
#include "ops/deconv_f32_xnn.h"

struct Deconv {
    DeconvSpec spec;
    DeconvF32Ref *ref; // exactly one of these is there
    DeconvF32Xnn *xnn;
};

Status deconv_create(DeconvSpec spec, DeconvImpl impl, const float *weights, const float *bias, Deconv **out) {
    Deconv *deconv = calloc(1, sizeof *deconv);
    if (!deconv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    deconv->spec = spec;
    Status status = impl == DECONV_REF ? deconv_f32_ref_create(spec, weights, bias, &deconv->ref)
                                       : deconv_f32_xnn_create(spec, weights, bias, &deconv->xnn);
    if (status) {
        deconv_free(deconv);
        return status;
    }
    *out = deconv;
    return STATUS_OK;
}

void deconv_free(Deconv *deconv) {
    if (!deconv) return;
    deconv_f32_ref_free(deconv->ref);
    deconv_f32_xnn_free(deconv->xnn);
    free(deconv);
}

DeconvSpec deconv_spec(const Deconv *deconv) { return deconv->spec; }

Status deconv_plan(Deconv *deconv, int in_h, int in_w) {
    return deconv->xnn ? deconv_f32_xnn_plan(deconv->xnn, in_h, in_w) : STATUS_OK;
}

void deconv_run(const Deconv *deconv, Tensor in, Tensor out) {
    if (deconv->ref) {
        deconv_f32_ref_run(deconv->ref, in, out);
    } else {
        deconv_f32_xnn_run(deconv->xnn, in, out);
    }
}
