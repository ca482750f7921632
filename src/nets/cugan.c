// All scales are in one file: they differ only in the first U-Net's last layer and in the layers after the second.
#include "nets/cugan.h"

#include "nets/cugan_layers.h"
#include "ops/elementwise.h"
#include "ops/squeeze.h"

// In the comments N is a tile's side without its halo, and sizes are those of 2x.

static UpscalerLayer *layer(const UpscalerRun *run, CuganLayerId id) { return &((Cugan *)run->upscaler)->layers[id]; }

static Tensor apply(UpscalerRun *run, CuganLayerId id, Tensor in) { return upscaler_layer(run, layer(run, id), in); }

// The same, and gives the input back.
static Tensor then(UpscalerRun *run, CuganLayerId id, Tensor in) {
    return upscaler_layer_then_give(run, layer(run, id), in);
}

static Tensor up_and_add(UpscalerRun *run, CuganLayerId id, Tensor in, Tensor skip, int crop) {
    return upscaler_layer_add_then_give(run, layer(run, id), in, skip, crop);
}

static Tensor first_skip(UpscalerRun *run, const NetworkTile *tile) {
    return then(run, U1_CONV1_2, apply(run, U1_CONV1_0, tile->input));
}

static Tensor outer_skip(UpscalerRun *run, const NetworkTile *tile) {
    return then(run, U2_CONV1_2, apply(run, U2_CONV1_0, tile->residual));
}

// in [N+36]² x 3 -> skip [N+32]² x 64, body [N/2+12]² x 64
static void stage_0(UpscalerRun *run, NetworkTile *tile) {
    tile->skip = first_skip(run, tile);
    Tensor down = apply(run, U1_CONV1_DOWN, tile->skip);
    tile->body = then(run, U1_CONV2_2, then(run, U1_CONV2_0, down));
}

// -> residual [2N+40]² x mid, outer [2N+36]² x 64, body [N+14]² x 128
static void stage_1(UpscalerRun *run, NetworkTile *tile) {
    if (!tile->skip.data) tile->skip = first_skip(run, tile);
    Tensor up = up_and_add(run, U1_CONV2_UP, tile->body, tile->skip, 4);
    tile->residual = then(run, U1_BOTTOM, then(run, U1_CONV3, up));
    tile->outer = outer_skip(run, tile);
    Tensor down = apply(run, U2_CONV1_DOWN, tile->outer);
    tile->body = then(run, U2_CONV2_2, then(run, U2_CONV2_0, down));
}

// -> skip [N+14]² x 128, body [N/2+3]² x 128
static void stage_2(UpscalerRun *run, NetworkTile *tile) {
    tile->skip = tile->body;
    Tensor down = apply(run, U2_CONV2_DOWN, tile->skip);
    tile->body = then(run, U2_CONV3_2, then(run, U2_CONV3_0, down));
}

// -> body [N+2]² x 64
static void stage_3(UpscalerRun *run, NetworkTile *tile) {
    Tensor up = up_and_add(run, U2_CONV3_UP, tile->body, tile->skip, 4);
    tile->body = then(run, U2_CONV4_2, then(run, U2_CONV4_0, up));
}

// 64 channels at twice the size -> 12 -> 3 at four times the size, added to the enlarged input
static Tensor finish_4x(UpscalerRun *run, const NetworkTile *tile, Tensor in) {
    Tensor fine = then(run, CONV_FINAL, in);
    Tensor out = upscaler_take(run, 2 * (fine.h - 2), 2 * (fine.w - 2), 3);
    if (!upscaler_is_planning(run)) {
        elementwise_pixel_shuffle(out, fine, 1, 2);
        elementwise_add_nearest(out, tile->input, run->upscaler->geometry.halo, 4);
    }
    upscaler_give(run, fine);
    return out;
}

// -> output [2N]² x 3
static void stage_4(UpscalerRun *run, NetworkTile *tile) {
    if (!tile->outer.data) tile->outer = outer_skip(run, tile);
    Tensor up = up_and_add(run, U2_CONV4_UP, tile->body, tile->outer, 16);
    Tensor out = then(run, U2_BOTTOM, then(run, U2_CONV5, up));
    upscaler_add_then_give(run, out, tile->residual, 20);
    if (run->upscaler->geometry.scale == 4) out = finish_4x(run, tile, out);
    upscaler_tap(run, "out", out);
    tile->output = out;
}

static void run_stage(UpscalerRun *run, NetworkTile *tile, int stage) {
    static void (*const stages[])(UpscalerRun *, NetworkTile *) = {stage_0, stage_1, stage_2, stage_3, stage_4};
    stages[stage](run, tile);
}

static void make_gates(const Upscaler *upscaler, int barrier, const float *means, float *gates) {
    static const CuganLayerId reduce_layers[] = {U1_SE_REDUCE, U2_SE2_REDUCE, U2_SE3_REDUCE, U2_SE4_REDUCE};
    const Cugan *self = (const Cugan *)upscaler;
    const CuganLayerId reduce = reduce_layers[barrier], expand = (CuganLayerId)(reduce + 1);
    const CuganLayerSpec spec = cugan_layers_spec(reduce, upscaler->geometry.scale);
    const SqueezeWeights weights = {
        spec.in_c,           spec.out_c, self->weights[reduce], self->biases[reduce], self->weights[expand],
        self->biases[expand]};
    squeeze_gates(&weights, means, gates);
}

// ---- loading

static void ask_layers(Cugan *self, WeightStore *store, UpscalerEdge edge, const char *name) {
    self->upscaler.stage = run_stage;
    self->upscaler.gates = make_gates;
    cugan_layers_ask(self, store, name);
    self->upscaler.geometry.edge = edge;
}

static void ask(void *network, WeightStore *store) { ask_layers(network, store, UPSCALER_REFLECTED, "Real-CUGAN"); }

static void ask_cunet(void *network, WeightStore *store) {
    ask_layers(network, store, UPSCALER_REPEATED, "waifu2x's cunet");
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(Cugan), (WeightStoreOptions){0}, ask, sink, out);
}

static Status create_cunet(TensorSink *sink, void **out) {
    return network_create(sizeof(Cugan), (WeightStoreOptions){0}, ask_cunet, sink, out);
}

const Network cugan_network = {
    .name = "cugan",
    .kind = NETWORK_TO_ENLARGE,
    .format = NETWORK_NCNN,
    .create = create,
    .free = network_free,
};

const Network cugan_cunet = {
    .name = "cunet",
    .kind = NETWORK_TO_ENLARGE,
    .format = NETWORK_NCNN,
    .create = create_cunet,
    .free = network_free,
};
