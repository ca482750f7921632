// A network with the reader that fills it.
#include "nets/model.h"

#include <stdlib.h>

#include "weights/ncnn.h"
#include "weights/safetensors.h"

struct Model {
    Net net;
    bool has_begun, has_ended; // the file
    bool is_loaded;            // the network may be run
    bool wants_sha256;
    Safetensors *safetensors; // the reader is one of these two; both are NULL once the file has ended
    Ncnn *ncnn;
    Sha256 sha;
    uint8_t digest[SHA256_BYTES];
};

static Status create(Model *model, const char *network) {
    TensorSink sink;
    Status status = network_find(network, &model->net.network);
    if (!status) status = model->net.network->create(&sink, &model->net.self);
    if (status) return status;
    return model->net.network->format == NETWORK_NCNN ? ncnn_create(&sink, &model->ncnn)
                                                      : safetensors_create(&sink, &model->safetensors);
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

static void free_reader(Model *model) {
    safetensors_free(model->safetensors);
    ncnn_free(model->ncnn);
    model->safetensors = NULL;
    model->ncnn = NULL;
}

void model_free(Model *model) {
    if (!model) return;
    free_reader(model);
    if (model->net.network) model->net.network->free(model->net.self);
    free(model);
}

// For calls that must come before the first byte.
static Status check_not_begun(const Model *model) {
    if (!model->has_begun && !model->has_ended) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has begun already.");
}

Status model_param(Model *model, const char *param, size_t size) {
    if (model->net.network->format != NETWORK_NCNN)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a network in the format of ncnn but received another.");
    const Status status = check_not_begun(model);
    return status ? status : ncnn_param(model->ncnn, param, size);
}

Status model_hash(Model *model) {
    const Status status = check_not_begun(model);
    if (status) return status;
    model->wants_sha256 = true;
    sha256_begin(&model->sha);
    return STATUS_OK;
}

const uint8_t *model_sha256(Model *model) {
    if (!model->wants_sha256) return NULL;
    Sha256 sha = model->sha; // a copy, because more bytes may come
    sha256_end(&sha, model->digest);
    return model->digest;
}

size_t model_want(Model *model, void **at) {
    *at = NULL;
    if (model->has_ended) return 0;
    return model->ncnn ? ncnn_want(model->ncnn, at) : safetensors_want(model->safetensors, at);
}

static Status check_open(const Model *model) {
    if (!model->has_ended) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has ended already.");
}

Status model_took(Model *model, size_t size) {
    void *at;
    const Status status = check_open(model);
    if (status) return status;
    model->has_begun = true;
    if (model->wants_sha256 && size <= model_want(model, &at)) sha256_add(&model->sha, at, size);
    return model->ncnn ? ncnn_took(model->ncnn, size) : safetensors_took(model->safetensors, size);
}

const char *model_text(const Model *model, const char *key) {
    return model->safetensors ? tensor_table_text(safetensors_table(model->safetensors), key) : NULL;
}

Status model_finish(Model *model) {
    Status status = check_open(model);
    if (status) return status;
    status = model->ncnn ? ncnn_end(model->ncnn) : safetensors_end(model->safetensors);
    model->has_ended = true;
    model->is_loaded = !status;
    free_reader(model);
    return status;
}

bool model_is_loaded(const Model *model) { return model->is_loaded; }
Net model_net(const Model *model) { return model->net; }
