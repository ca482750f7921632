// Seven layers, one after the other.
#include "nets/upconv.h"

#include "nets/ncnn_layers.h"
#include "nets/upscaler.h"

enum { N_CONVS = 6, N_LAYERS = N_CONVS + 1 };

static const float leaky_slope = 0.1f;
static const int channels[N_LAYERS + 1] = {3, 16, 32, 64, 128, 128, 256, 3};

typedef struct Upconv {
    Upscaler upscaler;
    UpscalerLayer layers[N_LAYERS];
} Upconv;

// in [N+14]² x 3 -> [N+2]² x 256 -> output [2N]² x 3
static void run_stage(UpscalerRun *run, NetworkTile *tile, int stage) {
    Upconv *self = (Upconv *)run->upscaler;
    (void)stage; // the only one
    Tensor x = upscaler_layer(run, &self->layers[0], tile->input);
    for (int i = 1; i < N_LAYERS; i++) x = upscaler_layer_then_give(run, &self->layers[i], x);
    tile->output = x;
}

static void ask(void *network, WeightStore *store) {
    static const char *const names[N_LAYERS] = {"conv1", "conv2", "conv3", "conv4", "conv5", "conv6", "conv7"};
    Upconv *self = network;
    NcnnLayers layers = {store, "waifu2x's upconv_7", 0};
    self->upscaler.stage = run_stage;
    self->upscaler.geometry = (UpscalerGeometry){
        .scale = 2,
        .halo = 7,
        .multiple = 1,
        .edge = UPSCALER_REPEATED,
        .n_stages = 1,
        .stages = {{1000, UPSCALER_INPUT}},
    };
    ncnn_layers_expect(&layers, N_LAYERS);
    for (int i = 0; i < N_CONVS; i++) {
        const ConvSpec spec = {.in_c = channels[i], .out_c = channels[i + 1], .kernel = 3, .stride = 1};
        self->layers[i] = (UpscalerLayer){.name = names[i], .slope = leaky_slope};
        self->layers[i].conv = ncnn_layers_conv(&layers, names[i], spec, 0);
    }
    const DeconvSpec last = {channels[N_CONVS], channels[N_LAYERS], 4, 2, 3, 1};
    self->layers[N_CONVS] = (UpscalerLayer){.name = names[N_CONVS]};
    self->layers[N_CONVS].deconv = ncnn_layers_deconv(&layers, names[N_CONVS], last);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(Upconv), (WeightStoreOptions){0}, ask, sink, out);
}

const Network upconv = {
    .name = "upconv",
    .kind = NETWORK_TO_ENLARGE,
    .format = NETWORK_NCNN,
    .create = create,
    .free = network_free,
};
