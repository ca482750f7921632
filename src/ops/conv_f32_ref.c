// Convolution as its definition says it.
#include "ops/conv_f32_ref.h"

#include <stdlib.h>
#include <string.h>

struct ConvF32Ref {
    ConvSpec spec;
    float *weights, *bias;
};

Status conv_f32_ref_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Ref **out) {
    size_t n_weights = (size_t)spec.out_c * (size_t)spec.in_c * (size_t)spec.kernel * (size_t)spec.kernel;
    ConvF32Ref *conv = calloc(1, sizeof *conv);
    if (!conv) goto fail;
    conv->spec = spec;
    conv->weights = malloc(n_weights * sizeof(float));
    conv->bias = malloc((size_t)spec.out_c * sizeof(float));
    if (!conv->weights || !conv->bias) goto fail;
    memcpy(conv->weights, weights, n_weights * sizeof(float));
    memcpy(conv->bias, bias, (size_t)spec.out_c * sizeof(float));
    *out = conv;
    return STATUS_OK;
fail:
    conv_f32_ref_free(conv);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void conv_f32_ref_free(ConvF32Ref *conv) {
    if (!conv) return;
    free(conv->weights);
    free(conv->bias);
    free(conv);
}

static double dot(const ConvF32Ref *conv, Tensor in, int y, int x, int out_channel) {
    const int kernel = conv->spec.kernel, in_c = conv->spec.in_c;
    const float *w = conv->weights + (size_t)out_channel * (size_t)(in_c * kernel * kernel);
    double sum = 0;
    for (int ky = 0; ky < kernel; ky++) {
        for (int kx = 0; kx < kernel; kx++) {
            const float *pixel = tensor_at(in, y + ky, x + kx);
            for (int c = 0; c < in_c; c++) sum += (double)pixel[c] * w[(c * kernel + ky) * kernel + kx];
        }
    }
    return sum;
}

void conv_f32_ref_run(const ConvF32Ref *conv, Tensor in, Tensor out) {
    const int stride = conv->spec.stride;
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            float *pixel = tensor_at(out, y, x);
            for (int c = 0; c < out.c; c++) {
                double sum = conv->bias[c] + dot(conv, in, y * stride, x * stride, c);
                pixel[c] = (float)(sum > 0 ? sum : sum * conv->spec.slope);
            }
        }
    }
}
