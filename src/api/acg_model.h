// The exported ABI of networks, which load while their file arrives: its bytes are never in memory twice. See acg.h for
// what all functions have in common.
#ifndef API_ACG_MODEL_H
#define API_ACG_MODEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgModel AcgModel;

// A network without weights. `network`: its name (terminated), which its files' metadata and models/manifest.json have,
// too.
AcgModel *acg_model_open(const char *network);
// The file beside the weights, which is not kept: the .param of a network in ncnn's format, whose weights are the .bin,
// before their first byte; the words of a text network's tokenizer (pipeline/tokenizer.h), at any time.
int acg_model_beside(AcgModel *model, const char *file, size_t size);
// To be called before the first byte if the file's SHA-256 is wanted.
int acg_model_hash(AcgModel *model);
// The SHA-256 of all bytes so far, 32 bytes. NULL if it is not wanted.
const uint8_t *acg_model_sha256(AcgModel *model);
// Where to write the file's next bytes, and how many at most: 0 after the last one (which a .bin does not tell), and
// after a failure.
uint8_t *acg_model_want(AcgModel *model);
size_t acg_model_want_size(AcgModel *model);
// To be called when `size` bytes have been written there.
int acg_model_took(AcgModel *model, size_t size);
// To be called at the end of the file. If it succeeds, the network may be run.
int acg_model_finish(AcgModel *model);
// The value of `key` in the header's metadata, or NULL. Known from the end of the header until acg_model_finish.
const char *acg_model_text(const AcgModel *model, const char *key);

// What follows is known once acg_model_finish has succeeded; before, there are no outputs.

// Of a network that enlarges: its values of black and white, 0 and 1 unless set; for the "pro" models 0.15 and 0.85.
int acg_model_set_levels(AcgModel *model, float black, float white);

// Its outputs for a picture or a text, and how many values each has: "vector", "tags", …
int acg_model_n_outputs(const AcgModel *model);
const char *acg_model_output_name(const AcgModel *model, int output);
int acg_model_output_dim(const AcgModel *model, int output);
// The factor of cosines before the softmax over labels: the exponential of logit_scale, or 0 if the file has
// none.
double acg_model_logit_factor(const AcgModel *model);
void acg_model_close(AcgModel *model); // accepts a network at any stage of loading, and NULL

#endif
