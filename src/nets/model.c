// A network with the reader that fills it, or with the files of ncnn that it is made of.
#include "nets/model.h"

#include <stdlib.h>

#include "core/bytes.h"

enum { PIECE = 65536 }; // of a .bin

struct Model {
    Net net;
    bool has_begun, has_ended, is_loaded, hashes; // the file; the network
    Safetensors *reader;                          // until it has ended
    Bytes param, bin;                             // of ncnn, likewise
    uint8_t *piece;                               // [PIECE], of ncnn: bytes on their way into `bin`
    Sha256 sha;
    uint8_t digest[SHA256_BYTES];
};

static bool is_ncnn(const Model *model) { return model->net.network->create_from_ncnn != NULL; }

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network."); }

static Status create(Model *model, const char *network) {
    TensorSink sink;
    Status status = network_find(network, &model->net.network);
    if (status) return status;
    if (is_ncnn(model)) return (model->piece = malloc(PIECE)) ? STATUS_OK : no_memory();
    status = model->net.network->create(&sink, &model->net.self);
    return status ? status : safetensors_create(&sink, &model->reader);
}

Status model_create(const char *network, Model **out) {
    Model *model = calloc(1, sizeof *model);
    if (!model) return no_memory();
    const Status status = create(model, network);
    if (status) {
        model_free(model);
    } else {
        *out = model;
    }
    return status;
}

static void free_files(Model *model) {
    safetensors_free(model->reader);
    bytes_free(&model->param);
    bytes_free(&model->bin);
    free(model->piece);
    model->reader = NULL;
    model->piece = NULL;
}

void model_free(Model *model) {
    if (!model) return;
    free_files(model);
    if (model->net.network) model->net.network->free(model->net.self);
    free(model);
}

// What is to be said before the first byte.
static Status check_not_begun(const Model *model) {
    if (!model->has_begun && !model->has_ended) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has begun already.");
}

Status model_param(Model *model, const char *param, size_t size) {
    if (!is_ncnn(model))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a network in the format of ncnn but received another.");
    const Status status = check_not_begun(model);
    bytes_clear(&model->param);
    return status ? status : bytes_append(&model->param, param, size);
}

Status model_hash(Model *model) {
    const Status status = check_not_begun(model);
    if (status) return status;
    model->hashes = true;
    sha256_begin(&model->sha);
    return STATUS_OK;
}

const uint8_t *model_sha256(Model *model) {
    if (!model->hashes) return NULL;
    Sha256 sha = model->sha; // which may be asked again
    sha256_end(&sha, model->digest);
    return model->digest;
}

size_t model_want(Model *model, void **at) {
    *at = NULL;
    if (model->has_ended) return 0;
    if (!is_ncnn(model)) return safetensors_want(model->reader, at);
    *at = model->piece;
    return PIECE;
}

static Status check_open(const Model *model) {
    if (!model->has_ended) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has ended already.");
}

static Status keep_piece(Model *model, size_t size) {
    if (size <= PIECE) return bytes_append(&model->bin, model->piece, size);
    return status_fail(STATUS_BAD_ARGUMENT, "Expected at most %d bytes at once but received %zu.", PIECE, size);
}

Status model_took(Model *model, size_t size) {
    void *at;
    const Status status = check_open(model);
    if (status) return status;
    model->has_begun = true;
    if (model->hashes && size <= model_want(model, &at)) sha256_add(&model->sha, at, size);
    return is_ncnn(model) ? keep_piece(model, size) : safetensors_took(model->reader, size);
}

const char *model_text(const Model *model, const char *key) {
    return model->reader ? safetensors_metadata(model->reader, key) : NULL;
}

static Status read_ncnn(Model *model) {
    NcnnModel ncnn;
    const Bytes *param = &model->param, *bin = &model->bin;
    Status status = ncnn_open((const char *)param->data, param->size, bin->data, bin->size, &ncnn);
    if (status) return status;
    status = model->net.network->create_from_ncnn(&ncnn, &model->net.self);
    ncnn_close(&ncnn);
    return status;
}

Status model_finish(Model *model) {
    Status status = check_open(model);
    if (status) return status;
    status = is_ncnn(model) ? read_ncnn(model) : safetensors_end(model->reader);
    model->has_ended = true;
    model->is_loaded = !status;
    free_files(model);
    return status;
}

bool model_is_loaded(const Model *model) { return model->is_loaded; }
Net model_net(const Model *model) { return model->net; }
