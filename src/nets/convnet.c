// Each layer takes its output from the arena. On a measuring arena nothing is computed.
#include "nets/convnet.h"

#include <stdio.h>
#include <string.h>

enum { MIN_SIDE = 8, MAX_SIDE = 2048, MAX_MAP = 1 << 26 }; // pixels along a side; values

int convnet_ask_side(WeightStore *store, int otherwise) {
    const int side = weight_store_number(store, "input_side", otherwise);
    if (weight_store_failed(store) || (side >= MIN_SIDE && side <= MAX_SIDE)) return side;
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED, "Expected input_side to be %d to %d but found %d.",
                                           MIN_SIDE, MAX_SIDE, side));
    return MIN_SIDE;
}

static bool is_map(WeightStore *store, const char *name, int side, int c) {
    if (weight_store_failed(store)) return false;
    if (c <= CONVNET_MAX_CHANNELS && c <= MAX_MAP / (side * side)) return true;
    weight_store_refuse(store,
                        status_fail(STATUS_UNSUPPORTED,
                                    "Expected the layer %s to make a map of at most %d values and %d channels but "
                                    "found %d channels of %d x %d.",
                                    name, MAX_MAP, CONVNET_MAX_CHANNELS, c, side, side));
    return false;
}

const Conv *convnet_ask_conv(ConvnetLayers *layers, WeightStore *store, const char *block, const char *name,
                             ConvSpec spec) {
    char full[CONVNET_NAME], tensor[CONVNET_NAME + 8];
    snprintf(full, sizeof full, "%s%s", block, name);
    snprintf(tensor, sizeof tensor, "%s.weight", full);
    spec.out_c = weight_store_dim(store, tensor, 4, 0);
    if (!is_map(store, full, conv_out_side(spec, spec.in_side), spec.out_c)) return NULL;
    if (layers->n == CONVNET_MAX_LAYERS) {
        weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED, "Expected at most %d convolutions but found more.",
                                               CONVNET_MAX_LAYERS));
        return NULL;
    }
    const Conv *conv = weight_store_conv(store, full, spec);
    if (conv) layers->all[layers->n++] = conv;
    return conv;
}

bool convnet_has_block(const WeightStore *store, const char *block, const char *const *names, int n) {
    char weight[CONVNET_NAME], bias[CONVNET_NAME];
    for (int i = 0; i < n; i++) {
        snprintf(weight, sizeof weight, "%s%s.weight", block, names[i]);
        snprintf(bias, sizeof bias, "%s%s.bias", block, names[i]);
        if (weight_store_has(store, weight) || weight_store_has(store, bias)) return true;
    }
    return false;
}

const Linear *convnet_ask_dense(WeightStore *store, const char *name, int in_c) {
    char tensor[CONVNET_NAME];
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    const int out_c = weight_store_dim(store, tensor, 2, 0);
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    return weight_store_linear(store, (const char *const[]){name}, 1, (WeightShape){2, {(size_t)out_c, (size_t)in_c}},
                               weight_store_has(store, tensor));
}

void convnet_check_sum(WeightStore *store, const char *block, const char *name, int out_c, int shortcut_c) {
    if (weight_store_failed(store) || out_c == shortcut_c) return;
    weight_store_refuse(
        store, status_fail(STATUS_BAD_FORMAT, "Expected %s%s.weight to have %d output channels but found %d.", block,
                           name, shortcut_c, out_c));
}

int convnet_out_c(const Conv *conv) { return conv ? conv_spec(conv).out_c : 0; }

static Status plan_conv(const Conv *conv, size_t *scratch_bytes) {
    const int side = conv_spec(conv).in_side;
    return conv_plan(conv, side, side, scratch_bytes);
}

Status convnet_begin(const ConvnetLayers *layers, const Linear *const *dense, int n_dense, Arena *arena,
                     ConvnetRun *run) {
    size_t largest = 0, bytes;
    for (int i = 0; i < layers->n + n_dense; i++) {
        const Status status =
            i < layers->n ? plan_conv(layers->all[i], &bytes) : linear_plan(dense[i - layers->n], 1, &bytes);
        if (status) return status;
        if (bytes > largest) largest = bytes;
    }
    arena_reset(arena);
    *run = (ConvnetRun){.arena = arena, .scratch = arena_take(arena, largest)};
    return STATUS_OK;
}

Tensor convnet_take(const ConvnetRun *run, int side, int c) {
    Tensor t = {NULL, side, side, c};
    t.data = arena_take(run->arena, tensor_bytes(t));
    return t;
}

void convnet_give(const ConvnetRun *run, Tensor t) { arena_give(run->arena, t.data); }

// The slope of LeakyReLU: these networks have ReLU or no activation.
static float slope_of(Activation activation) { return activation == ACTIVATION_RELU ? 0 : 1; }

Tensor convnet_conv(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation) {
    const ConvSpec spec = conv_spec(conv);
    const Tensor out = convnet_take(run, conv_out_side(spec, in.h), spec.out_c);
    if (!convnet_is_measuring(run)) conv_run(conv, in, (ConvEnd){.slope = slope_of(activation)}, out, run->scratch);
    return out;
}

void convnet_conv_add(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation, Tensor to) {
    const ConvEnd end = {.slope = slope_of(activation), .residual = to.data};
    if (!convnet_is_measuring(run)) conv_run(conv, in, end, to, run->scratch);
}

void convnet_dense(const ConvnetRun *run, const Linear *dense, const float *x, Activation activation, float *y) {
    const LinearSpec spec = linear_spec(dense);
    linear_run(dense, x, (size_t)spec.in_c, 1, (LinearEnd){.activation = activation}, y, (size_t)spec.out_c,
               run->scratch);
}

void convnet_tap(const TensorTap *tap, const ConvnetRun *run, const char *block, const char *name, Tensor t) {
    char full[CONVNET_NAME];
    if (!tap->call || convnet_is_measuring(run)) return;
    snprintf(full, sizeof full, "%s%s", block, name);
    tap->call(tap->context, full, t);
}
