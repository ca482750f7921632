// The exported ABI of pictures and texts to vectors. See acg.h for what all functions have in common.
#ifndef API_ACG_EMBED_H
#define API_ACG_EMBED_H

#include <stddef.h>
#include <stdint.h>

#include "api/acg_image.h"
#include "api/acg_model.h"

typedef struct AcgEmbed AcgEmbed;

// Begins to look at a picture (acg_image_decode_rgb; not kept, but needed until the end) with a network for pictures.
// `outputs`: 1 << output, added up for all that are wanted. `fit`: keeps the proportions of a picture that the network
// would stretch; networks that take the middle of the picture ignore it. `normalise`: vectors get length 1.
AcgEmbed *acg_embed_image(const AcgModel *model, const AcgImage *image, int outputs, int fit, int normalise);

// How a text is cleaned for CLIP's tokenizer before it is cut into tokens: see text/clip_bpe.h.
enum { ACG_CLEAN_HUGGING_FACE = 0, ACG_CLEAN_OPENAI = 1 };

typedef struct AcgTextOptions {
    int32_t clean;     // ACG_CLEAN_*
    int32_t truncate;  // 1 = cut texts that are too long instead of refusing them
    int32_t normalise; // 1 = vectors get length 1
} AcgTextOptions;

// Begins to embed n texts (UTF-8, one after the other, of sizes[n] bytes; not kept) with a network for
// texts that has its vocabulary.
AcgEmbed *acg_embed_texts(const AcgModel *model, const char *texts, const int32_t *sizes, int n,
                          const AcgTextOptions *options);

int acg_embed_total(const AcgEmbed *task); // steps in all
int acg_embed_done(const AcgEmbed *task);  // steps finished
// Does one step: never more than one layer. To abort, stop stepping and call acg_embed_end.
int acg_embed_step(AcgEmbed *task);
// [n texts, or 1][acg_model_output_dim]; valid until the end. NULL: it was not asked for, or not all steps are done.
const float *acg_embed_output(const AcgEmbed *task, int output);
void acg_embed_end(AcgEmbed *task); // accepts an unfinished task, and NULL

#endif
