// Convolution with XNNPACK, which has no LeakyReLU: that is a second pass over the output.
#include "ops/conv_f32_xnn.h"

#include <math.h>
#include <stdlib.h>

#include "core/parallel.h"
#include "ops/elementwise.h"
#include "ops/xnn.h"

struct ConvF32Xnn {
    xnn_operator_t op;
};

Status conv_f32_xnn_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Xnn **out) {
    Status status = xnn_start();
    if (status) return status;
    ConvF32Xnn *conv = calloc(1, sizeof *conv);
    float *reordered = xnn_reorder_weights(weights, spec.out_c, spec.in_c, spec.kernel);
    if (!conv || !reordered) {
        status = status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
        goto fail;
    }
    const uint32_t kernel = (uint32_t)spec.kernel, stride = (uint32_t)spec.stride;
    const uint32_t before = (uint32_t)spec.padding.before, after = (uint32_t)spec.padding.after;
    const size_t in_c = (size_t)spec.in_c, out_c = (size_t)spec.out_c;
    status = xnn_check(xnn_create_convolution2d_nhwc_f32(before, after, after, before, kernel, kernel, stride, stride,
                                                         1, 1, 1, in_c, out_c, in_c, out_c, reordered, bias, -INFINITY,
                                                         INFINITY, 0, NULL, NULL, &conv->op),
                       "a convolution");
    if (status) goto fail;
    free(reordered);
    *out = conv;
    return STATUS_OK;
fail:
    free(reordered);
    conv_f32_xnn_free(conv);
    return status;
}

void conv_f32_xnn_free(ConvF32Xnn *conv) {
    if (!conv) return;
    xnn_delete_operator(conv->op);
    free(conv);
}

Status conv_f32_xnn_plan(ConvF32Xnn *conv, int in_h, int in_w) {
    size_t workspace_size = 0, workspace_alignment = 0;
    return xnn_check(xnn_reshape_convolution2d_nhwc_f32(conv->op, 1, (size_t)in_h, (size_t)in_w, &workspace_size,
                                                        &workspace_alignment, NULL, NULL, parallel_pool()),
                     "a convolution's size");
}

void conv_f32_xnn_run(const ConvF32Xnn *conv, Tensor in, float slope, Tensor out) {
    xnn_must(xnn_setup_convolution2d_nhwc_f32(conv->op, NULL, in.data, out.data));
    xnn_must(xnn_run_operator(conv->op, parallel_pool()));
    elementwise_leaky_relu(out, slope);
}
