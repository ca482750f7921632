// A block: out = ReLU(shortcut + conv3(conv2(conv1(x)))), with ReLU after conv1 and conv2. The shortcut is x, or in a
// stage's first block a convolution of x. The padding is TensorFlow's SAME.
#include "nets/deepdanbooru.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/elementwise.h"
#include "ops/gram.h"
#include "ops/pool.h"

enum { MAX_BLOCKS = 256, MAX_STYLE_BLOCKS = 8, FEATURE_BLOCK = 43 };

typedef struct Block {
    char name[32];        // "stages.0.1"
    const Conv *conv1;    // 1x1, in_c -> width
    const Conv *conv2;    // 3x3, width -> width, with the stride
    const Conv *conv3;    // 1x1, width -> out_c
    const Conv *shortcut; // 1x1 with the stride, in_c -> out_c; only in a stage's first block, NULL in the others
} Block;

typedef struct Deepdanbooru {
    WeightStore *store; // owns the weights of the fields below
    int side, n_blocks;
    ConvnetLayers layers;
    const Conv *stem; // 7x7, stride 2, 3 -> filters
    Block blocks[MAX_BLOCKS];
    const Linear *head; // out_c of the last block -> tags; NULL: the file ends before it
    int feature_block;  // the mean of its sum is illust2vec; n_blocks or more: not in the file
    int n_style_blocks, style_blocks[MAX_STYLE_BLOCKS];
    TensorTap tap;
} Deepdanbooru;

// ---- loading

// Asks for a block whose input has the shape `in`, and returns the shape of its output.
static Tensor ask_block(Deepdanbooru *net, Block *block, int stride, bool is_first, Tensor in) {
    WeightStore *store = net->store;
    ConvnetLayers *layers = &net->layers;
    const ConvSpec pointwise = {.in_c = in.c, .kernel = 1, .stride = 1, .in_side = in.h};
    block->conv1 = convnet_ask_conv(layers, store, block->name, ".conv1", pointwise);
    ConvSpec spec = {.in_c = convnet_out_c(block->conv1), .kernel = 3, .stride = stride, .in_side = in.h};
    spec.padding = conv_same_padding(in.h, spec.kernel, stride);
    block->conv2 = convnet_ask_conv(layers, store, block->name, ".conv2", spec);
    const int side = windows_out_side(in.h, stride);
    spec = (ConvSpec){.in_c = convnet_out_c(block->conv2), .kernel = 1, .stride = 1, .in_side = side};
    block->conv3 = convnet_ask_conv(layers, store, block->name, ".conv3", spec);
    spec = pointwise;
    spec.stride = stride;
    if (is_first) block->shortcut = convnet_ask_conv(layers, store, block->name, ".shortcut", spec);
    const int out_c = convnet_out_c(block->conv3), shortcut_c = is_first ? convnet_out_c(block->shortcut) : in.c;
    convnet_check_sum(store, block->name, ".conv3", out_c, shortcut_c);
    return (Tensor){NULL, side, side, out_c};
}

static bool has_block(const WeightStore *store, int stage, int i) {
    char block[CONVNET_NAME];
    snprintf(block, sizeof block, "stages.%d.%d", stage, i);
    return convnet_has_block(store, block, (const char *const[]){".conv1", ".conv2", ".conv3"}, 3);
}

// Reads a list such as "0,1,2". The blocks must exist, be in rising order and have equally many channels; otherwise the
// network has no style output, as with anything else in the text or with more than MAX_STYLE_BLOCKS.
static void ask_style(Deepdanbooru *net, const char *text) {
    long last = -1;
    for (int n = 0; n < MAX_STYLE_BLOCKS;) {
        char *end;
        const long i = strtol(text, &end, 10);
        if (end == text || (*end && *end != ',') || i <= last || i >= net->n_blocks ||
            convnet_out_c(net->blocks[i].conv3) != convnet_out_c(net->blocks[0].conv3))
            return;
        net->style_blocks[n++] = (int)(last = i);
        if (!*end) {
            net->n_style_blocks = n;
            return;
        }
        text = end + 1;
    }
}

static Tensor ask_stages(Deepdanbooru *net, WeightStore *store, Tensor x) {
    for (int stage = 0; stage == 0 || has_block(store, stage, 0); stage++) {
        for (int i = 0; i == 0 || has_block(store, stage, i); i++) {
            if (weight_store_failed(store)) return x;
            if (net->n_blocks == MAX_BLOCKS) {
                weight_store_refuse(
                    store, status_fail(STATUS_UNSUPPORTED, "Expected at most %d blocks but found more.", MAX_BLOCKS));
                return x;
            }
            Block *block = &net->blocks[net->n_blocks++];
            snprintf(block->name, sizeof block->name, "stages.%d.%d", stage, i);
            x = ask_block(net, block, stage > 0 && i == 0 ? 2 : 1, i == 0, x);
        }
    }
    return x;
}

static void ask(void *network, WeightStore *store) {
    Deepdanbooru *net = network;
    net->side = convnet_ask_side(store, 512);
    ConvSpec stem = {.in_c = 3, .kernel = 7, .stride = 2, .in_side = net->side};
    stem.padding = conv_same_padding(net->side, stem.kernel, stem.stride);
    net->stem = convnet_ask_conv(&net->layers, store, "stem", "", stem);
    const int side = windows_out_side(windows_out_side(net->side, 2), 2);
    const Tensor x = ask_stages(net, store, (Tensor){NULL, side, side, convnet_out_c(net->stem)});
    if (weight_store_has(store, "head.weight")) net->head = convnet_ask_dense(store, "head", x.c);
    net->feature_block = weight_store_number(store, "feature_block", FEATURE_BLOCK);
    ask_style(net, weight_store_text(store, "style_blocks", "0,1,2"));
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(Deepdanbooru), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) { return (NetworkSizes){.side = ((const Deepdanbooru *)network)->side}; }

static void set_tap(void *network, TensorTap tap) { ((Deepdanbooru *)network)->tap = tap; }

static bool has_feature(const Deepdanbooru *net) { return net->feature_block < net->n_blocks; }

static int output_dim(const void *network, int output) {
    const Deepdanbooru *net = network;
    switch (output) {
        case DEEPDANBOORU_TAGS: return net->head ? linear_spec(net->head).out_c : 0;
        case DEEPDANBOORU_ILLUST2VEC:
            return has_feature(net) ? convnet_out_c(net->blocks[net->feature_block].conv3) : 0;
        case DEEPDANBOORU_STYLE: return net->n_style_blocks ? convnet_out_c(net->blocks[0].conv3) : 0;
        default: return 0;
    }
}

// ---- running

// The stem, the blocks up to the last one that is needed, and the head for tags.
static int n_steps(const void *network, const NetworkRun *run) {
    const Deepdanbooru *net = network;
    int n = 0; // blocks
    if (run->outputs[DEEPDANBOORU_TAGS]) return 1 + net->n_blocks + 1;
    if (run->outputs[DEEPDANBOORU_ILLUST2VEC]) n = net->feature_block + 1;
    for (int i = 0; i < net->n_style_blocks && run->outputs[DEEPDANBOORU_STYLE]; i++)
        n = net->style_blocks[i] >= n ? net->style_blocks[i] + 1 : n;
    return 1 + n;
}

static Status begin(const void *network, NetworkRun *run) {
    const Deepdanbooru *net = network;
    return convnet_begin(&net->layers, &net->head, net->head ? 1 : 0, run->arena, &run->convnet);
}

static void run_stem(const Deepdanbooru *net, ConvnetRun *run, const float *pixels) {
    const Tensor in = {(float *)pixels, net->side, net->side, 3};
    const Tensor stem = convnet_conv(run, net->stem, in, ACTIVATION_RELU);
    convnet_tap(&net->tap, run, "stem", "", stem);
    run->x = convnet_take(run, windows_out_side(stem.h, 2), stem.c);
    const Windows windows = {stem, 3, 2, windows_same_padding(stem.h, 3, 2), run->x.h, run->x.w};
    if (!convnet_is_measuring(run)) pool_max(&windows, -INFINITY, run->x.data);
    convnet_give(run, stem);
    convnet_tap(&net->tap, run, "pool", "", run->x);
}

static bool is_style_block(const Deepdanbooru *net, int i) {
    for (int k = 0; k < net->n_style_blocks; k++) {
        if (net->style_blocks[k] == i) return true;
    }
    return false;
}

// style [c] = the maximum of each column of x's Gram matrix, and of the present value unless this is the first block.
static void add_style(ConvnetRun *run, bool is_first, float *style) {
    const size_t c = (size_t)run->x.c;
    float *gram = arena_take(run->arena, gram_bytes(run->x.c));
    void *scratch = arena_take(run->arena, gram_scratch_bytes(run->x.c));
    if (!convnet_is_measuring(run)) {
        gram_run(run->x, gram, scratch);
        for (size_t i = 0; i < c * c; i++) {
            if ((is_first && i < c) || gram[i] > style[i % c]) style[i % c] = gram[i];
        }
    }
    arena_give(run->arena, scratch);
    arena_give(run->arena, gram);
}

static void run_block(const Deepdanbooru *net, ConvnetRun *run, int i, float *const *outputs) {
    const Block *block = &net->blocks[i];
    const bool is_feature = outputs[DEEPDANBOORU_ILLUST2VEC] && i == net->feature_block;
    const bool is_style = outputs[DEEPDANBOORU_STYLE] && is_style_block(net, i);
    const bool keeps_sum = is_feature || is_style || net->tap.call;
    const Tensor y1 = convnet_conv(run, block->conv1, run->x, ACTIVATION_RELU);
    const Tensor y2 = convnet_conv(run, block->conv2, y1, ACTIVATION_RELU);
    convnet_give(run, y1);
    if (block->shortcut) {
        const Tensor x = convnet_conv(run, block->shortcut, run->x, ACTIVATION_NONE);
        convnet_give(run, run->x);
        run->x = x;
    }
    convnet_conv_add(run, block->conv3, y2, keeps_sum ? ACTIVATION_NONE : ACTIVATION_RELU, run->x);
    convnet_give(run, y2);
    if (!keeps_sum) return;
    convnet_tap(&net->tap, run, block->name, ".sum", run->x);
    if (is_style) add_style(run, i == net->style_blocks[0], outputs[DEEPDANBOORU_STYLE]);
    if (convnet_is_measuring(run)) return;
    if (is_feature) pool_mean(run->x, outputs[DEEPDANBOORU_ILLUST2VEC]);
    elementwise_leaky_relu(run->x, 0);
    convnet_tap(&net->tap, run, block->name, "", run->x);
}

static void run_head(const Deepdanbooru *net, ConvnetRun *run, float *tags) {
    const Tensor mean = convnet_take(run, 1, run->x.c);
    if (!convnet_is_measuring(run)) {
        pool_mean(run->x, mean.data);
        convnet_dense(run, net->head, mean.data, ACTIVATION_SIGMOID, tags);
        convnet_tap(&net->tap, run, "tags", "", (Tensor){tags, 1, 1, linear_spec(net->head).out_c});
    }
    convnet_give(run, mean);
}

static void step(const void *network, NetworkRun *run, int step) {
    const Deepdanbooru *net = network;
    if (step == 0) {
        run_stem(net, &run->convnet, run->pixels);
    } else if (step <= net->n_blocks) {
        run_block(net, &run->convnet, step - 1, run->outputs);
    } else {
        run_head(net, &run->convnet, run->outputs[DEEPDANBOORU_TAGS]);
    }
}

static const NetworkOutput outputs[DEEPDANBOORU_OUTPUTS] = {{"tags", false}, {"illust2vec", true}, {"style", true}};

const Network deepdanbooru = {
    .name = "deepdanbooru",
    .kind = NETWORK_FOR_PICTURES,
    .picture = {.framing = NETWORK_STRETCH},
    .n_outputs = DEEPDANBOORU_OUTPUTS,
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
