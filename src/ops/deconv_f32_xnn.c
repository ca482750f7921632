// Transposed convolution over XNNPACK, with LeakyReLU as a second pass over the output.
#include "ops/deconv_f32_xnn.h"

#include <math.h>
#include <stdlib.h>

#include "core/parallel.h"
#include "ops/elementwise.h"
#include "ops/xnn.h"

struct DeconvF32Xnn {
    DeconvSpec spec;
    xnn_operator_t op;
};

Status deconv_f32_xnn_create(DeconvSpec spec, const float *weights, const float *bias, DeconvF32Xnn **out) {
    Status status = xnn_start();
    if (status) return status;
    DeconvF32Xnn *deconv = calloc(1, sizeof *deconv);
    float *reordered = xnn_reorder_weights(weights, spec.out_c, spec.in_c, spec.kernel);
    if (!deconv || !reordered) {
        status = status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
        goto fail;
    }
    deconv->spec = spec;
    const uint32_t kernel = (uint32_t)spec.kernel, stride = (uint32_t)spec.stride, crop = (uint32_t)spec.crop;
    const size_t in_c = (size_t)spec.in_c, out_c = (size_t)spec.out_c;
    status = xnn_check(xnn_create_deconvolution2d_nhwc_f32(crop, crop, crop, crop, kernel, kernel, stride, stride, 1, 1,
                                                           1, in_c, out_c, in_c, out_c, reordered, bias, -INFINITY,
                                                           INFINITY, 0, NULL, NULL, &deconv->op),
                       "a transposed convolution");
    if (status) goto fail;
    free(reordered);
    *out = deconv;
    return STATUS_OK;
fail:
    free(reordered);
    deconv_f32_xnn_free(deconv);
    return status;
}

void deconv_f32_xnn_free(DeconvF32Xnn *deconv) {
    if (!deconv) return;
    xnn_delete_operator(deconv->op);
    free(deconv);
}

Status deconv_f32_xnn_plan(DeconvF32Xnn *deconv, int in_h, int in_w) {
    return xnn_check(xnn_reshape_deconvolution2d_nhwc_f32(deconv->op, 1, (size_t)in_h, (size_t)in_w, 0, 0, NULL, NULL,
                                                          parallel_pool()),
                     "a transposed convolution's size");
}

void deconv_f32_xnn_run(const DeconvF32Xnn *deconv, Tensor in, Tensor out) {
    xnn_must(xnn_setup_deconvolution2d_nhwc_f32(deconv->op, in.data, out.data));
    xnn_must(xnn_run_operator(deconv->op, parallel_pool()));
    elementwise_leaky_relu(out, deconv->spec.slope);
}
