// A Real-CUGAN network's files with weights that are drawn: the shapes are the published ones', since there are no
// others.
#ifndef TESTS_FUZZ_CUGAN_FILE_H
#define TESTS_FUZZ_CUGAN_FILE_H

#include <math.h>

#include "core/bytes.h"
#include "fuzz.h"
#include "nets/cugan_layers.h"

typedef struct CuganFile {
    Bytes param, bin;
} CuganFile;

static inline void cugan_file_add(Bytes *to, const void *bytes, size_t size) {
    if (bytes_append(to, bytes, size)) abort();
}

// Small ones, so that layer after layer nothing grows without bounds.
static inline void cugan_file_add_floats(Bytes *bin, size_t n, float most) {
    static uint32_t state = 1;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u; // Numerical Recipes
        const float value = ((float)(state >> 8) / (float)(1 << 23) - 1) * most;
        cugan_file_add(bin, &value, sizeof value);
    }
}

static inline void cugan_file_add_layer(CuganFile *file, const CuganLayerSpec *spec) {
    static const char *const types[] = {
        [CUGAN_CONV] = "Convolution", [CUGAN_DECONV] = "Deconvolution", [CUGAN_SE] = "InnerProduct"};
    static const uint8_t is_float[4] = {0};
    char line[256];
    const int n = spec->in_c * spec->out_c * spec->kernel * spec->kernel, k = spec->kernel, s = spec->stride;
    const int length =
        spec->kind == CUGAN_SE
            ? snprintf(line, sizeof line, "%s %s 1 1 a b 0=%d 1=1 2=%d\n", types[spec->kind], spec->name, spec->out_c,
                       n)
            : snprintf(line, sizeof line, "%s %s 1 1 a b 0=%d 1=%d 11=%d 3=%d 13=%d 4=%d 14=%d 5=1 6=%d\n",
                       types[spec->kind], spec->name, spec->out_c, k, k, s, s, spec->crop, spec->crop, n);
    cugan_file_add(&file->param, line, (size_t)length);
    cugan_file_add(&file->bin, is_float, sizeof is_float);
    cugan_file_add_floats(&file->bin, (size_t)n, 1.7f / sqrtf((float)(spec->in_c * k * k)));
    cugan_file_add_floats(&file->bin, (size_t)spec->out_c, 0.1f);
}

static inline CuganFile cugan_file_make(int scale, bool has_se) {
    CuganFile file = {0};
    char line[64];
    int n_layers = 0;
    for (int pass = 0; pass < 2; pass++) {
        const int length = pass ? snprintf(line, sizeof line, "7767517\n%d %d\n", n_layers, n_layers) : 0;
        if (pass) cugan_file_add(&file.param, line, (size_t)length);
        for (int id = 0; id < CUGAN_N_LAYERS; id++) {
            const CuganLayerSpec spec = cugan_layers_spec((CuganLayerId)id, scale);
            if ((spec.kind == CUGAN_SE && !has_se) || (id == CONV_FINAL && scale != 4)) continue;
            if (pass)
                cugan_file_add_layer(&file, &spec);
            else
                n_layers++;
        }
    }
    return file;
}

#endif
