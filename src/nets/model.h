// A network that loads while its file arrives, so that the file is never in memory as a whole.
#ifndef NETS_MODEL_H
#define NETS_MODEL_H

#include "core/sha256.h"
#include "nets/network.h"

typedef struct Model Model;

// The network of this name (network_find), without weights.
MUST_CHECK Status model_create(const char *network, Model **out);
void model_free(Model *model); // accepts NULL, and a model at any stage of loading

// STATUS_BAD_ARGUMENT, here and below: called out of order.

// Of a network in ncnn's files, once, before the first byte of its .bin: the .param text, which is not kept. Refuses
// one of another network.
MUST_CHECK Status model_param(Model *model, const char *param, size_t size);
// To be called before the first byte if the file's SHA-256 is wanted.
MUST_CHECK Status model_hash(Model *model);
// The SHA-256 of all bytes so far, SHA256_BYTES bytes. NULL if it is not wanted.
const uint8_t *model_sha256(Model *model);

// Where to write the file's next bytes, and how many at most: 0 after the last one (which a .bin does not tell), and
// after a failure.
size_t model_want(Model *model, void **at);
// To be called when `size` bytes have been written there.
MUST_CHECK Status model_took(Model *model, size_t size);
// The value of `key` in the header's metadata, or NULL. Known from the end of the header until model_finish. A .bin has
// none.
const char *model_text(const Model *model, const char *key);
// To be called at the end of the file. If it succeeds, the network may be run.
MUST_CHECK Status model_finish(Model *model);

bool model_is_loaded(const Model *model);
Net model_net(const Model *model);

#endif
