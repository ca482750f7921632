// Real-CUGAN with its published weights, or with made-up ones.
#ifndef TESTS_LOAD_CUGAN_H
#define TESTS_LOAD_CUGAN_H

#include "made_cugan.h"
#include "ops/kernels.h"
#include "weights.h"
#include "weights/ncnn.h"

// The network of the files, or the Status of what is wrong with them.
static inline Status load_ncnn(const Network *network, File param, File bin, Upscaler **out) {
    TensorSink sink;
    void *upscaler;
    Status status = network->create(&sink, &upscaler);
    if (status) return status;
    status = ncnn_read(param.data, param.size, bin.data, bin.size, &sink);
    if (status)
        network->free(upscaler);
    else
        *out = upscaler;
    return status;
}

// "up2x-conservative"; skips the test that calls this if its files are not there.
// `use_ref`: its layers keep the plain twins of their kernels (slow).
static inline Upscaler *load_cugan(const char *name, bool use_ref) {
    File param = read_weights_or_skip(name, "param"), bin = read_weights_or_skip(name, "bin");
    Upscaler *cugan;
    kernels_choose(use_ref ? &kernels_reference : &kernels_simd);
    assert_int_equal(load_ncnn(&cugan_network, param, bin, &cugan), STATUS_OK);
    kernels_choose(&kernels_simd);
    free(param.data);
    free(bin.data);
    return cugan;
}

static inline Status load_made_cugan(MadeCugan *made, Upscaler **out) {
    return load_ncnn(&cugan_network, (File){made->param, made->param_size}, (File){(char *)made->bin, made->bin_size},
                     out);
}

static inline Upscaler *load_made_cugan_of(int scale) {
    MadeCugan made = made_cugan(scale, true, -1, 0);
    Upscaler *cugan;
    if (load_made_cugan(&made, &cugan)) fail_msg("%s", status_message());
    made_cugan_free(&made);
    return cugan;
}

#endif
