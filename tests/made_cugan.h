// Real-CUGAN networks with made-up weights, as ncnn's files: of the right shapes, for what does not depend on the
// numbers.
#ifndef TESTS_MADE_CUGAN_H
#define TESTS_MADE_CUGAN_H

#include "nets/cugan_layers.h"
#include "test.h"
#include "weights/ncnn.h"

typedef struct MadeCugan {
    char param[8192];
    float *bin; // float32 throughout, each layer behind a flag of zero
    size_t n;   // floats, flags among them
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

// Weights so small that nothing grows; all of layer `odd`, if it is one, are `value`.
static inline MadeCugan made_cugan(int scale, int odd, float value) {
    MadeCugan made = {.bin = calloc(2 << 20, sizeof(float))};
    assert_non_null(made.bin);
    unsigned draw = 1;
    snprintf(made.param, sizeof made.param, "7767517\n%d 2\n", scale == 4 ? CUGAN_N_LAYERS : CUGAN_N_LAYERS - 1);
    for (int id = 0; id < CUGAN_N_LAYERS; id++) {
        const CuganLayerSpec spec = cugan_layers_spec((CuganLayerId)id, scale);
        if (!made_cugan_has((CuganLayerId)id, scale)) continue;
        const size_t at = strlen(made.param), n = made_cugan_weights(&spec) + (size_t)spec.out_c;
        made_cugan_line(&spec, made.param + at, sizeof made.param - at);
        made.n++;
        for (size_t i = 0; i < n; i++) {
            draw = draw * 1103515245 + 12345;
            made.bin[made.n++] = id == odd ? value : ((float)(draw >> 16 & 0xff) - 127.5f) * 1e-4f;
        }
    }
    return made;
}

static inline Status made_cugan_load(const MadeCugan *made, Cugan **out) {
    NcnnModel model;
    Status status =
        ncnn_open(made->param, strlen(made->param), (const uint8_t *)made->bin, made->n * sizeof(float), &model);
    if (status) return status;
    status = cugan_create(&model, false, out);
    ncnn_close(&model);
    return status;
}

static inline Cugan *made_cugan_loaded(int scale) {
    MadeCugan made = made_cugan(scale, -1, 0);
    Cugan *cugan;
    if (made_cugan_load(&made, &cugan)) fail_msg("%s", status_message());
    made_cugan_free(&made);
    return cugan;
}

#endif
