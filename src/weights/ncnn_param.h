// ncnn's .param: a text that lists a network's layers. For ncnn.c. It does not know what the layers mean.
// Format: ncnn's docs/developer-guide/param-and-model-file-structure.md.
#ifndef WEIGHTS_NCNN_PARAM_H
#define WEIGHTS_NCNN_PARAM_H

#include <stddef.h>

#include "core/status.h"

enum { NCNN_MAX_LAYERS = 512, NCNN_N_KEYS = 32 };

typedef enum NcnnType {
    NCNN_OTHER, // no weights of its own, and nothing to check: Split, Crop, Pooling, BinaryOp, …
    NCNN_CONVOLUTION,
    NCNN_DECONVOLUTION,
    NCNN_INNER_PRODUCT,
    NCNN_PRELU,
} NcnnType;

typedef struct NcnnLayer {
    char name[32];
    NcnnType type;
    int out, kernel, stride, pad; // kernel 1, stride 1, pad 0 for an inner product and a PReLU
    int activation;               // 0 none, 1 ReLU, 2 LeakyReLU, 4 sigmoid
    float activation_slope;       // of LeakyReLU
    size_t n_weights;             // a multiple of out * kernel * kernel
} NcnnLayer;

typedef struct NcnnParam {
    int n_layers; // those with weights only, in file order
    NcnnLayer *layers;
    // Of the last layer that resizes, if there is one: 1 nearest neighbour, 2 bilinear, 3 bicubic; 0: there is none.
    int resize;
    double resize_factor;
} NcnnParam;

// `text` is not kept. Lines may end in LF or CRLF. STATUS_BAD_FORMAT names the layer.
MUST_CHECK Status ncnn_param_read(const char *text, size_t size, NcnnParam *out);
void ncnn_param_free(NcnnParam *param); // accepts a zeroed one

#endif
