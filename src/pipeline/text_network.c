// Which of the two it is, again and again; and what their tokenizers differ in.
#include "pipeline/text_network.h"

static Status check_clip(const TextNetwork *network) {
    const int found = clip_text_vocabulary(network->clip), max_tokens = clip_text_max_tokens(network->clip);
    if (found == CLIP_N_TOKENS && max_tokens >= CLIP_MAX_TOKENS) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Expected a network for the tokenizer's %d words and %d tokens but found one for %d and %d.",
                       CLIP_N_TOKENS, CLIP_MAX_TOKENS, found, max_tokens);
}

static Status check_bert(const TextNetwork *network) {
    const int found = distilbert_vocabulary(network->bert), max_tokens = distilbert_max_tokens(network->bert);
    const int32_t largest = wordpiece_largest_id(network->pieces);
    if (max_tokens < 2)
        return status_fail(STATUS_UNSUPPORTED, "Expected a network for 2 tokens or more but found one for %d.",
                           max_tokens);
    if (largest < found) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Expected a network for all of the tokenizer's words, up to %ld, but found one for %d.",
                       (long)largest, found);
}

Status text_network_check(const TextNetwork *network) {
    return network->clip ? check_clip(network) : check_bert(network);
}

int text_network_max_tokens(const TextNetwork *network) {
    return network->clip ? CLIP_MAX_TOKENS : distilbert_max_tokens(network->bert);
}

int text_network_dim(const TextNetwork *network) {
    return network->clip ? clip_text_dim(network->clip) : distilbert_dim(network->bert);
}

int text_network_n_layers(const TextNetwork *network) {
    return network->clip ? clip_text_n_layers(network->clip) : distilbert_n_layers(network->bert);
}

Status text_network_encode(const TextNetwork *network, const char *text, size_t size, TextTokens options, int32_t *ids,
                           int *length) {
    if (network->bert) {
        const int max_tokens = distilbert_max_tokens(network->bert);
        return wordpiece_encode(network->pieces, text, size, options.truncate, ids, max_tokens, length);
    }
    int n_ids;
    Status status = clip_bpe_encode(network->bpe, text, size, options.cleaning, options.truncate, ids, &n_ids);
    if (status) return status;
    // Pooled is the first row of the largest id, which is that of the end token; what stands behind it changes nothing.
    for (*length = 1; *length < n_ids && ids[*length - 1] != CLIP_END;) ++*length;
    return STATUS_OK;
}

Status text_network_plan(const TextNetwork *network, int n_texts, const int *lengths, size_t *scratch_bytes) {
    return network->clip ? clip_text_plan(network->clip, n_texts, lengths, scratch_bytes)
                         : distilbert_plan(network->bert, n_texts, lengths, scratch_bytes);
}

Status text_network_begin(const TextNetwork *network, Arena *arena, const int32_t *ids, int n_texts, const int *lengths,
                          TransformerRows *rows) {
    return network->clip ? clip_text_begin(network->clip, arena, ids, n_texts, lengths, rows)
                         : distilbert_begin(network->bert, arena, ids, n_texts, lengths, rows);
}

void text_network_layer(const TextNetwork *network, TransformerRows *rows, int layer) {
    if (network->clip)
        clip_text_layer(network->clip, rows, layer);
    else
        distilbert_layer(network->bert, rows, layer);
}

void text_network_end(const TextNetwork *network, TransformerRows *rows, float *vectors) {
    if (network->clip)
        clip_text_end(network->clip, rows, vectors);
    else
        distilbert_end(network->bert, rows, vectors);
}
