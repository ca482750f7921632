// Transposed convolution, output by output: the taps k with (out + crop - k) a multiple of the stride.
#include <stdlib.h>
#include <string.h>

#include "ops/deconv_kernel.h"

typedef struct Reference {
    Deconv base;
    float *weights, *bias;
} Reference;

static void free_layer(Deconv *base) {
    Reference *deconv = (Reference *)base;
    free(deconv->weights);
    free(deconv->bias);
    free(deconv);
}

static Status create(DeconvSpec spec, const float *weights, const float *bias, Deconv **out) {
    const size_t out_c = (size_t)spec.out_c;
    const size_t n_weights = out_c * (size_t)spec.in_c * (size_t)spec.kernel * (size_t)spec.kernel;
    Reference *deconv = calloc(1, sizeof *deconv);
    if (deconv) {
        deconv->base = (Deconv){&deconv_f32_ref_kernel, spec};
        deconv->weights = malloc(n_weights * sizeof *weights);
        deconv->bias = malloc(out_c * sizeof *bias);
    }
    if (!deconv || !deconv->weights || !deconv->bias) {
        deconv_free((Deconv *)deconv);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    }
    memcpy(deconv->weights, weights, n_weights * sizeof *weights);
    memcpy(deconv->bias, bias, out_c * sizeof *bias);
    *out = &deconv->base;
    return STATUS_OK;
}

static double dot(const Reference *deconv, Tensor in, int out_y, int out_x, int out_channel) {
    const DeconvSpec spec = deconv->base.spec;
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

static void run(const Deconv *base, Tensor in, Tensor out) {
    const Reference *deconv = (const Reference *)base;
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            float *pixel = tensor_at(out, y, x);
            for (int c = 0; c < out.c; c++) {
                double sum = deconv->bias[c] + dot(deconv, in, y, x, c);
                pixel[c] = (float)(sum > 0 ? sum : sum * deconv->base.spec.slope);
            }
        }
    }
}

const DeconvKernel deconv_f32_ref_kernel = {NULL, create, free_layer, NULL, run};
