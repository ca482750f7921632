// Texts to the vectors that a network gives them.
#ifndef PIPELINE_EMBED_TEXT_H
#define PIPELINE_EMBED_TEXT_H

#include <stdbool.h>

#include "core/status.h"
#include "nets/network.h"
#include "pipeline/tokenizer.h"

typedef struct EmbedTextOptions {
    TokenizerOptions tokens;
    bool normalise; // the vectors get length 1
} EmbedTextOptions;

typedef struct EmbedText EmbedText;

// texts: UTF-8, one after the other, of sizes[n] bytes (n from 1). Network and tokenizer are not kept, but needed until
// embed_text_end; the rest is not needed any more. STATUS_BAD_ARGUMENT: a text that is too long; STATUS_UNSUPPORTED:
// the network's vocabulary is not the tokenizer's.
MUST_CHECK Status embed_text_begin(Net net, const Tokenizer *tokenizer, const char *texts, const int *sizes, int n,
                                   EmbedTextOptions options, EmbedText **out);
void embed_text_end(EmbedText *task); // accepts an unfinished task, and NULL

int embed_text_total(const EmbedText *task); // steps in all
int embed_text_done(const EmbedText *task);  // steps finished
// One step: one layer for as many texts as go through the network together. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status embed_text_step(EmbedText *task);
// [n][dim of the vector], when all steps are done; valid until the end.
const float *embed_text_vectors(const EmbedText *task);

#endif
