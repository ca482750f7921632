// The layers of Real-CUGAN and cunet that have weights: their shapes, and how they are read from a model file. For
// cugan.c, which runs them.
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
    UpscalerLayer layers[CUGAN_N_LAYERS];                          // empty for squeeze-and-excite
    const float *weights[CUGAN_N_LAYERS], *biases[CUGAN_N_LAYERS]; // of squeeze-and-excite: [out_c][in_c], [out_c]
} Cugan;

// The shape of a layer in the network of this scale.
CuganLayerSpec cugan_layers_spec(CuganLayerId id, int scale);

// To be called from a WeightStoreAsk. Finds the scale by the number of layers and the size of one kernel, fills in the
// geometry, and asks for the layers that such a network has: only 4x has CONV_FINAL, and "nose" networks have no
// CUGAN_SE. `name` is the network's name for sentences.
void cugan_layers_ask(Cugan *cugan, WeightStore *store, const char *name);

#endif
