// The layers with weights of Real-CUGAN and cunet: which there are, their shapes, and how they come from a model file.
// For cugan.c, which says in what order they run.
#ifndef NETS_CUGAN_LAYERS_H
#define NETS_CUGAN_LAYERS_H

#include "nets/upscaler.h"

// In file order.
typedef enum CuganLayerId {
    U1_CONV1_0,
    U1_CONV1_2,
    U1_CONV1_DOWN,
    U1_CONV2_0,
    U1_CONV2_2,
    U1_SE_REDUCE,
    U1_SE_EXPAND,
    U1_CONV2_UP,
    U1_CONV3,
    U1_BOTTOM,
    U2_CONV1_0,
    U2_CONV1_2,
    U2_CONV1_DOWN,
    U2_CONV2_0,
    U2_CONV2_2,
    U2_SE2_REDUCE,
    U2_SE2_EXPAND,
    U2_CONV2_DOWN,
    U2_CONV3_0,
    U2_CONV3_2,
    U2_SE3_REDUCE,
    U2_SE3_EXPAND,
    U2_CONV3_UP,
    U2_CONV4_0,
    U2_CONV4_2,
    U2_SE4_REDUCE,
    U2_SE4_EXPAND,
    U2_CONV4_UP,
    U2_CONV5,
    U2_BOTTOM,
    CONV_FINAL,
    CUGAN_N_LAYERS
} CuganLayerId;

typedef enum CuganKind { CUGAN_CONV, CUGAN_DECONV, CUGAN_SE } CuganKind;

typedef struct CuganLayerSpec {
    const char *name; // in the original's state dict
    CuganKind kind;
    int in_c, out_c, kernel, stride, crop;
    bool is_linear; // no LeakyReLU
} CuganLayerSpec;

typedef struct Cugan {
    Upscaler upscaler;
    UpscalerLayer layers[CUGAN_N_LAYERS];                          // those of squeeze-and-excite are empty,
    const float *weights[CUGAN_N_LAYERS], *biases[CUGAN_N_LAYERS]; // and have these
} Cugan;

CuganLayerSpec cugan_layers_spec(CuganLayerId id, int scale);

// Tells the network by the number of its layers and a kernel, fills in its geometry, and asks for the layers that it
// has: but 4x all lack CONV_FINAL, and "nose" all of CUGAN_SE. `name`: of the network, for sentences. See
// WeightStoreAsk.
void cugan_layers_ask(Cugan *cugan, WeightStore *store, const char *name);

#endif
