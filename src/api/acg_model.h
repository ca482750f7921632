// The C interface of networks. They load while their file arrives, so its bytes are never in memory twice. acg.h says
// how functions fail. How a network is loaded, without checks for failures:
//
//     AcgModel *model = acg_model_open("cugan");
//     acg_model_beside(model, param, param_size); // of networks that need such a file
//     for (size_t n; (n = acg_model_want_size(model)) && (n = read(file, acg_model_want(model), n));)
//         acg_model_took(model, n);
//     acg_model_finish(model);
#ifndef API_ACG_MODEL_H
#define API_ACG_MODEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgModel AcgModel;

// Opens a network without weights. `network`: its name, as in models/manifest.json and in the metadata of its files.
// STATUS_BAD_ARGUMENT: there is no such network; STATUS_NO_MEMORY.
AcgModel *acg_model_open(const char *network);
// The file that a network needs beside its weights: for a network in ncnn's format the .param, before the first byte of
// the weights, which are the .bin; for a network for texts the file of its tokenizer (pipeline/tokenizer.h), at any
// time. It is not needed after this call. STATUS_BAD_ARGUMENT: too late, or the network needs no such file;
// STATUS_BAD_FORMAT; STATUS_UNSUPPORTED; STATUS_NO_MEMORY.
int acg_model_beside(AcgModel *model, const char *file, size_t size);
// Asks for the SHA-256 of the file with the weights. STATUS_BAD_ARGUMENT: its first byte has already come.
int acg_model_hash(AcgModel *model);
// The SHA-256 of all bytes so far: 32 bytes, valid until the next call. NULL: it was not asked for.
const uint8_t *acg_model_sha256(AcgModel *model);
// Where to write the file's next bytes, and how many at most. 0: after the last byte (except for a .bin, which does not
// say where it ends), and after a failure.
uint8_t *acg_model_want(AcgModel *model);
size_t acg_model_want_size(AcgModel *model);
// `size` bytes have been written there. STATUS_BAD_FORMAT: the file is damaged or of another network;
// STATUS_UNSUPPORTED; STATUS_NO_MEMORY; STATUS_BAD_ARGUMENT: after acg_model_finish.
int acg_model_took(AcgModel *model, size_t size);
// The file has ended. After success the network may be run. STATUS_BAD_FORMAT: the file is not complete.
int acg_model_finish(AcgModel *model);
// The value of `key` in the metadata of the file's header, or NULL. Valid from the end of the header until
// acg_model_finish.
const char *acg_model_text(const AcgModel *model, const char *key);

// The following needs a success of acg_model_finish; before that, there are no outputs.

// Sets the values that a network that enlarges has for black and white: 0 and 1 unless set, 0.15 and 0.85 for "pro"
// models. STATUS_BAD_ARGUMENT: not -1 <= black < white <= 2, or another kind of network.
int acg_model_set_levels(AcgModel *model, float black, float white);

// The outputs of a network for pictures or texts, numbered from 0: how many there are, their names ("vector", "tags",
// …), and how many values each has; NULL and 0: there is no such output. A network that enlarges has none.
int acg_model_n_outputs(const AcgModel *model);
const char *acg_model_output_name(const AcgModel *model, int output);
int acg_model_output_dim(const AcgModel *model, int output);
// The factor of cosines before the softmax over labels: the exponential of the file's logit_scale. 0: there is none.
double acg_model_logit_factor(const AcgModel *model);
void acg_model_close(AcgModel *model); // accepts a network at any stage of loading, and NULL

#endif
