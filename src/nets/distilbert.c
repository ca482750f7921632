// Words + positions -> norm -> blocks -> the mean of each text's rows -> dense layer, tanh.
#include "nets/distilbert.h"

#include <stdlib.h>

#include "nets/token_embedding.h"

enum { MAX_TOKENS = 128 }; // if the metadata do not tell

struct Distilbert {
    WeightStore *store; // what all below points into
    int dim;            // of the vector
    int max_tokens;
    TokenEmbedding embedding; // hidden
    LayerNorm norm;           // [hidden]
    Transformer encoder;      // hidden, mlp
    Linear *dense;            // hidden -> dim
};

// ---- loading

static const TransformerNames names = {
    .norm1 = "sa_layer_norm",
    .q = "attention.q_lin",
    .k = "attention.k_lin",
    .v = "attention.v_lin",
    .out = "attention.out_lin",
    .norm2 = "output_layer_norm",
    .fc1 = "ffn.lin1",
    .fc2 = "ffn.lin2",
};

static const char positions[] = "embeddings.position_embeddings.weight";

static void ask(void *network, WeightStore *store) {
    Distilbert *bert = network;
    token_embedding_ask(&bert->embedding, store, "embeddings.word_embeddings.weight", positions);
    transformer_check_tokens(store, positions, bert->embedding.max_tokens);
    const int hidden = bert->embedding.dim;
    const int wanted = weight_store_number(store, "max_seq_length", MAX_TOKENS);
    bert->max_tokens = wanted < bert->embedding.max_tokens ? wanted : bert->embedding.max_tokens;
    bert->encoder.norms_last = true;
    bert->encoder.activation = ACTIVATION_GELU;
    bert->encoder.epsilon = 1e-12f;
    transformer_ask(&bert->encoder, store, &names, "transformer.layer", "", hidden);
    transformer_ask_norm(&bert->encoder, store, "embeddings.LayerNorm", hidden, &bert->norm);
    bert->dim = weight_store_dim(store, "dense.weight", 2, 0);
    bert->dense = weight_store_linear(store, (const char *const[]){"dense"}, 1,
                                      (WeightShape){2, {(size_t)bert->dim, (size_t)hidden}}, true);
}

Status distilbert_create(bool use_ref, TensorSink *sink, Distilbert **out) {
    Distilbert *bert = calloc(1, sizeof *bert);
    if (!bert) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    // Of int8 layers inputs of eight bits, not fifteen as in clip_text.c: they cost as much as the weights do (cosine
    // 0.9995 instead of 0.9997), and half of the time.
    const WeightStoreOptions options = {.use_ref = use_ref};
    Status status = weight_store_create(options, ask, bert, sink, &bert->store);
    if (status)
        free(bert);
    else
        *out = bert;
    return status;
}

void distilbert_free(Distilbert *bert) {
    if (!bert) return;
    weight_store_free(bert->store);
    free(bert);
}

int distilbert_vocabulary(const Distilbert *bert) { return bert->embedding.vocabulary; }
int distilbert_max_tokens(const Distilbert *bert) { return bert->max_tokens; }
int distilbert_dim(const Distilbert *bert) { return bert->dim; }
int distilbert_n_layers(const Distilbert *bert) { return bert->encoder.n_layers; }
void distilbert_set_tap(Distilbert *bert, TransformerTap tap) { bert->encoder.tap = tap; }

// ---- running

Status distilbert_begin(const Distilbert *bert, Arena *arena, const int32_t *ids, int n_texts, const int *lengths,
                        TransformerRows *rows) {
    const size_t hidden = (size_t)bert->encoder.dim;
    arena_reset(arena);
    *rows = (TransformerRows){.arena = arena, .n_sequences = n_texts, .lengths = lengths};
    Status status = transformer_begin(&bert->encoder, (const Linear *const[]){bert->dense}, 1, rows);
    if (status || arena_is_measuring(arena)) return status;
    const int n_rows = transformer_n_rows(rows);
    float *x = rows->x;
    token_embedding_run(&bert->embedding, ids, n_texts, lengths, x);
    layer_norm_run(&bert->norm, x, hidden, n_rows, x, hidden);
    transformer_tap(&bert->encoder, "embeddings", x, n_rows, bert->encoder.dim);
    return STATUS_OK;
}

Status distilbert_plan(const Distilbert *bert, int n_texts, const int *lengths, size_t *scratch_bytes) {
    Arena arena = arena_measure();
    TransformerRows rows;
    Status status = distilbert_begin(bert, &arena, NULL, n_texts, lengths, &rows);
    return status ? status : arena_measured(&arena, "so long a text in this network", scratch_bytes);
}

void distilbert_layer(const Distilbert *bert, TransformerRows *rows, int layer) {
    transformer_layer(&bert->encoder, layer, rows);
}

// rows [n][c] -> their mean [c], which may be the first of them.
static void average(const float *rows, int n, size_t c, float *mean) {
    for (size_t i = 0; i < c; i++) {
        double sum = 0;
        for (int row = 0; row < n; row++) sum += rows[(size_t)row * c + i];
        mean[i] = (float)(sum / n);
    }
}

void distilbert_end(const Distilbert *bert, TransformerRows *rows, float *vectors) {
    const size_t hidden = (size_t)bert->encoder.dim;
    const float *from = rows->x;
    // The means move to the front, where nothing that is still wanted stands: mean i is of rows at or behind row i.
    for (int i = 0; i < rows->n_sequences; i++) {
        average(from, rows->lengths[i], hidden, rows->x + (size_t)i * hidden);
        from += (size_t)rows->lengths[i] * hidden;
    }
    transformer_tap(&bert->encoder, "pooled", rows->x, rows->n_sequences, bert->encoder.dim);
    linear_run(bert->dense, rows->x, hidden, rows->n_sequences, (LinearEnd){.activation = ACTIVATION_TANH}, vectors,
               (size_t)bert->dim, rows->scratch);
}
