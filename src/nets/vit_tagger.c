// Patches + positions -> blocks -> norm -> the mean of the rows -> head, sigmoid.
#include "nets/vit_tagger.h"

#include "nets/patch_embedding.h"
#include "ops/pool.h"

typedef struct VitTagger {
    WeightStore *store;       // owns the weights of the fields below
    PatchEmbedding embedding; // dim
    Transformer encoder;      // dim, mlp
    LayerNorm norm;           // [dim]
    Linear *head;             // dim -> tags
    int n_tags;
} VitTagger;

// ---- loading

static const PatchEmbeddingNames embedding_names = {
    .patches = "patch_embed.proj", .has_bias = true, .positions = "pos_embed", .is_batch = true};

static const TransformerNames names = {
    .norm1 = "norm1",
    .qkv = "attn.qkv",
    .out = "attn.proj",
    .norm2 = "norm2",
    .fc1 = "mlp.fc1",
    .fc2 = "mlp.fc2",
};

static void ask(void *network, WeightStore *store) {
    VitTagger *tagger = network;
    patch_embedding_ask(&tagger->embedding, store, &embedding_names);
    const int dim = tagger->embedding.dim;
    tagger->encoder.activation = ACTIVATION_GELU_TANH; // config.json: "act_layer": "gelu_tanh"
    tagger->encoder.epsilon = 1e-6f;                   // timm's
    transformer_ask(&tagger->encoder, store, &names, "blocks", "", dim);
    transformer_ask_norm(&tagger->encoder, store, "norm", dim, &tagger->norm);
    tagger->n_tags = weight_store_dim(store, "head.weight", 2, 0);
    tagger->head = weight_store_linear(store, (const char *const[]){"head"}, 1,
                                       (WeightShape){2, {(size_t)tagger->n_tags, (size_t)dim}}, true);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(VitTagger), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) {
    return (NetworkSizes){.side = patch_embedding_side(&((const VitTagger *)network)->embedding)};
}

static int output_dim(const void *network, int output) {
    (void)output;
    return ((const VitTagger *)network)->n_tags;
}

static void set_tap(void *network, TensorTap tap) { ((VitTagger *)network)->encoder.tap = tap; }

// ---- running

// The blocks and the head.
static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return ((const VitTagger *)network)->encoder.n_layers + 1;
}

static Status begin(const void *network, NetworkRun *run) {
    const VitTagger *tagger = network;
    const PatchEmbedding *embedding = &tagger->embedding;
    Status status = transformer_begin(&tagger->encoder, (const Linear *const[]){embedding->patches, tagger->head}, 2,
                                      run->arena, 1, &embedding->n_tokens, &run->rows);
    if (status) return status;
    patch_embedding_run(embedding, run->arena, run->pixels, run->rows.x, run->rows.scratch);
    if (!arena_is_measuring(run->arena))
        transformer_tap(&tagger->encoder, "pos_embed", run->rows.x, embedding->n_tokens, embedding->dim);
    return STATUS_OK;
}

static void run_head(const VitTagger *tagger, NetworkRun *run) {
    const int n = tagger->embedding.n_tokens, dim = tagger->embedding.dim;
    const size_t stride = (size_t)dim;
    float *x = run->rows.x, *mean = arena_take(run->arena, stride * sizeof *mean);
    if (!arena_is_measuring(run->arena)) {
        layer_norm_run(&tagger->norm, x, stride, n, x, stride);
        pool_mean((Tensor){x, n, 1, dim}, mean);
        transformer_tap(&tagger->encoder, "mean", mean, 1, dim);
        linear_run(tagger->head, mean, stride, 1, (LinearEnd){.activation = ACTIVATION_SIGMOID}, run->outputs[0],
                   (size_t)tagger->n_tags, run->rows.scratch);
    }
    arena_give(run->arena, mean);
}

static void step(const void *network, NetworkRun *run, int step) {
    const VitTagger *tagger = network;
    if (step < tagger->encoder.n_layers)
        transformer_layer(&tagger->encoder, step, &run->rows);
    else
        run_head(tagger, run);
}

static const NetworkOutput outputs[] = {{"tags", .is_vector = false}};

const Network vit_tagger = {
    .name = "vit_tagger",
    .kind = NETWORK_FOR_PICTURES,
    // As the tagger's own program prepares them (huggingface.co/spaces/SmilingWolf/wd-tagger, app.py); timm's mean 0.5
    // and deviation 0.5.
    .picture = {NETWORK_WHITE_SQUARE, .is_bgr = true, .means = {0.5f, 0.5f, 0.5f}, .deviations = {0.5f, 0.5f, 0.5f}},
    .n_outputs = 1,
    .outputs = outputs,
    .create = create,
    .free = network_free,
    .sizes = sizes,
    .output_dim = output_dim,
    .n_steps = n_steps,
    .begin = begin,
    .step = step,
    .set_tap = set_tap,
};
