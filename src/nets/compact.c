// 18 convolutions of 3x3, all but the last followed by a PReLU. The channels of the last one become 4 x 4 pixels, which
// are added to the input enlarged by nearest neighbour.
#include "nets/compact.h"

#include <stdio.h>
#include <string.h>

#include "nets/ncnn_layers.h"
#include "nets/upscaler.h"
#include "ops/cubic_reduce.h"
#include "ops/elementwise.h"
#include "weights/ncnn.h"

enum { N_CONVS = 18, N_LAYERS = 2 * N_CONVS - 1, WIDTH = 64, TIMES = 4, LAST_C = 3 * TIMES * TIMES, NAME_SIZE = 16 };

typedef struct Compact {
    Upscaler upscaler;
    UpscalerLayer layers[N_CONVS];
    const float *slopes[N_CONVS - 1]; // [WIDTH]
    char names[N_LAYERS][NAME_SIZE];
    int rim; // input pixels around a tile that are enlarged with it: 1 for 2x and 3x, whose reduction needs them
} Compact;

// Clears the part of a map that lies beyond the picture: there the original network has the zeros of its padding.
// Each of the n_layers before has removed one pixel on each side of the map.
static void clear_beyond(Tensor t, UpscalerBeyond beyond, int n_layers) {
    elementwise_clear_edges(t, beyond.top - n_layers, beyond.left - n_layers, beyond.bottom - n_layers,
                            beyond.right - n_layers);
}

// in [N+2*halo]² x 3 -> [N+2*rim]² x 48
static Tensor run_convs(UpscalerRun *run, const NetworkTile *tile) {
    Compact *self = (Compact *)run->upscaler;
    Tensor x = upscaler_layer(run, &self->layers[0], tile->input);
    for (int i = 1; i < N_CONVS; i++) {
        if (!upscaler_is_planning(run)) {
            elementwise_prelu(x, self->slopes[i - 1]);
            clear_beyond(x, tile->beyond, i);
        }
        upscaler_tap(run, self->names[2 * i - 1], x);
        x = upscaler_layer_then_give(run, &self->layers[i], x);
    }
    return x;
}

// [4(N+2)]² -> [scale N]². Beyond the picture's edge, the pixels at the edge are repeated.
static Tensor reduce(UpscalerRun *run, const NetworkTile *tile, Tensor large) {
    const int scale = run->upscaler->geometry.scale, crop = TIMES;
    const Tensor out = upscaler_take(run, (large.h / TIMES - 2) * scale, (large.w / TIMES - 2) * scale, 3);
    const int beyond = N_CONVS;
    const CubicBounds bounds = {
        .top = tile->beyond.top > beyond ? TIMES : 0,
        .left = tile->beyond.left > beyond ? TIMES : 0,
        .bottom = large.h - (tile->beyond.bottom > beyond ? TIMES : 0),
        .right = large.w - (tile->beyond.right > beyond ? TIMES : 0),
    };
    if (!upscaler_is_planning(run)) cubic_reduce(out, large, crop, scale, bounds);
    upscaler_give(run, large);
    return out;
}

static void run_stage(UpscalerRun *run, NetworkTile *tile, int stage) {
    const Compact *self = (const Compact *)run->upscaler;
    (void)stage; // the only one
    const Tensor x = run_convs(run, tile);
    Tensor out = upscaler_take(run, TIMES * x.h, TIMES * x.w, 3);
    if (!upscaler_is_planning(run)) {
        elementwise_pixel_shuffle(out, x, 0, TIMES);
        elementwise_add_nearest(out, tile->input, N_CONVS, TIMES);
    }
    upscaler_give(run, x);
    if (self->rim) out = reduce(run, tile, out);
    upscaler_tap(run, "out", out);
    tile->output = out;
}

// Finds the scale by the file's last layer that resizes.
static int find_scale(WeightStore *store) {
    static const char *const ends[] = {[2] = "3 by 0.5", [3] = "3 by 0.75", [4] = "1 by 4"};
    const char *found = weight_store_text(store, NCNN_RESIZE, "");
    for (int scale = 2; scale <= TIMES; scale++) {
        if (!strcmp(found, ends[scale])) return scale;
    }
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED,
                                           "Expected Real-ESRGAN's compact network to end at 2x, 3x or 4x but found a "
                                           "last resize of kind %s.",
                                           found));
    return TIMES;
}

static void ask_layers(Compact *self, NcnnLayers *layers) {
    for (int i = 0; i < N_CONVS; i++) {
        const ConvSpec spec = {
            .in_c = i ? WIDTH : 3, .out_c = i < N_CONVS - 1 ? WIDTH : LAST_C, .kernel = 3, .stride = 1};
        char *name = self->names[2 * i], *prelu = self->names[2 * i + 1];
        snprintf(name, NAME_SIZE, "body.%d", 2 * i);
        self->layers[i] = (UpscalerLayer){.name = name, .slope = 1};
        self->layers[i].conv = ncnn_layers_conv(layers, name, spec, 1);
        if (i == N_CONVS - 1) continue;
        snprintf(prelu, NAME_SIZE, "body.%d", 2 * i + 1);
        ncnn_layers_prelu(layers, prelu, WIDTH, &self->slopes[i]);
    }
}

static void ask(void *network, WeightStore *store) {
    Compact *self = network;
    NcnnLayers layers = {store, "Real-ESRGAN's compact network", 0};
    ncnn_layers_expect(&layers, N_LAYERS);
    const int scale = find_scale(store);
    self->rim = scale < TIMES;
    self->upscaler.stage = run_stage;
    self->upscaler.geometry = (UpscalerGeometry){
        .scale = scale,
        .halo = N_CONVS + self->rim,
        .multiple = 1,
        .edge = UPSCALER_ZERO,
        .n_stages = 1,
        .stages = {{1000, UPSCALER_INPUT}},
    };
    ask_layers(self, &layers);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(Compact), (WeightStoreOptions){0}, ask, sink, out);
}

const Network compact = {
    .name = "compact",
    .kind = NETWORK_TO_ENLARGE,
    .format = NETWORK_NCNN,
    .create = create,
    .free = network_free,
};
