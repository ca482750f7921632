// Words + positions -> norm -> blocks -> the mean of each text's rows -> dense layer, tanh.
#include "nets/distilbert.h"

#include "nets/token_embedding.h"

enum { MAX_TOKENS = 128 }; // if the metadata has no max_seq_length

typedef struct Distilbert {
    WeightStore *store; // owns the weights of the fields below
    int dim;            // of the vector
    int max_tokens;
    TokenEmbedding embedding; // hidden
    LayerNorm norm;           // [hidden]
    Transformer encoder;      // hidden, mlp
    Linear *dense;            // hidden -> dim
} Distilbert;

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

static Status create(TensorSink *sink, void **out) {
    // Int8 layers take inputs of 8 bits, not of 15 as in clip_text.c: here they add less error than the weights do
    // (docs/internals/quantisation.md), and halve the time.
    return network_create(sizeof(Distilbert), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) {
    const Distilbert *bert = network;
    return (NetworkSizes){.vocabulary = bert->embedding.vocabulary, .max_tokens = bert->max_tokens};
}

static int output_dim(const void *network, int output) {
    (void)output;
    return ((const Distilbert *)network)->dim;
}

static void set_tap(void *network, TensorTap tap) { ((Distilbert *)network)->encoder.tap = tap; }

// ---- running

static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return ((const Distilbert *)network)->encoder.n_layers;
}

static Status begin(const void *network, NetworkRun *run) {
    const Distilbert *bert = network;
    const size_t hidden = (size_t)bert->encoder.dim;
    Status status = transformer_begin(&bert->encoder, (const Linear *const[]){bert->dense}, 1, run->arena, run->n_texts,
                                      run->lengths, &run->rows);
    if (status || arena_is_measuring(run->arena)) return status;
    const int n_rows = transformer_n_rows(&run->rows);
    float *x = run->rows.x;
    token_embedding_run(&bert->embedding, run->ids, run->n_texts, run->lengths, x);
    layer_norm_run(&bert->norm, x, hidden, n_rows, x, hidden);
    transformer_tap(&bert->encoder, "embeddings", x, n_rows, bert->encoder.dim);
    return STATUS_OK;
}

static void step(const void *network, NetworkRun *run, int layer) {
    transformer_layer(&((const Distilbert *)network)->encoder, layer, &run->rows);
}

// rows [n][c] -> their mean [c], which may be the first of them.
static void average(const float *rows, int n, size_t c, float *mean) {
    for (size_t i = 0; i < c; i++) {
        double sum = 0;
        for (int row = 0; row < n; row++) sum += rows[(size_t)row * c + i];
        mean[i] = (float)(sum / n);
    }
}

static void end(const void *network, NetworkRun *run) {
    const Distilbert *bert = network;
    TransformerRows *rows = &run->rows;
    const size_t hidden = (size_t)bert->encoder.dim;
    const float *from = rows->x;
    // Each mean goes to the front. It overwrites no row that is still needed: the rows of text i begin at row i or
    // later.
    for (int i = 0; i < rows->n_sequences; i++) {
        average(from, rows->lengths[i], hidden, rows->x + (size_t)i * hidden);
        from += (size_t)rows->lengths[i] * hidden;
    }
    transformer_tap(&bert->encoder, "pooled", rows->x, rows->n_sequences, bert->encoder.dim);
    linear_run(bert->dense, rows->x, hidden, rows->n_sequences, (LinearEnd){.activation = ACTIVATION_TANH},
               run->outputs[0], (size_t)bert->dim, rows->scratch);
}

static const NetworkOutput outputs[] = {{"vector", .is_vector = true}};

const Network distilbert = {
    .name = "distilbert",
    .kind = NETWORK_FOR_TEXTS,
    .tokenizer = NETWORK_WORDPIECE,
    .n_outputs = 1,
    .outputs = outputs,
    .create = create,
    .free = network_free,
    .sizes = sizes,
    .output_dim = output_dim,
    .n_steps = n_steps,
    .begin = begin,
    .step = step,
    .end = end,
    .set_tap = set_tap,
};
