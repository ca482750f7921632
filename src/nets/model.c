// A network with the reader that fills it.
#include "nets/model.h"

#include <stdlib.h>

struct Model {
    Net net;
    Safetensors *reader; // NULL: the file has ended
    bool is_loaded, hashes;
    Sha256 sha;
    uint8_t digest[SHA256_BYTES];
};

static Status create(Model *model, const char *network) {
    TensorSink sink;
    Status status = network_find(network, &model->net.network);
    if (!status) status = model->net.network->create(false, &sink, &model->net.self);
    return status ? status : safetensors_create(&sink, &model->reader);
}

Status model_create(const char *network, Model **out) {
    Model *model = calloc(1, sizeof *model);
    if (!model) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    const Status status = create(model, network);
    if (status) {
        model_free(model);
    } else {
        *out = model;
    }
    return status;
}

void model_free(Model *model) {
    if (!model) return;
    safetensors_free(model->reader);
    if (model->net.network) model->net.network->free(model->net.self);
    free(model);
}

void model_hash(Model *model) {
    model->hashes = true;
    sha256_begin(&model->sha);
}

const uint8_t *model_sha256(Model *model) {
    if (!model->hashes) return NULL;
    Sha256 sha = model->sha; // which may be asked again
    sha256_end(&sha, model->digest);
    return model->digest;
}

size_t model_want(Model *model, void **at) {
    *at = NULL;
    return model->reader ? safetensors_want(model->reader, at) : 0;
}

static Status has_ended(void) { return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has ended already."); }

Status model_took(Model *model, size_t size) {
    void *at;
    if (!model->reader) return has_ended();
    if (model->hashes && size <= safetensors_want(model->reader, &at)) sha256_add(&model->sha, at, size);
    return safetensors_took(model->reader, size);
}

const char *model_text(const Model *model, const char *key) {
    return model->reader ? safetensors_metadata(model->reader, key) : NULL;
}

Status model_finish(Model *model) {
    if (!model->reader) return has_ended();
    const Status status = safetensors_end(model->reader);
    model->is_loaded = !status;
    safetensors_free(model->reader);
    model->reader = NULL;
    return status;
}

bool model_is_loaded(const Model *model) { return model->is_loaded; }
Net model_net(const Model *model) { return model->net; }
