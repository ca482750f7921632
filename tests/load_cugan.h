// Real-CUGAN with its published weights.
#ifndef TESTS_LOAD_CUGAN_H
#define TESTS_LOAD_CUGAN_H

#include "nets/cugan.h"
#include "weights.h"
#include "weights/ncnn.h"

// "up2x-conservative"; skips the test that calls this if its files are not there.
static inline Cugan *load_cugan(const char *name, bool use_ref) {
    File param = read_weights_or_skip(name, "param"), bin = read_weights_or_skip(name, "bin");
    NcnnModel model;
    Cugan *cugan;
    assert_int_equal(ncnn_open(param.data, param.size, (const uint8_t *)bin.data, bin.size, &model), STATUS_OK);
    assert_int_equal(cugan_create(&model, use_ref, &cugan), STATUS_OK);
    ncnn_close(&model);
    free(param.data);
    free(bin.data);
    return cugan;
}

#endif
