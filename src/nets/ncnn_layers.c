// A layer has the tensors <name>.weight and usually <name>.bias, and a text <name> that describes it.
#include "nets/ncnn_layers.h"

#include <stdio.h>
#include <string.h>

#include "weights/ncnn.h"

enum { NAME_SIZE = 64 };

static bool is_weight(const char *tensor) {
    const size_t n = strlen(tensor), suffix = strlen(".weight");
    return n > suffix && !strcmp(tensor + n - suffix, ".weight");
}

// The name of the weights of layer `i`; NULL: there are fewer layers.
static const char *weight_of(const WeightStore *store, int i) {
    const char *name;
    for (int tensor = 0; (name = weight_store_name(store, tensor)); tensor++) {
        if (is_weight(name) && i-- == 0) return name;
    }
    return NULL;
}

int ncnn_layers_count(const WeightStore *store) {
    int n = 0;
    while (weight_of(store, n)) n++;
    return n;
}

void ncnn_layers_expect(const NcnnLayers *layers, int n) {
    const int found = ncnn_layers_count(layers->store);
    if (weight_store_failed(layers->store) || found == n) return;
    weight_store_refuse(layers->store,
                        status_fail(STATUS_BAD_FORMAT, "Expected %s to have %d layers with weights but found %d.",
                                    layers->network, n, found));
}

int ncnn_layers_kernel(WeightStore *store, int i) {
    const char *weight = weight_of(store, i);
    return weight ? weight_store_dim(store, weight, 4, 2) : 0;
}

// Whether the next layer is the one that `expected` describes; then file_name is its name in the file.
static bool next(NcnnLayers *layers, const char *name, const char *expected, char file_name[NAME_SIZE]) {
    const char *weight = weight_of(layers->store, layers->next++);
    if (!weight) return false; // there was a failure before: the network has checked the number of its layers
    snprintf(file_name, NAME_SIZE, "%.*s", (int)(strlen(weight) - strlen(".weight")), weight);
    const char *found = weight_store_text(layers->store, file_name, "");
    if (!strcmp(found, expected)) return true;
    weight_store_refuse(layers->store,
                        status_fail(STATUS_BAD_FORMAT, "Expected layer %s (%s) of %s to be a %s but found a %s.", name,
                                    file_name, layers->network, expected, found));
    return false;
}

Conv *ncnn_layers_conv(NcnnLayers *layers, const char *name, ConvSpec spec, int padded) {
    char file_name[NAME_SIZE], text[NCNN_DESCRIPTION];
    ncnn_describe(NCNN_CONVOLUTION, spec.in_c, spec.out_c, spec.kernel, spec.stride, padded, text);
    return next(layers, name, text, file_name) ? weight_store_conv(layers->store, file_name, spec) : NULL;
}

Deconv *ncnn_layers_deconv(NcnnLayers *layers, const char *name, DeconvSpec spec) {
    char file_name[NAME_SIZE], text[NCNN_DESCRIPTION];
    ncnn_describe(NCNN_DECONVOLUTION, spec.in_c, spec.out_c, spec.kernel, spec.stride, spec.crop, text);
    return next(layers, name, text, file_name) ? weight_store_deconv(layers->store, file_name, spec) : NULL;
}

void ncnn_layers_product(NcnnLayers *layers, const char *name, int in_c, int out_c, const float **weights,
                         const float **bias) {
    char file_name[NAME_SIZE], tensor[NAME_SIZE + 8], text[NCNN_DESCRIPTION];
    *weights = *bias = NULL;
    ncnn_describe(NCNN_INNER_PRODUCT, in_c, out_c, 1, 1, 0, text);
    if (!next(layers, name, text, file_name)) return;
    snprintf(tensor, sizeof tensor, "%s.weight", file_name);
    weight_store_floats(layers->store, tensor, (WeightShape){2, {(size_t)out_c, (size_t)in_c}}, weights);
    snprintf(tensor, sizeof tensor, "%s.bias", file_name);
    weight_store_floats(layers->store, tensor, (WeightShape){1, {(size_t)out_c}}, bias);
}

void ncnn_layers_prelu(NcnnLayers *layers, const char *name, int channels, const float **slopes) {
    char file_name[NAME_SIZE], tensor[NAME_SIZE + 8], text[NCNN_DESCRIPTION];
    *slopes = NULL;
    ncnn_describe(NCNN_PRELU, 1, channels, 1, 1, 0, text);
    if (!next(layers, name, text, file_name)) return;
    snprintf(tensor, sizeof tensor, "%s.weight", file_name);
    weight_store_floats(layers->store, tensor, (WeightShape){1, {(size_t)channels}}, slopes);
}
