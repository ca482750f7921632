// The C interface of networks that make vectors and probabilities of pictures and texts. acg.h says how functions fail.
// Tags of a picture, without checks for failures:
//
//     AcgImage *image = acg_image_decode_rgb(bytes, size, 0, 0);
//     AcgEmbed *task = acg_embed_image(model, image, 1 << output, 0, 0);
//     while (acg_embed_done(task) < acg_embed_total(task)) acg_embed_step(task);
//     const float *tags = acg_embed_output(task, output); // [acg_model_output_dim(model, output)]
//     acg_embed_end(task);
#ifndef API_ACG_EMBED_H
#define API_ACG_EMBED_H

#include <stddef.h>
#include <stdint.h>

#include "api/acg_image.h"
#include "api/acg_model.h"

typedef struct AcgEmbed AcgEmbed;

// Begins to run a picture of acg_image_decode_rgb through a network for pictures. Both stay the caller's and are needed
// until acg_embed_end. `outputs`: the sum of 1 << output for all wanted outputs. `fit` 1: keeps the proportions of a
// picture that the network would stretch; other networks ignore it. `normalise` 1: scales vectors to length 1.
// STATUS_BAD_ARGUMENT: another kind of network or picture, or an output that the file does not have; STATUS_NO_MEMORY.
AcgEmbed *acg_embed_image(const AcgModel *model, const AcgImage *image, int outputs, int fit, int normalise);

// How a text is cleaned before CLIP's tokenizer divides it: see text/clip_bpe.h. Other tokenizers ignore it.
enum { ACG_CLEAN_HUGGING_FACE = 0, ACG_CLEAN_OPENAI = 1 };

typedef struct AcgTextOptions {
    int32_t clean;     // ACG_CLEAN_*
    int32_t truncate;  // 1: cut texts that are too long; 0: refuse them
    int32_t normalise; // 1: scale vectors to length 1
} AcgTextOptions;

// Begins to run n >= 1 texts through a network for texts, whose vocabulary has been given (acg_model_beside). The texts
// are UTF-8, one after the other; text i has sizes[i] bytes. They are not needed after this call. STATUS_BAD_ARGUMENT:
// another kind of network, or a text that is too long; STATUS_UNSUPPORTED: the vocabulary is not the network's;
// STATUS_NO_MEMORY.
AcgEmbed *acg_embed_texts(const AcgModel *model, const char *texts, const int32_t *sizes, int n,
                          const AcgTextOptions *options);

int acg_embed_total(const AcgEmbed *task); // all steps
int acg_embed_done(const AcgEmbed *task);  // steps finished
// Does one step: at most one layer or block. To abort, call acg_embed_end instead. STATUS_BAD_ARGUMENT: all steps are
// done; STATUS_NO_MEMORY.
int acg_embed_step(AcgEmbed *task);
// The output [n texts, or 1][acg_model_output_dim], valid until acg_embed_end. NULL, which is no failure: it was not
// asked for, or not all steps are done.
const float *acg_embed_output(const AcgEmbed *task, int output);
void acg_embed_end(AcgEmbed *task); // accepts an unfinished task, and NULL

#endif
