// BERT's tokenizer, cased: text to the ids of WordPiece (Schuster & Nakajima 2012), as Hugging Face's tokenizers do it.
#ifndef TEXT_WORDPIECE_H
#define TEXT_WORDPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { WORDPIECE_MAX_TEXT_BYTES = 1 << 20, WORDPIECE_MAX_WORD = 100 }; // characters of a word; longer ones are unknown

typedef struct WordPiece WordPiece; // not changed by encoding

// Reads a tokenizer.json or a vocab.txt (a token a line), told apart by the first byte; the file is not kept. The
// tokens [UNK], [CLS] and [SEP] must be there. STATUS_UNSUPPORTED: a tokenizer.json that asks for lower case, removed
// accents, or CJK characters that are not split.
MUST_CHECK Status wordpiece_create(const char *file, size_t size, WordPiece **out);
void wordpiece_free(WordPiece *wordpiece); // accepts NULL
int32_t wordpiece_largest_id(const WordPiece *wordpiece);

// Writes the ids of `text` (UTF-8; invalid bytes become U+FFFD, which is then dropped), [CLS] first and [SEP] last,
// without padding: *n_ids is from 2 to `max_ids`, which is at least 2. `truncate` cuts a text with more tokens;
// without it this is STATUS_BAD_ARGUMENT. A text of more than WORDPIECE_MAX_TEXT_BYTES is STATUS_BAD_ARGUMENT too.
MUST_CHECK Status wordpiece_encode(const WordPiece *wordpiece, const char *text, size_t size, bool truncate,
                                   int32_t *ids, int max_ids, int *n_ids);

#endif
