// The table of layers, and the check of a model file against it.
#include "nets/cugan_layers.h"

#include "nets/ncnn_layers.h"

static const float leaky_slope = 0.1f;

// The channels between the two U-Nets: 64 in a 4x network, 3 in the others.
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
    [U1_BOTTOM]     = {"unet1.conv_bottom",    CUGAN_DECONV, 64,  MID, 4, 2, 3, true}, // 3x: kernel 5, stride 3, crop 2; 1x: a convolution
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

// What differs between the scales. The shares of the multiplications were counted at 2x and at 1x; those of 3x and 4x
// differ from 2x by a few percent.
// clang-format off
static const UpscalerGeometry geometries[] = {
    {
        .scale = 2, .halo = 18, .multiple = 2, .n_stages = 5,
        .stages = {{78, UPSCALER_INPUT}, {323, UPSCALER_BODY | UPSCALER_INPUT}, {212, UPSCALER_BODY},
                   {165, UPSCALER_BODY | UPSCALER_SKIP}, {222, UPSCALER_BODY | UPSCALER_RESIDUAL}},
        .bodies = {{64, 1, 2, 12}, {128, 1, 1, 14}, {128, 1, 2, 3}, {64, 1, 1, 2}},
        .residual = {3, 2, 1, 40},
    },
    {
        .scale = 3, .halo = 14, .multiple = 4, .n_stages = 5,
        .stages = {{78, UPSCALER_INPUT}, {323, UPSCALER_BODY | UPSCALER_INPUT}, {212, UPSCALER_BODY},
                   {165, UPSCALER_BODY | UPSCALER_SKIP}, {222, UPSCALER_BODY | UPSCALER_RESIDUAL}},
        .bodies = {{64, 1, 2, 8}, {128, 3, 2, 14}, {128, 3, 4, 3}, {64, 3, 2, 2}},
        .residual = {3, 3, 1, 40},
    },
    {
        .scale = 4, .halo = 19, .multiple = 2, .n_stages = 5,
        .stages = {{78, UPSCALER_INPUT}, {323, UPSCALER_BODY | UPSCALER_INPUT}, {212, UPSCALER_BODY},
                   {165, UPSCALER_BODY | UPSCALER_SKIP}, {222, UPSCALER_BODY | UPSCALER_RESIDUAL | UPSCALER_INPUT}},
        .bodies = {{64, 1, 2, 13}, {128, 1, 1, 16}, {128, 1, 2, 4}, {64, 1, 1, 4}},
        .residual = {64, 2, 1, 44},
    },
    {
        .scale = 1, .halo = 28, .multiple = 4, .n_stages = 5,
        .stages = {{224, UPSCALER_INPUT}, {348, UPSCALER_BODY | UPSCALER_INPUT}, {152, UPSCALER_BODY},
                   {118, UPSCALER_BODY | UPSCALER_SKIP}, {158, UPSCALER_BODY | UPSCALER_RESIDUAL}},
        .bodies = {{64, 1, 2, 22}, {128, 1, 2, 14}, {128, 1, 4, 3}, {64, 1, 2, 2}},
        .residual = {3, 1, 1, 40},
    },
};
// clang-format on

enum { N_SE = 8, N_SMALL = CUGAN_N_LAYERS - 1, N_PLAIN = N_SMALL - N_SE };

static void find_geometry(WeightStore *store, const char *name, UpscalerGeometry *geometry) {
    const int n = ncnn_layers_count(store);
    if (n != CUGAN_N_LAYERS && n != N_SMALL && n != N_PLAIN) {
        weight_store_refuse(
            store, status_fail(STATUS_BAD_FORMAT, "Expected %s to have %d, %d or %d layers with weights but found %d.",
                               name, N_PLAIN, N_SMALL, CUGAN_N_LAYERS, n));
        return;
    }
    // The kernel of the first U-Net's last layer tells the scale (see cugan_layers_spec). Without squeeze-and-excite
    // that layer comes two places earlier.
    static const int rows[] = {[3] = 3, [4] = 0, [5] = 1};
    const int kernel = ncnn_layers_kernel(store, n == N_PLAIN ? U1_BOTTOM - 2 : U1_BOTTOM);
    *geometry = geometries[n == CUGAN_N_LAYERS ? 2 : kernel < 3 || kernel > 5 ? 0 : rows[kernel]];
    geometry->wants_means = n != N_PLAIN;
}

CuganLayerSpec cugan_layers_spec(CuganLayerId id, int scale) {
    CuganLayerSpec spec = layer_specs[id];
    const int mid = scale == 4 ? 64 : 3;
    if (spec.in_c == MID) spec.in_c = mid;
    if (spec.out_c == MID) spec.out_c = mid;
    if (id == U1_BOTTOM && scale == 3) spec.kernel = 5, spec.stride = 3, spec.crop = 2;
    if (id == U1_BOTTOM && scale == 1) spec.kind = CUGAN_CONV, spec.kernel = 3, spec.stride = 1, spec.crop = 0;
    return spec;
}

static void ask_layer(Cugan *cugan, NcnnLayers *layers, CuganLayerId id, const CuganLayerSpec *spec) {
    UpscalerLayer *layer = &cugan->layers[id];
    *layer = (UpscalerLayer){.name = spec->name, .slope = spec->is_linear ? 1 : leaky_slope};
    const ConvSpec conv = {.in_c = spec->in_c, .out_c = spec->out_c, .kernel = spec->kernel, .stride = spec->stride};
    const DeconvSpec deconv = {spec->in_c, spec->out_c, spec->kernel, spec->stride, spec->crop, layer->slope};
    switch (spec->kind) {
        case CUGAN_CONV: layer->conv = ncnn_layers_conv(layers, spec->name, conv, 0); break;
        case CUGAN_DECONV: layer->deconv = ncnn_layers_deconv(layers, spec->name, deconv); break;
        case CUGAN_SE:
            ncnn_layers_product(layers, spec->name, spec->in_c, spec->out_c, &cugan->weights[id], &cugan->biases[id]);
    }
}

void cugan_layers_ask(Cugan *cugan, WeightStore *store, const char *name) {
    const UpscalerGeometry *geometry = &cugan->upscaler.geometry;
    NcnnLayers layers = {store, name, 0};
    find_geometry(store, name, &cugan->upscaler.geometry);
    for (int id = 0; id < CUGAN_N_LAYERS && !weight_store_failed(store); id++) {
        const CuganLayerSpec spec = cugan_layers_spec((CuganLayerId)id, geometry->scale);
        if (spec.kind == CUGAN_SE && !geometry->wants_means) continue;
        if (id == CONV_FINAL && geometry->scale != 4) continue;
        ask_layer(cugan, &layers, (CuganLayerId)id, &spec);
    }
}
