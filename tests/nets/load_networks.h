// The networks that come from safetensors files: loaded, and run through all of their steps.
#ifndef TESTS_NETS_LOAD_NETWORKS_H
#define TESTS_NETS_LOAD_NETWORKS_H

#include "nets/clip_text.h"
#include "nets/clip_vision.h"
#include "nets/deepdanbooru.h"
#include "nets/distilbert.h"
#include "nets/resnet_v2.h"
#include "nets/vit_tagger.h"
#include "ops/kernels.h"
#include "weights.h"
#include "weights/safetensors.h"

static inline Status read_net(const Network *network, File file, Net *net) {
    TensorSink sink;
    *net = (Net){network, NULL};
    Status status = network->create(&sink, &net->self);
    if (status) return status;
    status = safetensors_read(file.data, file.size, &sink);
    if (status) network->free(net->self);
    return status;
}

// `file` stays the caller's. `use_ref`: its layers keep the plain twins of their kernels (slow).
static inline Status try_net(const Network *network, File file, bool use_ref, Net *net) {
    kernels_choose(use_ref ? &kernels_reference : &kernels_simd);
    const Status status = read_net(network, file, net);
    kernels_choose(&kernels_simd);
    return status;
}

// It must fit, and is freed.
static inline Net load_net(const Network *network, File file, bool use_ref) {
    Net net;
    if (try_net(network, file, use_ref, &net)) fail_msg("%s", status_message());
    free(file.data);
    return net;
}

// Loads it and frees it again.
static inline Status check_net(const Network *network, File file) {
    Net net;
    const Status status = try_net(network, file, false, &net);
    if (!status) network->free(net.self);
    return status;
}

static inline void free_net(Net net) { net.network->free(net.self); }
static inline NetworkSizes sizes_of(Net net) { return net.network->sizes(net.self); }
static inline int dim_of(Net net, int output) { return net.network->output_dim(net.self, output); }
static inline void tap_net(Net net, void (*call)(void *context, const char *name, Tensor t), void *context) {
    net.network->set_tap(net.self, (TensorTap){call, context});
}

// From beginning to end, in an arena of its own.
static inline void run_net(Net net, NetworkRun run) {
    size_t scratch;
    Arena arena;
    assert_int_equal(network_plan(net, &run, &scratch), STATUS_OK);
    assert_int_equal(arena_create(scratch, &arena), STATUS_OK);
    run.arena = &arena;
    assert_int_equal(net.network->begin(net.self, &run), STATUS_OK);
    const int n_steps = net.network->n_steps(net.self, &run);
    for (int i = 0; i < n_steps; i++) net.network->step(net.self, &run, i);
    if (net.network->end) net.network->end(net.self, &run);
    arena_free(&arena);
}

#endif
