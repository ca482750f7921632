// The table of layers, and the model file against it.
#include "nets/cugan_layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops/kernels.h"

static const float leaky_slope = 0.1f;

// `mid` stands for what is 64 in a 4x network and 3 otherwise: the channels between the U-Nets.
enum { MID = -1 };

// clang-format off
static const CuganLayerSpec layer_specs[CUGAN_N_LAYERS] = {
    [U1_CONV1_0]    = {"unet1.conv1.0",        CUGAN_CONV,   3,   32,  3, 1, 0, false},
    [U1_CONV1_2]    = {"unet1.conv1.2",        CUGAN_CONV,   32,  64,  3, 1, 0, false},
    [U1_CONV1_DOWN] = {"unet1.conv1_down",     CUGAN_CONV,   64,  64,  2, 2, 0, false},
    [U1_CONV2_0]    = {"unet1.conv2.0",        CUGAN_CONV,   64,  128, 3, 1, 0, false},
    [U1_CONV2_2]    = {"unet1.conv2.2",        CUGAN_CONV,   128, 64,  3, 1, 0, false},
    [U1_SE_REDUCE]  = {"unet1.conv2.se.conv1", CUGAN_SE,     64,  8,   1, 1, 0, false},
    [U1_SE_EXPAND]  = {"unet1.conv2.se.conv2", CUGAN_SE,     8,   64,  1, 1, 0, false},
    [U1_CONV2_UP]   = {"unet1.conv2_up",       CUGAN_DECONV, 64,  64,  2, 2, 0, false},
    [U1_CONV3]      = {"unet1.conv3",          CUGAN_CONV,   64,  64,  3, 1, 0, false},
    [U1_BOTTOM]     = {"unet1.conv_bottom",    CUGAN_DECONV, 64,  MID, 4, 2, 3, true}, // 3x: kernel 5, stride 3, crop 2
    [U2_CONV1_0]    = {"unet2.conv1.0",        CUGAN_CONV,   MID, 32,  3, 1, 0, false},
    [U2_CONV1_2]    = {"unet2.conv1.2",        CUGAN_CONV,   32,  64,  3, 1, 0, false},
    [U2_CONV1_DOWN] = {"unet2.conv1_down",     CUGAN_CONV,   64,  64,  2, 2, 0, false},
    [U2_CONV2_0]    = {"unet2.conv2.0",        CUGAN_CONV,   64,  64,  3, 1, 0, false},
    [U2_CONV2_2]    = {"unet2.conv2.2",        CUGAN_CONV,   64,  128, 3, 1, 0, false},
    [U2_SE2_REDUCE] = {"unet2.conv2.se.conv1", CUGAN_SE,     128, 16,  1, 1, 0, false},
    [U2_SE2_EXPAND] = {"unet2.conv2.se.conv2", CUGAN_SE,     16,  128, 1, 1, 0, false},
    [U2_CONV2_DOWN] = {"unet2.conv2_down",     CUGAN_CONV,   128, 128, 2, 2, 0, false},
    [U2_CONV3_0]    = {"unet2.conv3.0",        CUGAN_CONV,   128, 256, 3, 1, 0, false},
    [U2_CONV3_2]    = {"unet2.conv3.2",        CUGAN_CONV,   256, 128, 3, 1, 0, false},
    [U2_SE3_REDUCE] = {"unet2.conv3.se.conv1", CUGAN_SE,     128, 16,  1, 1, 0, false},
    [U2_SE3_EXPAND] = {"unet2.conv3.se.conv2", CUGAN_SE,     16,  128, 1, 1, 0, false},
    [U2_CONV3_UP]   = {"unet2.conv3_up",       CUGAN_DECONV, 128, 128, 2, 2, 0, false},
    [U2_CONV4_0]    = {"unet2.conv4.0",        CUGAN_CONV,   128, 64,  3, 1, 0, false},
    [U2_CONV4_2]    = {"unet2.conv4.2",        CUGAN_CONV,   64,  64,  3, 1, 0, false},
    [U2_SE4_REDUCE] = {"unet2.conv4.se.conv1", CUGAN_SE,     64,  8,   1, 1, 0, false},
    [U2_SE4_EXPAND] = {"unet2.conv4.se.conv2", CUGAN_SE,     8,   64,  1, 1, 0, false},
    [U2_CONV4_UP]   = {"unet2.conv4_up",       CUGAN_DECONV, 64,  64,  2, 2, 0, false},
    [U2_CONV5]      = {"unet2.conv5",          CUGAN_CONV,   64,  64,  3, 1, 0, false},
    [U2_BOTTOM]     = {"unet2.conv_bottom",    CUGAN_CONV,   64,  MID, 3, 1, 0, true},
    [CONV_FINAL]    = {"conv_final",           CUGAN_CONV,   64,  12,  3, 1, 0, true}, // 4x only
};
// clang-format on

static Status find_geometry(const NcnnModel *model, CuganGeometry *geometry, bool *has_se) {
    const int n = model->n_layers, n_se = 8, n_plain = CUGAN_N_LAYERS - 1 - n_se;
    *has_se = n >= CUGAN_N_LAYERS - 1;
    if (n == CUGAN_N_LAYERS) {
        *geometry = (CuganGeometry){4, 19, 2};
    } else if (n != CUGAN_N_LAYERS - 1 && n != n_plain) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected a Real-CUGAN network of %d, %d or %d layers with weights but found %d.", n_plain,
                           CUGAN_N_LAYERS - 1, CUGAN_N_LAYERS, n);
    } else {
        const bool is_3x = model->layers[*has_se ? U1_BOTTOM : U1_BOTTOM - 2].kernel == 5;
        *geometry = is_3x ? (CuganGeometry){3, 14, 4} : (CuganGeometry){2, 18, 2};
    }
    return STATUS_OK;
}

CuganLayerSpec cugan_layers_spec(CuganLayerId id, int scale) {
    CuganLayerSpec spec = layer_specs[id];
    const int mid = scale == 4 ? 64 : 3;
    if (spec.in_c == MID) spec.in_c = mid;
    if (spec.out_c == MID) spec.out_c = mid;
    if (id == U1_BOTTOM && scale == 3) spec.kernel = 5, spec.stride = 3, spec.crop = 2;
    return spec;
}

static Status check_shape(const NcnnLayer *found, const CuganLayerSpec *spec) {
    static const NcnnType types[] = {
        [CUGAN_CONV] = NCNN_CONVOLUTION, [CUGAN_DECONV] = NCNN_DECONVOLUTION, [CUGAN_SE] = NCNN_INNER_PRODUCT};
    const size_t n_weights = (size_t)spec->in_c * (size_t)spec->out_c * (size_t)spec->kernel * (size_t)spec->kernel;
    if (found->type == types[spec->kind] && found->out == spec->out_c && found->kernel == spec->kernel &&
        found->stride == spec->stride && found->pad == spec->crop && found->n_weights == n_weights) {
        return STATUS_OK;
    }
    return status_fail(
        STATUS_BAD_FORMAT,
        "Expected layer %s (%s) of Real-CUGAN to have %zu weights for %d channels, kernel %d, stride %d, but found "
        "%zu for %d, %d, %d.",
        spec->name, found->name, n_weights, spec->out_c, spec->kernel, spec->stride, found->n_weights, found->out,
        found->kernel, found->stride);
}

// What is beyond would overflow on the way, and what is no number makes all of the picture none.
static Status check_values(const NcnnLayer *found, const float *values, size_t n, const CuganLayerSpec *spec) {
    const float largest = 1e18f;
    for (size_t i = 0; i < n; i++) {
        if (fabsf(values[i]) <= largest) continue;
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected numbers of at most %g in layer %s (%s) of Real-CUGAN but found %g.",
                           (double)largest, spec->name, found->name, (double)values[i]);
    }
    return STATUS_OK;
}

static Status load_layer(CuganLayer *layer, const NcnnLayer *from) {
    const CuganLayerSpec *spec = &layer->spec;
    Status status = check_shape(from, spec);
    if (!status) status = check_values(from, from->weights, from->n_weights, spec);
    if (!status) status = check_values(from, from->bias, (size_t)from->out, spec);
    if (status) return status;
    const Kernels *kernels = kernels_chosen();
    layer->slope = spec->is_linear ? 1 : leaky_slope;
    if (spec->kind == CUGAN_CONV) {
        ConvSpec conv = {.in_c = spec->in_c, .out_c = spec->out_c, .kernel = spec->kernel, .stride = spec->stride};
        status = conv_create(conv, kernels, &layer->conv);
        if (!status) status = conv_pack(layer->conv, from->weights, NULL);
        return status ? status : conv_set_bias(layer->conv, from->bias);
    }
    if (spec->kind == CUGAN_DECONV) {
        DeconvSpec deconv = {spec->in_c, spec->out_c, spec->kernel, spec->stride, spec->crop, layer->slope};
        return deconv_create(deconv, kernels, from->weights, from->bias, &layer->deconv);
    }
    layer->weights = malloc((from->n_weights + (size_t)from->out) * sizeof(float));
    if (!layer->weights) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    memcpy(layer->weights, from->weights, from->n_weights * sizeof(float));
    memcpy(layer->weights + from->n_weights, from->bias, (size_t)from->out * sizeof(float));
    return STATUS_OK;
}

Status cugan_layers_load(const NcnnModel *model, CuganGeometry *geometry, bool *has_se,
                         CuganLayer layers[CUGAN_N_LAYERS]) {
    Status status = find_geometry(model, geometry, has_se);
    const NcnnLayer *next = model->layers;
    for (int id = 0; id < CUGAN_N_LAYERS && !status; id++) {
        layers[id].spec = cugan_layers_spec((CuganLayerId)id, geometry->scale);
        if (layers[id].spec.kind == CUGAN_SE && !*has_se) continue;
        if (id == CONV_FINAL && geometry->scale != 4) continue;
        status = load_layer(&layers[id], next++);
    }
    return status;
}

void cugan_layers_free(CuganLayer layers[CUGAN_N_LAYERS]) {
    for (int id = 0; id < CUGAN_N_LAYERS; id++) {
        conv_free(layers[id].conv);
        deconv_free(layers[id].deconv);
        free(layers[id].weights);
    }
}
