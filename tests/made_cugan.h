// Real-CUGAN networks as ncnn's files, with made-up weights: of the right shapes, for what does not depend on the
// numbers.
#ifndef TESTS_MADE_CUGAN_H
#define TESTS_MADE_CUGAN_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nets/cugan.h"
#include "nets/cugan_layers.h"

typedef struct MadeCugan {
    char param[8192];
    size_t param_size;
    float *bin; // float32 throughout, each layer behind a flag of zero
    size_t bin_size;
} MadeCugan;

static inline void made_cugan_free(MadeCugan *made) { free(made->bin); }

static inline bool made_cugan_has(CuganLayerId id, int scale) { return id != CONV_FINAL || scale == 4; }

static inline size_t made_cugan_weights(const CuganLayerSpec *spec) {
    return (size_t)(spec->in_c * spec->out_c * spec->kernel * spec->kernel);
}

static inline void made_cugan_line(const CuganLayerSpec *spec, char *to, size_t size) {
    static const char *const types[] = {
        [CUGAN_CONV] = "Convolution", [CUGAN_DECONV] = "Deconvolution", [CUGAN_SE] = "InnerProduct"};
    const size_t n = made_cugan_weights(spec);
    if (spec->kind == CUGAN_SE) {
        snprintf(to, size, "InnerProduct %.20s 1 1 a b 0=%d 1=1 2=%zu\n", spec->name, spec->out_c, n);
    } else {
        snprintf(to, size, "%s %.20s 1 1 a b 0=%d 1=%d 3=%d 4=%d 5=1 6=%zu\n", types[spec->kind], spec->name,
                 spec->out_c, spec->kernel, spec->stride, spec->crop, n);
    }
}

// -most to most.
static inline float made_cugan_draw(unsigned *state, float most) {
    *state = *state * 1664525u + 1013904223u; // Numerical Recipes
    return ((float)(*state >> 8) / (float)(1 << 23) - 1) * most;
}

// Weights so small that layer after layer nothing grows without bounds; all of layer `odd`, if it is one, are `value`.
// `has_se`: as all published networks but one kind.
static inline MadeCugan made_cugan(int scale, bool has_se, int odd, float value) {
    MadeCugan made = {.bin = calloc(2 << 20, sizeof(float))};
    if (!made.bin) abort();
    unsigned state = 1;
    int n_layers = 0;
    char lines[sizeof made.param - 32] = "";
    float *to = made.bin;
    for (int id = 0; id < CUGAN_N_LAYERS; id++) {
        const CuganLayerSpec spec = cugan_layers_spec((CuganLayerId)id, scale);
        if (!made_cugan_has((CuganLayerId)id, scale) || (spec.kind == CUGAN_SE && !has_se)) continue;
        made_cugan_line(&spec, lines + strlen(lines), sizeof lines - strlen(lines));
        const size_t n_weights = made_cugan_weights(&spec), n = n_weights + (size_t)spec.out_c;
        const float most = 1.7f / sqrtf((float)(spec.in_c * spec.kernel * spec.kernel));
        *to++ = 0;
        for (size_t i = 0; i < n; i++) *to++ = id == odd ? value : made_cugan_draw(&state, i < n_weights ? most : 0.1f);
        n_layers++;
    }
    made.bin_size = (size_t)(to - made.bin) * sizeof(float);
    made.param_size = (size_t)snprintf(made.param, sizeof made.param, "7767517\n%d %d\n%s", n_layers, n_layers, lines);
    return made;
}

#endif
