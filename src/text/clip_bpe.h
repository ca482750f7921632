// The tokenizer of CLIP: text to ids.
#ifndef TEXT_CLIP_BPE_H
#define TEXT_CLIP_BPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "text/clip_merges.h"

enum { CLIP_MAX_TOKENS = 77, CLIP_MAX_TEXT_BYTES = 1 << 20 };

// How the text is cleaned before it is split into words.
typedef enum ClipCleaning {
    CLIP_AS_HUGGING_FACE, // as tokenizer.json says: normalisation form C, lower case
    CLIP_AS_OPENAI, // as OpenAI's clip.tokenize: ftfy (see ftfy.h for what is left out), html.unescape twice, lower
                    // case
} ClipCleaning;

typedef struct ClipBpe ClipBpe; // not changed by encoding

// Reads a list of merges; the file is not kept. Forms of the file and errors: clip_merges.h.
MUST_CHECK Status clip_bpe_create(const char *file, size_t size, ClipBpe **out);
void clip_bpe_free(ClipBpe *bpe); // accepts NULL

// Writes the ids of `text` (UTF-8; invalid bytes become U+FFFD), CLIP_START first and CLIP_END last, without padding:
// *n_ids is from 2 to CLIP_MAX_TOKENS. If a text has more tokens, `truncate` keeps the first 75, as both originals do;
// without `truncate` this is STATUS_BAD_ARGUMENT. A text of more than CLIP_MAX_TEXT_BYTES is STATUS_BAD_ARGUMENT too.
MUST_CHECK Status clip_bpe_encode(const ClipBpe *bpe, const char *text, size_t size, ClipCleaning cleaning,
                                  bool truncate, int32_t ids[CLIP_MAX_TOKENS], int *n_ids);

#endif
