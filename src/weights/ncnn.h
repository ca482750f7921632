// Reads a network in ncnn's format: a .param text that lists the layers, and a .bin that holds their weights in that
// order. Knows nothing of what the layers mean.
#ifndef WEIGHTS_NCNN_H
#define WEIGHTS_NCNN_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { NCNN_MAX_LAYERS = 256, NCNN_N_KEYS = 32 };

typedef enum NcnnType {
    NCNN_OTHER, // no weights of its own, and nothing to check: Split, Crop, Pooling, BinaryOp, …
    NCNN_CONVOLUTION,
    NCNN_DECONVOLUTION,
    NCNN_INNER_PRODUCT,
} NcnnType;

typedef struct NcnnLayer {
    char name[32];
    NcnnType type;
    int out, kernel, stride, pad; // kernel 1, stride 1, pad 0 for an inner product
    int activation;               // 0 none, 1 ReLU, 2 LeakyReLU, 4 sigmoid
    float activation_slope;       // of LeakyReLU
    size_t n_weights;
    const float *weights; // [out][in][kernel][kernel], also for a deconvolution; [out][in] for an inner product
    const float *bias;    // [out]
} NcnnLayer;

typedef struct NcnnModel {
    int n_layers; // those with weights only, in file order
    NcnnLayer *layers;
    float *memory; // owned: all weights, as float32
} NcnnModel;

// Reads both files; neither is kept. Lines may end in LF or CRLF; weights may be float32 or float16. Every size is
// checked against the files', and the .bin must be used to its last byte. STATUS_BAD_FORMAT names the layer.
MUST_CHECK Status ncnn_open(const char *param, size_t param_size, const uint8_t *bin, size_t bin_size, NcnnModel *out);
void ncnn_close(NcnnModel *model); // accepts a zeroed or half-built model

#endif
