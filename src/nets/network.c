// The functions that all networks share: create, free, find and plan.
#include "nets/network.h"

#include <stdlib.h>
#include <string.h>

#include "nets/registry.h"

Status network_create(size_t size, WeightStoreOptions options, WeightStoreAsk *ask, TensorSink *sink, void **out) {
    WeightStore **network = calloc(1, size);
    if (!network) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    const Status status = weight_store_create(options, ask, network, sink, network);
    if (status) {
        free(network);
    } else {
        *out = network;
    }
    return status;
}

void network_free(void *network) {
    if (!network) return;
    weight_store_free(*(WeightStore **)network);
    free(network);
}

Status network_find(const char *name, const Network **out) {
    for (const Network *const *network = registry; *network; network++) {
        if (strcmp((*network)->name, name) != 0) continue;
        *out = *network;
        return STATUS_OK;
    }
    return status_fail(STATUS_BAD_ARGUMENT, "Expected the name of a network but received '%.40s'.", name);
}

Status network_plan(Net net, const NetworkRun *run, size_t *scratch_bytes) {
    Arena arena = arena_measure();
    NetworkRun measured = *run;
    measured.arena = &arena;
    Status status = net.network->begin(net.self, &measured);
    const int n_steps = net.network->n_steps(net.self, run);
    for (int i = 0; i < n_steps && !status; i++) net.network->step(net.self, &measured, i);
    const char *what = run->n_texts ? "so long a text in this network" : "a picture in this network";
    return status ? status : arena_measured(&arena, what, scratch_bytes);
}
