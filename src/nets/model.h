// A network that is loaded while its file comes: so the file is never held.
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
// Before the first byte: the file's SHA-256 is wanted.
MUST_CHECK Status model_hash(Model *model);
// Of all bytes so far, SHA256_BYTES of its own. NULL if it is not wanted.
const uint8_t *model_sha256(Model *model);

// Where the file's next bytes go, and how many at most: 0 after its last one (a .bin does not tell which that is), and
// after a failure.
size_t model_want(Model *model, void **at);
// `size` bytes were put there.
MUST_CHECK Status model_took(Model *model, size_t size);
// What the header's metadata say of `key`, or NULL. Once the header is there, and until model_finish. A .bin has none.
const char *model_text(const Model *model, const char *key);
// The file has ended. The network may be run if this succeeds.
MUST_CHECK Status model_finish(Model *model);

bool model_is_loaded(const Model *model);
Net model_net(const Model *model);

#endif
