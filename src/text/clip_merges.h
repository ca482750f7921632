// The merges of CLIP's byte-pair encoding, from a file to a table.
#ifndef TEXT_CLIP_MERGES_H
#define TEXT_CLIP_MERGES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum {
    CLIP_N_BYTES = 256,
    CLIP_N_MERGES = 48894,
    CLIP_FIRST_MERGED = 2 * CLIP_N_BYTES, // ids below are bytes: first within a word, then at its end
    CLIP_START = CLIP_FIRST_MERGED + CLIP_N_MERGES,
    CLIP_END,
    CLIP_N_TOKENS,
    CLIP_NO_MERGE = CLIP_N_MERGES,
};

typedef struct ClipMerges {
    int32_t byte_ids[CLIP_N_BYTES]; // of a byte that does not end a word; CLIP_N_BYTES more if it does
    uint32_t *pairs;                // owned; [CLIP_N_MERGES]: id of the left part << 16 | id of the right part
    uint16_t *slots;                // owned; a hash table of 1 + an index of `pairs`, 0: free
} ClipMerges;

// Reads the list of merges, which determines the ids: OpenAI's bpe_simple_vocab_16e6.txt (not compressed), or Hugging
// Face's merges.txt or tokenizer.json; the first bytes tell which. The ids in a tokenizer.json are checked, too.
// STATUS_BAD_FORMAT names the line or the token, STATUS_UNSUPPORTED the part that is not CLIP's.
MUST_CHECK Status clip_merges_read(const char *file, size_t size, ClipMerges *out);
void clip_merges_free(ClipMerges *merges); // accepts a zeroed one and leaves one

// The rank of a pair of ids, the lowest being merged first to the id CLIP_FIRST_MERGED + rank, or CLIP_NO_MERGE.
int32_t clip_merges_rank(const ClipMerges *merges, int32_t left, int32_t right);

#endif
