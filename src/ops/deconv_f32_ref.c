// Transposed convolution, output by output: the taps k with (out + crop - k) a multiple of the stride.
#include "ops/deconv_f32_ref.h"

#include <stdlib.h>
#include <string.h>

struct DeconvF32Ref {
    DeconvSpec spec;
    float *weights, *bias;
};

Status deconv_f32_ref_create(DeconvSpec spec, const float *weights, const float *bias, DeconvF32Ref **out) {
    size_t n_weights = (size_t)spec.out_c * (size_t)spec.in_c * (size_t)spec.kernel * (size_t)spec.kernel;
    DeconvF32Ref *deconv = calloc(1, sizeof *deconv);
    if (!deconv) goto fail;
    deconv->spec = spec;
    deconv->weights = malloc(n_weights * sizeof(float));
    deconv->bias = malloc((size_t)spec.out_c * sizeof(float));
    if (!deconv->weights || !deconv->bias) goto fail;
    memcpy(deconv->weights, weights, n_weights * sizeof(float));
    memcpy(deconv->bias, bias, (size_t)spec.out_c * sizeof(float));
    *out = deconv;
    return STATUS_OK;
fail:
    deconv_f32_ref_free(deconv);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void deconv_f32_ref_free(DeconvF32Ref *deconv) {
    if (!deconv) return;
    free(deconv->weights);
    free(deconv->bias);
    free(deconv);
}

static double dot(const DeconvF32Ref *deconv, Tensor in, int out_y, int out_x, int out_channel) {
    const DeconvSpec spec = deconv->spec;
    double sum = 0;
    for (int ky = 0; ky < spec.kernel; ky++) {
        int y = out_y + spec.crop - ky;
        if (y < 0 || y % spec.stride || y / spec.stride >= in.h) continue;
        for (int kx = 0; kx < spec.kernel; kx++) {
            int x = out_x + spec.crop - kx;
            if (x < 0 || x % spec.stride || x / spec.stride >= in.w) continue;
            const float *pixel = tensor_at(in, y / spec.stride, x / spec.stride);
            for (int c = 0; c < spec.in_c; c++) {
                size_t at = (((size_t)out_channel * (size_t)spec.in_c + (size_t)c) * (size_t)spec.kernel + (size_t)ky) *
                                (size_t)spec.kernel +
                            (size_t)kx;
                sum += (double)pixel[c] * deconv->weights[at];
            }
        }
    }
    return sum;
}

void deconv_f32_ref_run(const DeconvF32Ref *deconv, Tensor in, Tensor out) {
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            float *pixel = tensor_at(out, y, x);
            for (int c = 0; c < out.c; c++) {
                double sum = deconv->bias[c] + dot(deconv, in, y, x, c);
                pixel[c] = (float)(sum > 0 ? sum : sum * deconv->spec.slope);
            }
        }
    }
}
