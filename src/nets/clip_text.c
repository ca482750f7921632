// The text network of CLIP: tokens + positions -> causal blocks -> norm of each text's last row -> projection.
#include "nets/clip_text.h"

#include <string.h>

#include "nets/clip_half.h"
#include "nets/token_embedding.h"

typedef struct ClipText {
    WeightStore *store;       // owns the weights of the fields below
    int dim;                  // of the vector
    TokenEmbedding embedding; // hidden
    const float *logit_scale; // NULL: not in the file
    Linear *projection;       // hidden -> dim
    LayerNorm final_norm;     // [hidden]
    Transformer encoder;      // hidden, mlp
} ClipText;

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

static Status create(TensorSink *sink, void **out) {
    // Inputs of 8 bits harm the vector of a text more than that of a picture, and a text takes far less work.
    return network_create(sizeof(ClipText), (WeightStoreOptions){.is_15_bit = true}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) {
    const ClipText *text = network;
    return (NetworkSizes){.vocabulary = text->embedding.vocabulary,
                          .max_tokens = text->embedding.max_tokens,
                          .logit_scale = text->logit_scale ? *text->logit_scale : 0};
}

static int output_dim(const void *network, int output) {
    (void)output;
    return ((const ClipText *)network)->dim;
}

static void set_tap(void *network, TensorTap tap) { ((ClipText *)network)->encoder.tap = tap; }

// ---- running

static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return ((const ClipText *)network)->encoder.n_layers;
}

static Status begin(const void *network, NetworkRun *run) {
    const ClipText *text = network;
    Status status = transformer_begin(&text->encoder, (const Linear *const[]){text->projection}, 1, run->arena,
                                      run->n_texts, run->lengths, &run->rows);
    if (status || arena_is_measuring(run->arena)) return status;
    token_embedding_run(&text->embedding, run->ids, run->n_texts, run->lengths, run->rows.x);
    transformer_tap(&text->encoder, "embeddings", run->rows.x, transformer_n_rows(&run->rows), text->encoder.dim);
    return STATUS_OK;
}

static void step(const void *network, NetworkRun *run, int layer) {
    transformer_layer(&((const ClipText *)network)->encoder, layer, &run->rows);
}

static void end(const void *network, NetworkRun *run) {
    const ClipText *text = network;
    TransformerRows *rows = &run->rows;
    const size_t hidden = (size_t)text->encoder.dim;
    const float *last = rows->x;
    // Each text's last row moves to the front. It overwrites no row that is still needed: text i ends at row i or
    // later.
    for (int i = 0; i < rows->n_sequences; i++) {
        last += (size_t)(rows->lengths[i] - 1) * hidden;
        memmove(rows->x + (size_t)i * hidden, last, hidden * sizeof(float));
        last += hidden;
    }
    layer_norm_run(&text->final_norm, rows->x, hidden, rows->n_sequences, rows->x, hidden);
    linear_run(text->projection, rows->x, hidden, rows->n_sequences, (LinearEnd){0}, run->outputs[0], (size_t)text->dim,
               rows->scratch);
}

static const NetworkOutput outputs[] = {{"vector", .is_vector = true}};

const Network clip_text = {
    .name = "clip_text",
    .kind = NETWORK_FOR_TEXTS,
    .tokenizer = NETWORK_CLIP_BPE,
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
