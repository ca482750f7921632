// A network that loads while its file arrives, so that the whole file is never in memory. The order of the calls:
//     model_create, model_param (of ncnn's files), model_hash (if wanted),
//     then until the file ends: model_want, write bytes there, model_took,
//     model_finish, and then model_net may be run.
#ifndef NETS_MODEL_H
#define NETS_MODEL_H

#include "core/sha256.h"
#include "nets/network.h"

typedef struct Model Model;

// Creates the network of this name without weights. Errors as of network_find; STATUS_NO_MEMORY.
MUST_CHECK Status model_create(const char *network, Model **out);
void model_free(Model *model); // accepts NULL, and a model at any stage of loading

// STATUS_BAD_ARGUMENT, here and below: called out of order.

// The .param text of a network in ncnn's files, once, before the first byte of its .bin. The text is not kept. Errors
// as of ncnn_param, also if it describes another network.
MUST_CHECK Status model_param(Model *model, const char *param, size_t size);
// Asks for the file's SHA-256, before the first byte.
MUST_CHECK Status model_hash(Model *model);
// The SHA-256 of all bytes so far, SHA256_BYTES bytes. NULL: model_hash was not called.
const uint8_t *model_sha256(Model *model);

// Where to write the file's next bytes, and how many at most. 0: after the last byte (except for a .bin, which does not
// say where it ends), and after a failure.
size_t model_want(Model *model, void **at);
// `size` bytes have been written there. Errors as of safetensors_took and ncnn_took.
MUST_CHECK Status model_took(Model *model, size_t size);
// The value of `key` in the metadata of a safetensors header, or NULL. Valid from the end of the header until
// model_finish. A .bin has no metadata.
const char *model_text(const Model *model, const char *key);
// The file has ended. After success the network may be run. STATUS_BAD_FORMAT: the file is not complete.
MUST_CHECK Status model_finish(Model *model);

bool model_is_loaded(const Model *model);
Net model_net(const Model *model);

#endif
