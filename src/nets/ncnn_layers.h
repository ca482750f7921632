// The layers of a network in ncnn's files (weights/ncnn.h). A network asks for them in the order of the file, because
// their names differ from file to file. Knows no network.
#ifndef NETS_NCNN_LAYERS_H
#define NETS_NCNN_LAYERS_H

#include "nets/weight_store.h"

typedef struct NcnnLayers {
    WeightStore *store;
    const char *network; // for sentences
    int next;            // number of the next layer
} NcnnLayers;

// The number of layers with weights.
int ncnn_layers_count(const WeightStore *store);
// Refuses a file that has not exactly n layers with weights.
void ncnn_layers_expect(const NcnnLayers *layers, int n);
// The kernel's side of layer `i`.
int ncnn_layers_kernel(WeightStore *store, int i);

// Each asks for the next layer, and refuses a file whose next layer is not the described one. `name` is the layer's
// name in the original, for sentences. `padded` is the padding that the .param must give for a convolution; the padding
// of `spec` is what the engine adds. NULL after a failure.
Conv *ncnn_layers_conv(NcnnLayers *layers, const char *name, ConvSpec spec, int padded);
Deconv *ncnn_layers_deconv(NcnnLayers *layers, const char *name, DeconvSpec spec);
// weights [out_c][in_c], bias [out_c]: see weight_store_floats.
void ncnn_layers_product(NcnnLayers *layers, const char *name, int in_c, int out_c, const float **weights,
                         const float **bias);
// slopes [channels], one for each.
void ncnn_layers_prelu(NcnnLayers *layers, const char *name, int channels, const float **slopes);

#endif
