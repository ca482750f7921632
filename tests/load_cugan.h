// Real-CUGAN with its published weights, or with made-up ones.
#ifndef TESTS_LOAD_CUGAN_H
#define TESTS_LOAD_CUGAN_H

#include "made_cugan.h"
#include "nets/cugan.h"
#include "ops/kernels.h"
#include "weights.h"
#include "weights/ncnn.h"

// "up2x-conservative"; skips the test that calls this if its files are not there.
// `use_ref`: its layers keep the plain twins of their kernels (slow).
static inline Cugan *load_cugan(const char *name, bool use_ref) {
    File param = read_weights_or_skip(name, "param"), bin = read_weights_or_skip(name, "bin");
    NcnnModel model;
    Cugan *cugan;
    assert_int_equal(ncnn_open(param.data, param.size, (const uint8_t *)bin.data, bin.size, &model), STATUS_OK);
    kernels_choose(use_ref ? &kernels_reference : &kernels_simd);
    assert_int_equal(cugan_create(&model, &cugan), STATUS_OK);
    kernels_choose(&kernels_simd);
    ncnn_close(&model);
    free(param.data);
    free(bin.data);
    return cugan;
}

static inline Status load_made_cugan(const MadeCugan *made, Cugan **out) {
    NcnnModel model;
    Status status = ncnn_open(made->param, made->param_size, (const uint8_t *)made->bin, made->bin_size, &model);
    if (status) return status;
    status = cugan_create(&model, out);
    ncnn_close(&model);
    return status;
}

static inline Cugan *load_made_cugan_of(int scale) {
    MadeCugan made = made_cugan(scale, true, -1, 0);
    Cugan *cugan;
    if (load_made_cugan(&made, &cugan)) fail_msg("%s", status_message());
    made_cugan_free(&made);
    return cugan;
}

#endif
