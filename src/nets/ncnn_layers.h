// The layers of a network in ncnn's files (weights/ncnn.h), asked for one after the other in the order of the file:
// what they are called there differs from file to file. Knows no network.
#ifndef NETS_NCNN_LAYERS_H
#define NETS_NCNN_LAYERS_H

#include "nets/weight_store.h"

typedef struct NcnnLayers {
    WeightStore *store;
    const char *network; // for sentences
    int next;            // the layer that comes next
} NcnnLayers;

// How many layers with weights there are.
int ncnn_layers_count(const WeightStore *store);
// Refuses a file that has not so many.
void ncnn_layers_expect(const NcnnLayers *layers, int n);
// The side of the kernel of layer `i`.
int ncnn_layers_kernel(WeightStore *store, int i);

// Each asks for the layer that comes next, and refuses it under its `name` in the original if it is another. The .param
// must have the padding `padded` of a convolution; that of `spec` is what the engine does. NULL after a failure.
Conv *ncnn_layers_conv(NcnnLayers *layers, const char *name, ConvSpec spec, int padded);
Deconv *ncnn_layers_deconv(NcnnLayers *layers, const char *name, DeconvSpec spec);
// weights [out_c][in_c], bias [out_c]: see weight_store_floats.
void ncnn_layers_product(NcnnLayers *layers, const char *name, int in_c, int out_c, const float **weights,
                         const float **bias);
// slopes [channels], one for each.
void ncnn_layers_prelu(NcnnLayers *layers, const char *name, int channels, const float **slopes);

#endif
