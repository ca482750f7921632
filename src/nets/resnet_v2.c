// A block: out = shortcut + conv3(conv2(conv1(p))), p = ReLU(norm(x)), with ReLU after conv1 and conv2. The shortcut is
// x; in a stack's first block a convolution of p; in a stack's last block every second pixel of x.
#include "nets/resnet_v2.h"

#include <stdio.h>

#include "ops/activation.h"
#include "ops/elementwise.h"
#include "ops/pool.h"

enum { FIRST_STACK = 2, N_STACKS = 4, MAX_BLOCKS = 256 };

// A batch normalisation as a factor and a shift for each channel.
typedef struct Norm {
    const float *factors, *shifts; // [c]
} Norm;

typedef struct Block {
    char name[24]; // "conv2_block1"
    int stride;
    Norm norm;         // [in_c]
    const Conv *conv0; // 1x1, in_c -> out_c: the shortcut of a stack's first block; NULL in the others
    const Conv *conv1; // 1x1, in_c -> width
    const Conv *conv2; // 3x3, width -> width, with the stride
    const Conv *conv3; // 1x1, width -> out_c
} Block;

typedef struct ResnetV2 {
    WeightStore *store; // owns the weights of the fields below
    int side, n_blocks;
    ConvnetLayers layers;
    const Conv *stem; // 7x7, stride 2, 3 -> 64
    Block blocks[MAX_BLOCKS];
    int out_c; // of the last block
    Norm post; // [out_c]
    const Linear *heads[RESNET_V2_OUTPUTS];
    TensorTap tap;
} ResnetV2;

static const char *const head_names[] = {"bookmark_predict", "view_predict", "sanity_predict"};
static const NetworkOutput outputs[RESNET_V2_OUTPUTS] = {{"bookmark", false}, {"view", false}, {"sanity", false}};

// ---- loading

static void ask_norm(WeightStore *store, const char *block, const char *name, int c, Norm *norm) {
    char tensor[CONVNET_NAME];
    const WeightShape shape = {1, {(size_t)c}};
    snprintf(tensor, sizeof tensor, "%s%s.weight", block, name);
    weight_store_floats(store, tensor, shape, &norm->factors);
    snprintf(tensor, sizeof tensor, "%s%s.bias", block, name);
    weight_store_floats(store, tensor, shape, &norm->shifts);
}

static bool has_block(const WeightStore *store, int stack, int i) {
    char block[CONVNET_NAME];
    snprintf(block, sizeof block, "conv%d_block%d", stack, i);
    return convnet_has_block(store, block, (const char *const[]){"_1_conv", "_2_conv", "_3_conv"}, 3);
}

// Asks for a block whose input has the shape `in`, and returns the shape of its output.
static Tensor ask_block(ResnetV2 *net, Block *block, bool is_first, Tensor in) {
    WeightStore *store = net->store;
    ConvnetLayers *layers = &net->layers;
    const ConvSpec pointwise = {.in_c = in.c, .kernel = 1, .stride = 1, .in_side = in.h};
    ConvSpec spec = pointwise;
    ask_norm(store, block->name, "_preact_bn", in.c, &block->norm);
    if (is_first) block->conv0 = convnet_ask_conv(layers, store, block->name, "_0_conv", pointwise);
    block->conv1 = convnet_ask_conv(layers, store, block->name, "_1_conv", pointwise);
    spec.in_c = convnet_out_c(block->conv1);
    spec.kernel = 3;
    spec.padding = (ConvPadding){1, 1};
    spec.stride = block->stride;
    block->conv2 = convnet_ask_conv(layers, store, block->name, "_2_conv", spec);
    const int side = windows_out_side(in.h, block->stride);
    spec = (ConvSpec){.in_c = convnet_out_c(block->conv2), .kernel = 1, .stride = 1, .in_side = side};
    block->conv3 = convnet_ask_conv(layers, store, block->name, "_3_conv", spec);
    const int out_c = convnet_out_c(block->conv3), shortcut_c = is_first ? convnet_out_c(block->conv0) : in.c;
    convnet_check_sum(store, block->name, "_3_conv", out_c, shortcut_c);
    return (Tensor){NULL, side, side, out_c};
}

static void ask(void *network, WeightStore *store) {
    ResnetV2 *net = network;
    net->side = convnet_ask_side(store, 224);
    net->stem =
        convnet_ask_conv(&net->layers, store, "conv1_conv", "",
                         (ConvSpec){.in_c = 3, .kernel = 7, .stride = 2, .padding = {3, 3}, .in_side = net->side});
    const int side = windows_out_side(windows_out_side(net->side, 2), 2);
    Tensor x = {NULL, side, side, convnet_out_c(net->stem)};
    for (int stack = FIRST_STACK; stack < FIRST_STACK + N_STACKS; stack++) {
        for (int i = 1; i == 1 || has_block(store, stack, i); i++) {
            const bool is_last = !has_block(store, stack, i + 1);
            Block *block = &net->blocks[net->n_blocks];
            if (weight_store_failed(store)) return;
            if (net->n_blocks++ == MAX_BLOCKS) {
                weight_store_refuse(
                    store, status_fail(STATUS_UNSUPPORTED, "Expected at most %d blocks but found more.", MAX_BLOCKS));
                return;
            }
            snprintf(block->name, sizeof block->name, "conv%d_block%d", stack, i);
            block->stride = is_last && stack < FIRST_STACK + N_STACKS - 1 ? 2 : 1;
            x = ask_block(net, block, i == 1, x);
        }
    }
    net->out_c = x.c;
    ask_norm(store, "post_bn", "", x.c, &net->post);
    for (int i = 0; i < RESNET_V2_OUTPUTS; i++) net->heads[i] = convnet_ask_dense(store, head_names[i], x.c);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(ResnetV2), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) { return (NetworkSizes){.side = ((const ResnetV2 *)network)->side}; }

static int output_dim(const void *network, int output) {
    return linear_spec(((const ResnetV2 *)network)->heads[output]).out_c;
}

static void set_tap(void *network, TensorTap tap) { ((ResnetV2 *)network)->tap = tap; }

// ---- running

// The stem, each block, the heads.
static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return 1 + ((const ResnetV2 *)network)->n_blocks + 1;
}

static Status begin(const void *network, NetworkRun *run) {
    const ResnetV2 *net = network;
    return convnet_begin(&net->layers, net->heads, RESNET_V2_OUTPUTS, run->arena, &run->convnet);
}

// The stem, then max pooling of 3x3 pixels with stride 2 and a padding of zeros.
static void run_stem(const ResnetV2 *net, ConvnetRun *run, const float *pixels) {
    const Tensor in = {(float *)pixels, net->side, net->side, 3};
    const Tensor stem = convnet_conv(run, net->stem, in, ACTIVATION_NONE);
    convnet_tap(&net->tap, run, "conv1_conv", "", stem);
    run->x = convnet_take(run, windows_out_side(stem.h, 2), stem.c);
    const Windows windows = {.in = stem, .kernel = 3, .stride = 2, .padding = 1, .out_h = run->x.h, .out_w = run->x.w};
    if (!convnet_is_measuring(run)) pool_max(&windows, 0, run->x.data);
    convnet_give(run, stem);
    convnet_tap(&net->tap, run, "pool1_pool", "", run->x);
}

// x becomes every stride-th pixel of itself.
static void subsample(ConvnetRun *run, int stride) {
    const Tensor out = convnet_take(run, windows_out_side(run->x.h, stride), run->x.c);
    const Windows windows = {.in = run->x, .kernel = 1, .stride = stride, .out_h = out.h, .out_w = out.w};
    if (!convnet_is_measuring(run)) pool_max(&windows, 0, out.data);
    convnet_give(run, run->x);
    run->x = out;
}

static void run_block(const ResnetV2 *net, ConvnetRun *run, const Block *block) {
    const Tensor p = convnet_take(run, run->x.h, run->x.c);
    if (!convnet_is_measuring(run)) elementwise_scale_shift_relu(run->x, block->norm.factors, block->norm.shifts, p);
    const Tensor y1 = convnet_conv(run, block->conv1, p, ACTIVATION_RELU);
    if (block->conv0) {
        convnet_give(run, run->x);
        run->x = convnet_conv(run, block->conv0, p, ACTIVATION_NONE);
    }
    convnet_give(run, p);
    const Tensor y2 = convnet_conv(run, block->conv2, y1, ACTIVATION_RELU);
    convnet_give(run, y1);
    if (block->stride > 1) subsample(run, block->stride);
    convnet_conv_add(run, block->conv3, y2, ACTIVATION_NONE, run->x);
    convnet_give(run, y2);
    convnet_tap(&net->tap, run, block->name, "_out", run->x);
}

static void run_heads(const ResnetV2 *net, ConvnetRun *run, float *const *to) {
    const Tensor mean = convnet_take(run, 1, net->out_c);
    if (!convnet_is_measuring(run)) {
        elementwise_scale_shift_relu(run->x, net->post.factors, net->post.shifts, run->x);
        convnet_tap(&net->tap, run, "post_relu", "", run->x);
        pool_mean(run->x, mean.data);
        for (int i = 0; i < RESNET_V2_OUTPUTS; i++) {
            if (!to[i]) continue;
            const int n = output_dim(net, i);
            convnet_dense(run, net->heads[i], mean.data, ACTIVATION_NONE, to[i]);
            activation_softmax(to[i], (size_t)n);
            convnet_tap(&net->tap, run, outputs[i].name, "", (Tensor){to[i], 1, 1, n});
        }
    }
    convnet_give(run, mean);
}

static void step(const void *network, NetworkRun *run, int step) {
    const ResnetV2 *net = network;
    if (step == 0) {
        run_stem(net, &run->convnet, run->pixels);
    } else if (step <= net->n_blocks) {
        run_block(net, &run->convnet, &net->blocks[step - 1]);
    } else {
        run_heads(net, &run->convnet, run->outputs);
    }
}

const Network resnet_v2 = {
    .name = "resnet_v2",
    .kind = NETWORK_FOR_PICTURES,
    .picture = {.framing = NETWORK_STRETCH},
    .n_outputs = RESNET_V2_OUTPUTS,
    .outputs = outputs,
    .create = create,
    .free = network_free,
    .sizes = sizes,
    .output_dim = output_dim,
    .n_steps = n_steps,
    .begin = begin,
    .step = step,
    .set_tap = set_tap,
};
