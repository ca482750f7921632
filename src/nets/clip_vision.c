// The image network of CLIP: patches -> [class, patches] + positions -> norm -> blocks -> norm of the class row ->
// projection.
#include "nets/clip_vision.h"

#include "nets/clip_half.h"
#include "nets/patch_embedding.h"

typedef struct ClipVision {
    WeightStore *store;            // owns the weights of the fields below
    int dim;                       // of the vector
    PatchEmbedding embedding;      // hidden; with a class
    const float *logit_scale;      // NULL: not in the file
    Linear *projection;            // hidden -> dim
    LayerNorm pre_norm, post_norm; // [hidden]
    Transformer encoder;           // hidden, mlp
} ClipVision;

// ---- loading

static const PatchEmbeddingNames embedding_names = {
    .patches = "vision_model.embeddings.patch_embedding",
    .class_row = "vision_model.embeddings.class_embedding",
    .positions = "vision_model.embeddings.position_embedding.weight",
};

static void ask(void *network, WeightStore *store) {
    ClipVision *vision = network;
    patch_embedding_ask(&vision->embedding, store, &embedding_names);
    const int hidden = vision->embedding.dim;
    vision->dim = weight_store_dim(store, "visual_projection.weight", 2, 0);
    clip_half_ask_blocks(&vision->encoder, store, "vision", hidden);
    transformer_ask_norm(&vision->encoder, store, "vision_model.pre_layrnorm", hidden, &vision->pre_norm); // sic
    transformer_ask_norm(&vision->encoder, store, "vision_model.post_layernorm", hidden, &vision->post_norm);
    vision->projection = weight_store_linear(store, (const char *const[]){"visual_projection"}, 1,
                                             (WeightShape){2, {(size_t)vision->dim, (size_t)hidden}}, false);
    clip_half_ask_logit_scale(store, &vision->logit_scale);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(ClipVision), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) {
    const ClipVision *vision = network;
    return (NetworkSizes){.side = patch_embedding_side(&vision->embedding),
                          .logit_scale = vision->logit_scale ? *vision->logit_scale : 0};
}

static int output_dim(const void *network, int output) {
    (void)output;
    return ((const ClipVision *)network)->dim;
}

static void set_tap(void *network, TensorTap tap) { ((ClipVision *)network)->encoder.tap = tap; }

// ---- running

static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return ((const ClipVision *)network)->encoder.n_layers;
}

static Status begin(const void *network, NetworkRun *run) {
    const ClipVision *vision = network;
    const PatchEmbedding *embedding = &vision->embedding;
    const int n = embedding->n_tokens;
    const size_t hidden = (size_t)embedding->dim;
    Status status = transformer_begin(&vision->encoder, (const Linear *const[]){embedding->patches, vision->projection},
                                      2, run->arena, 1, &embedding->n_tokens, &run->rows);
    if (status) return status;
    float *x = run->rows.x;
    patch_embedding_run(embedding, run->arena, run->pixels, x, run->rows.scratch);
    if (arena_is_measuring(run->arena)) return STATUS_OK;
    layer_norm_run(&vision->pre_norm, x, hidden, n, x, hidden);
    transformer_tap(&vision->encoder, "pre_layrnorm", x, n, embedding->dim);
    return STATUS_OK;
}

static void step(const void *network, NetworkRun *run, int layer) {
    transformer_layer(&((const ClipVision *)network)->encoder, layer, &run->rows);
}

static void end(const void *network, NetworkRun *run) {
    const ClipVision *vision = network;
    const size_t hidden = (size_t)vision->encoder.dim;
    float *x = run->rows.x; // from here on only its first row, the class, is used
    layer_norm_run(&vision->post_norm, x, hidden, 1, x, hidden);
    linear_run(vision->projection, x, hidden, 1, (LinearEnd){0}, run->outputs[0], (size_t)vision->dim,
               run->rows.scratch);
}

static const NetworkOutput outputs[] = {{"vector", .is_vector = true}};

const Network clip_vision = {
    .name = "clip_vision",
    .kind = NETWORK_FOR_PICTURES,
    // As OpenAI's clip.py prepares them (_transform): the means and deviations of CLIP's training pictures.
    .picture = {.framing = NETWORK_CENTRE,
                .means = {0.48145466f, 0.4578275f, 0.40821073f},
                .deviations = {0.26862954f, 0.26130258f, 0.27577711f}},
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
