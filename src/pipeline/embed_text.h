// Runs texts through a network for texts: each to a vector.
#ifndef PIPELINE_EMBED_TEXT_H
#define PIPELINE_EMBED_TEXT_H

#include <stdbool.h>

#include "core/status.h"
#include "nets/network.h"
#include "pipeline/tokenizer.h"

typedef struct EmbedTextOptions {
    TokenizerOptions tokens;
    bool normalise; // scale vectors to length 1
} EmbedTextOptions;

typedef struct EmbedText EmbedText;

// texts: n >= 1 texts in UTF-8, one after the other; text i has sizes[i] bytes. Network and tokenizer are not copied
// and must stay until embed_text_end; texts and sizes are not needed after this call. STATUS_BAD_ARGUMENT: a text is
// too long; STATUS_UNSUPPORTED: network and tokenizer have different vocabularies; STATUS_NO_MEMORY.
MUST_CHECK Status embed_text_begin(Net net, const Tokenizer *tokenizer, const char *texts, const int *sizes, int n,
                                   EmbedTextOptions options, EmbedText **out);
void embed_text_end(EmbedText *task); // accepts an unfinished task, and NULL

int embed_text_total(const EmbedText *task); // all steps
int embed_text_done(const EmbedText *task);  // steps finished
// Does one step: one layer for one group of texts. STATUS_BAD_ARGUMENT: all are done.
MUST_CHECK Status embed_text_step(EmbedText *task);
// The vectors [n][output_dim], once all steps are done; valid until the end.
const float *embed_text_vectors(const EmbedText *task);

#endif
