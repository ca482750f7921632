// The text network of CLIP: tokens + positions -> causal blocks -> norm of each text's last row -> projection.
#include "nets/clip_text.h"

#include <stdlib.h>
#include <string.h>

#include "nets/clip_half.h"
#include "nets/token_embedding.h"

struct ClipText {
    WeightStore *store;       // what all below points into
    int dim;                  // of the vector
    TokenEmbedding embedding; // hidden
    const float *logit_scale; // NULL: not in the file
    Linear *projection;       // hidden -> dim
    LayerNorm final_norm;     // [hidden]
    Transformer encoder;      // hidden, mlp
};

// ---- loading

static const char positions[] = "text_model.embeddings.position_embedding.weight";

static void ask(void *network, WeightStore *store) {
    ClipText *text = network;
    token_embedding_ask(&text->embedding, store, "text_model.embeddings.token_embedding.weight", positions);
    const int hidden = text->embedding.dim;
    transformer_check_tokens(store, positions, text->embedding.max_tokens);
    text->dim = weight_store_dim(store, "text_projection.weight", 2, 0);
    text->encoder.is_causal = true;
    clip_half_ask_blocks(&text->encoder, store, "text", hidden);
    transformer_ask_norm(&text->encoder, store, "text_model.final_layer_norm", hidden, &text->final_norm);
    text->projection = weight_store_linear(store, (const char *const[]){"text_projection"}, 1,
                                           (WeightShape){2, {(size_t)text->dim, (size_t)hidden}}, false);
    clip_half_ask_logit_scale(store, &text->logit_scale);
}

Status clip_text_create(bool use_ref, TensorSink *sink, ClipText **out) {
    ClipText *text = calloc(1, sizeof *text);
    if (!text) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    // A text's vector suffers more than a picture's from inputs of eight bits, and takes far less work.
    const WeightStoreOptions options = {use_ref, .fine_inputs = true};
    Status status = weight_store_create(options, ask, text, sink, &text->store);
    if (status)
        free(text);
    else
        *out = text;
    return status;
}

void clip_text_free(ClipText *text) {
    if (!text) return;
    weight_store_free(text->store);
    free(text);
}

int clip_text_vocabulary(const ClipText *text) { return text->embedding.vocabulary; }
int clip_text_max_tokens(const ClipText *text) { return text->embedding.max_tokens; }
int clip_text_dim(const ClipText *text) { return text->dim; }
int clip_text_n_layers(const ClipText *text) { return text->encoder.n_layers; }
float clip_text_logit_scale(const ClipText *text) { return text->logit_scale ? *text->logit_scale : 0; }
void clip_text_set_tap(ClipText *text, TransformerTap tap) { text->encoder.tap = tap; }

// ---- running

Status clip_text_begin(const ClipText *text, Arena *arena, const int32_t *ids, int n_texts, const int *lengths,
                       TransformerRows *rows) {
    arena_reset(arena);
    *rows = (TransformerRows){.arena = arena, .n_sequences = n_texts, .lengths = lengths};
    Status status = transformer_begin(&text->encoder, (const Linear *const[]){text->projection}, 1, rows);
    if (status || arena_is_measuring(arena)) return status;
    token_embedding_run(&text->embedding, ids, n_texts, lengths, rows->x);
    transformer_tap(&text->encoder, "embeddings", rows->x, transformer_n_rows(rows), text->encoder.dim);
    return STATUS_OK;
}

Status clip_text_plan(const ClipText *text, int n_texts, const int *lengths, size_t *scratch_bytes) {
    Arena arena = arena_measure();
    TransformerRows rows;
    Status status = clip_text_begin(text, &arena, NULL, n_texts, lengths, &rows);
    return status ? status : arena_measured(&arena, "so long a text in this network", scratch_bytes);
}

void clip_text_layer(const ClipText *text, TransformerRows *rows, int layer) {
    transformer_layer(&text->encoder, layer, rows);
}

void clip_text_end(const ClipText *text, TransformerRows *rows, float *vectors) {
    const size_t hidden = (size_t)text->encoder.dim;
    const float *last = rows->x;
    // The last rows move to the front, where nothing that is still wanted stands: row i comes from at or behind row i.
    for (int i = 0; i < rows->n_sequences; i++) {
        last += (size_t)(rows->lengths[i] - 1) * hidden;
        memmove(rows->x + (size_t)i * hidden, last, hidden * sizeof(float));
        last += hidden;
    }
    layer_norm_run(&text->final_norm, rows->x, hidden, rows->n_sequences, rows->x, hidden);
    linear_run(text->projection, rows->x, hidden, rows->n_sequences, (LinearEnd){0}, vectors, (size_t)text->dim,
               rows->scratch);
}
