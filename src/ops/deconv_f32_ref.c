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
}

static Status keep(const float *values, size_t n, float **kept) {
    if (!*kept) *kept = malloc(n * sizeof *values);
    if (!*kept) return STATUS_NO_MEMORY;
    memcpy(*kept, values, n * sizeof *values);
    return STATUS_OK;
}

static Status pack(Deconv *base, const float *weights) {
    const DeconvSpec spec = base->spec;
    const size_t taps = (size_t)(spec.kernel * spec.kernel);
    return keep(weights, (size_t)spec.out_c * (size_t)spec.in_c * taps, &((Reference *)base)->weights);
}

static Status set_bias(Deconv *base, const float *bias) {
    return keep(bias, (size_t)base->spec.out_c, &((Reference *)base)->bias);
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

static void run(const Deconv *base, Tensor in, DeconvEnd end, Tensor out) {
    const Reference *deconv = (const Reference *)base;
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            float *pixel = tensor_at(out, y, x);
            for (int c = 0; c < out.c; c++) {
                const double sum = deconv->bias[c] + dot(deconv, in, y, x, c);
                const double residual = end.residual.data ? tensor_at(end.residual, y + end.crop, x + end.crop)[c] : 0;
                pixel[c] = (float)((sum > 0 ? sum : sum * deconv->base.spec.slope) + residual);
            }
        }
    }
}

const DeconvKernel deconv_f32_ref_kernel = {NULL, sizeof(Reference), free_layer, pack, set_bias, NULL, run};
