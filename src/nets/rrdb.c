// Blocks of residual dense blocks at the input's size. Then the size is doubled twice, each time by nearest neighbour
// and a convolution.
#include "nets/rrdb.h"

#include <stdio.h>

#include "nets/ncnn_layers.h"
#include "nets/upscaler.h"
#include "ops/elementwise.h"

enum { N_BLOCKS = 6, N_DENSE = 3, DENSE_CONVS = 5, WIDTH = 64, GROWTH = 32, NAME_SIZE = 32 };
enum {
    CONV_FIRST,
    DENSE,
    CONV_BODY = DENSE + N_BLOCKS * N_DENSE * DENSE_CONVS,
    CONV_UP1,
    CONV_UP2,
    CONV_HR,
    CONV_LAST,
    N_LAYERS
};

// The layers reach 94 pixels beyond a tile. A halo of 48 changed a drawing by 0.25 of 255 levels, one of 32 by 1.7, one
// of 10, which the original program uses, by 33. RIM is how far the layers after the blocks reach.
enum { HALO = 48, RIM = 2 };

static const float leaky_slope = 0.2f, residual_factor = 0.2f;

typedef struct Rrdb {
    Upscaler upscaler;
    UpscalerLayer layers[N_LAYERS];
    char names[N_LAYERS][NAME_SIZE];
} Rrdb;

// Runs a layer, then clears the part of its output that lies beyond the picture: there the original network has the
// zeros of its padding. The map has `times` the input's size, without `crop` input pixels on each side.
static Tensor apply(UpscalerRun *run, const NetworkTile *tile, int id, Tensor in, int times, int crop) {
    const Tensor out = upscaler_layer(run, &((Rrdb *)run->upscaler)->layers[id], in);
    const UpscalerBeyond beyond = tile->beyond;
    if (!upscaler_is_planning(run))
        elementwise_clear_edges(out, times * (beyond.top - crop), times * (beyond.left - crop),
                                times * (beyond.bottom - crop), times * (beyond.right - crop));
    return out;
}

// The channels of a, then those of b. Gives a and b back.
static Tensor join(UpscalerRun *run, Tensor a, Tensor b) {
    const Tensor out = upscaler_take(run, a.h, a.w, a.c + b.c);
    if (!upscaler_is_planning(run)) elementwise_join(a, b, out);
    upscaler_give(run, a);
    upscaler_give(run, b);
    return out;
}

static Tensor copy(UpscalerRun *run, Tensor t) {
    const Tensor out = upscaler_take(run, t.h, t.w, t.c);
    if (!upscaler_is_planning(run)) {
        elementwise_clear_edges(out, out.h, 0, 0, 0);
        elementwise_add_cropped(out, t, 0);
    }
    return out;
}

// x + 0.2 * the output of five convolutions. The input of each is x and the outputs of all convolutions before it.
static Tensor dense_block(UpscalerRun *run, const NetworkTile *tile, int first, Tensor x) {
    Tensor all = copy(run, x);
    for (int i = 0; i < DENSE_CONVS - 1; i++) all = join(run, all, apply(run, tile, first + i, all, 1, 0));
    const Tensor out = apply(run, tile, first + DENSE_CONVS - 1, all, 1, 0);
    upscaler_give(run, all);
    if (!upscaler_is_planning(run)) elementwise_scale_add(out, residual_factor, x);
    return out;
}

// x + 0.2 * the output of three dense blocks. Gives x back.
static Tensor block(UpscalerRun *run, const NetworkTile *tile, int number, Tensor x) {
    const int first = DENSE + number * N_DENSE * DENSE_CONVS;
    Tensor y = dense_block(run, tile, first, x);
    for (int i = 1; i < N_DENSE; i++) {
        const Tensor next = dense_block(run, tile, first + i * DENSE_CONVS, y);
        upscaler_give(run, y);
        y = next;
    }
    if (!upscaler_is_planning(run)) elementwise_scale_add(y, residual_factor, x);
    upscaler_give(run, x);
    return y;
}

// Doubles the size of t without `crop` pixels on each side, by nearest neighbour. Gives t back.
static Tensor twice(UpscalerRun *run, Tensor t, int crop) {
    const Tensor out = upscaler_take(run, 2 * (t.h - 2 * crop), 2 * (t.w - 2 * crop), t.c);
    if (!upscaler_is_planning(run)) {
        elementwise_clear_edges(out, out.h, 0, 0, 0);
        elementwise_add_nearest(out, t, crop, 2);
    }
    upscaler_give(run, t);
    return out;
}

static Tensor then(UpscalerRun *run, const NetworkTile *tile, int id, Tensor in, int times) {
    const Tensor out = apply(run, tile, id, in, times, HALO - RIM);
    upscaler_give(run, in);
    return out;
}

// in [N+2*HALO]² x 3 -> [N+2*HALO]² x 64 -> [4(N+2*RIM)]² x 64 -> output [4N]² x 3
static void run_stage(UpscalerRun *run, NetworkTile *tile, int stage) {
    (void)stage; // the only one
    const Tensor first = apply(run, tile, CONV_FIRST, tile->input, 1, 0);
    Tensor x = copy(run, first);
    for (int i = 0; i < N_BLOCKS; i++) x = block(run, tile, i, x);
    Tensor body = apply(run, tile, CONV_BODY, x, 1, 0);
    upscaler_give(run, x);
    upscaler_add_then_give(run, body, first, 0);
    x = then(run, tile, CONV_UP1, twice(run, body, HALO - RIM), 2);
    x = then(run, tile, CONV_UP2, twice(run, x, 0), 4);
    x = then(run, tile, CONV_LAST, then(run, tile, CONV_HR, x, 4), 4);
    const int crop = 4 * RIM;
    tile->output = upscaler_take(run, x.h - 2 * crop, x.w - 2 * crop, 3);
    if (!upscaler_is_planning(run)) {
        elementwise_clear_edges(tile->output, tile->output.h, 0, 0, 0);
        elementwise_add_cropped(tile->output, x, crop);
    }
    upscaler_give(run, x);
    upscaler_tap(run, "out", tile->output);
}

static void ask_conv(Rrdb *self, NcnnLayers *layers, int id, int in_c, int out_c, float slope) {
    const ConvSpec spec = {.in_c = in_c, .out_c = out_c, .kernel = 3, .stride = 1, .padding = {1, 1}};
    self->layers[id] = (UpscalerLayer){.name = self->names[id], .slope = slope};
    self->layers[id].conv = ncnn_layers_conv(layers, self->names[id], spec, 1);
}

static void ask_dense(Rrdb *self, NcnnLayers *layers, int number) {
    for (int i = 0; i < DENSE_CONVS; i++) {
        const int id = DENSE + number * DENSE_CONVS + i;
        const bool is_last = i == DENSE_CONVS - 1;
        snprintf(self->names[id], NAME_SIZE, "body.%d.rdb%d.conv%d", number / N_DENSE, number % N_DENSE + 1, i + 1);
        ask_conv(self, layers, id, WIDTH + i * GROWTH, is_last ? WIDTH : GROWTH, is_last ? 1 : leaky_slope);
    }
}

static void ask(void *network, WeightStore *store) {
    static const char *const last_names[] = {"conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"};
    Rrdb *self = network;
    NcnnLayers layers = {store, "Real-ESRGAN's x4plus-anime", 0};
    self->upscaler.stage = run_stage;
    self->upscaler.geometry = (UpscalerGeometry){
        .scale = 4,
        .halo = HALO,
        .multiple = 1,
        .edge = UPSCALER_ZERO,
        .n_stages = 1,
        .stages = {{1000, UPSCALER_INPUT}},
    };
    ncnn_layers_expect(&layers, N_LAYERS);
    snprintf(self->names[CONV_FIRST], NAME_SIZE, "conv_first");
    ask_conv(self, &layers, CONV_FIRST, 3, WIDTH, 1);
    for (int i = 0; i < N_BLOCKS * N_DENSE; i++) ask_dense(self, &layers, i);
    for (int id = CONV_BODY; id < N_LAYERS; id++) {
        const bool is_linear = id == CONV_BODY || id == CONV_LAST;
        snprintf(self->names[id], NAME_SIZE, "%s", last_names[id - CONV_BODY]);
        ask_conv(self, &layers, id, WIDTH, id == CONV_LAST ? 3 : WIDTH, is_linear ? 1 : leaky_slope);
    }
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(Rrdb), (WeightStoreOptions){0}, ask, sink, out);
}

const Network rrdb = {
    .name = "rrdb",
    .kind = NETWORK_TO_ENLARGE,
    .format = NETWORK_NCNN,
    .create = create,
    .free = network_free,
};
