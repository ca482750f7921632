// The smallest network that there can be, to show what a network is: the mean colour of a picture through one dense
// layer. All sizes come from the file: dense.weight [dim][3], dense.bias [dim], and input_side in the metadata.
#ifndef TESTS_NETS_MEAN_COLOUR_H
#define TESTS_NETS_MEAN_COLOUR_H

#include "nets/network.h"
#include "ops/pool.h"

typedef struct MeanColour {
    WeightStore *store; // what all below points into
    int side;
    const Linear *dense; // 3 -> dim
} MeanColour;

static void ask_mean_colour(void *network, WeightStore *store) {
    MeanColour *net = network;
    net->side = convnet_ask_side(store, 8);
    net->dense = convnet_ask_dense(store, "dense", 3);
}

static Status create_mean_colour(TensorSink *sink, void **out) {
    return network_create(sizeof(MeanColour), (WeightStoreOptions){0}, ask_mean_colour, sink, out);
}

static NetworkSizes mean_colour_sizes(const void *network) {
    return (NetworkSizes){.side = ((const MeanColour *)network)->side};
}

static int mean_colour_dim(const void *network, int output) {
    (void)output;
    return linear_spec(((const MeanColour *)network)->dense).out_c;
}

static int mean_colour_steps(const void *network, const NetworkRun *run) {
    (void)network;
    (void)run;
    return 1;
}

static Status begin_mean_colour(const void *network, NetworkRun *run) {
    return convnet_begin(&(ConvnetLayers){0}, &((const MeanColour *)network)->dense, 1, run->arena, &run->convnet);
}

static void step_mean_colour(const void *network, NetworkRun *run, int step) {
    const MeanColour *net = network;
    float mean[3];
    (void)step;
    if (convnet_is_measuring(&run->convnet)) return;
    pool_mean((Tensor){(float *)run->pixels, net->side, net->side, 3}, mean);
    convnet_dense(&run->convnet, net->dense, mean, ACTIVATION_NONE, run->outputs[0]);
}

static const NetworkOutput mean_colour_outputs[] = {{"vector", .is_vector = true}};

static const Network mean_colour = {
    .name = "mean_colour",
    .kind = NETWORK_FOR_PICTURES,
    .picture = {.framing = NETWORK_STRETCH},
    .n_outputs = 1,
    .outputs = mean_colour_outputs,
    .create = create_mean_colour,
    .free = network_free,
    .sizes = mean_colour_sizes,
    .output_dim = mean_colour_dim,
    .n_steps = mean_colour_steps,
    .begin = begin_mean_colour,
    .step = step_mean_colour,
};

#endif
