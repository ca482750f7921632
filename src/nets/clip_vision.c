// The image network of CLIP: patches -> [class, patches] + positions -> norm -> blocks -> norm of the class row ->
// projection.
#include "nets/clip_vision.h"

#include "nets/clip_half.h"

enum { MAX_SIDE = 2048 }; // of the picture, in pixels; the real networks have up to 336

typedef struct ClipVision {
    WeightStore *store;            // what all below points into
    int patch;                     // side of a patch, in pixels
    int grid;                      // patches along a side
    int n_tokens;                  // 1 + grid²: the class, then the patches
    int dim;                       // of the vector
    const float *class_embedding;  // [hidden]
    const float *positions;        // [1 + grid²][hidden]
    const float *logit_scale;      // NULL: not in the file
    Linear *patches;               // 3 patch² -> hidden, in the order channel, y, x
    Linear *projection;            // hidden -> dim
    LayerNorm pre_norm, post_norm; // [hidden]
    Transformer encoder;           // hidden, mlp
} ClipVision;

// ---- loading

static int square_root(int n) {
    int root = 0;
    while ((root + 1) * (root + 1) <= n) root++;
    return root;
}

static const char positions[] = "vision_model.embeddings.position_embedding.weight";

// The side of the picture, from the patches' side and their number.
static void ask_side(ClipVision *vision, WeightStore *store, int patch, int n_positions) {
    vision->patch = patch;
    vision->grid = square_root(n_positions - 1);
    vision->n_tokens = n_positions;
    transformer_check_tokens(store, positions, n_positions);
    if (weight_store_failed(store)) return;
    const int64_t side = (int64_t)patch * vision->grid;
    if (vision->grid < 1 || vision->grid * vision->grid != n_positions - 1) {
        weight_store_refuse(
            store,
            status_fail(STATUS_BAD_FORMAT,
                        "Expected %s to have a row for the class and one for each patch of a square but found %d.",
                        positions, n_positions));
    } else if (side > MAX_SIDE) {
        weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED,
                                               "Expected a network for pictures of at most %d x %d pixels but found "
                                               "%d x %d patches of %d x %d pixels each.",
                                               MAX_SIDE, MAX_SIDE, vision->grid, vision->grid, patch, patch));
    }
}

static void ask(void *network, WeightStore *store) {
    ClipVision *vision = network;
    const int hidden = weight_store_dim(store, "vision_model.embeddings.class_embedding", 1, 0);
    const int n_positions = weight_store_dim(store, positions, 2, 0);
    const size_t h = (size_t)hidden,
                 patch = (size_t)weight_store_dim(store, "vision_model.embeddings.patch_embedding.weight", 4, 3);
    ask_side(vision, store, (int)patch, n_positions);
    vision->dim = weight_store_dim(store, "visual_projection.weight", 2, 0);
    weight_store_floats(store, "vision_model.embeddings.class_embedding", (WeightShape){1, {h}},
                        &vision->class_embedding);
    weight_store_floats(store, positions, (WeightShape){2, {(size_t)n_positions, h}}, &vision->positions);
    vision->patches = weight_store_linear(store, (const char *const[]){"vision_model.embeddings.patch_embedding"}, 1,
                                          (WeightShape){4, {h, 3, patch, patch}}, false);
    clip_half_ask_blocks(&vision->encoder, store, "vision", hidden);
    transformer_ask_norm(&vision->encoder, store, "vision_model.pre_layrnorm", hidden, &vision->pre_norm); // sic
    transformer_ask_norm(&vision->encoder, store, "vision_model.post_layernorm", hidden, &vision->post_norm);
    vision->projection = weight_store_linear(store, (const char *const[]){"visual_projection"}, 1,
                                             (WeightShape){2, {(size_t)vision->dim, h}}, false);
    clip_half_ask_logit_scale(store, &vision->logit_scale);
}

static Status create(TensorSink *sink, void **out) {
    return network_create(sizeof(ClipVision), (WeightStoreOptions){0}, ask, sink, out);
}

static NetworkSizes sizes(const void *network) {
    const ClipVision *vision = network;
    return (NetworkSizes){.side = vision->patch * vision->grid,
                          .logit_scale = vision->logit_scale ? *vision->logit_scale : 0};
}

static int output_dim(const void *network, int output) {
    (void)output;
    return ((const ClipVision *)network)->dim;
}

static void set_tap(void *network, TensorTap tap) { ((ClipVision *)network)->encoder.tap = tap; }

// ---- running

static size_t patch_values(const ClipVision *vision) { return 3 * (size_t)vision->patch * (size_t)vision->patch; }

// pixels [side][side][3] -> columns [grid²][3][patch][patch]
static void gather_patches(const ClipVision *vision, const float *pixels, float *columns) {
    const size_t patch = (size_t)vision->patch, grid = (size_t)vision->grid, row = grid * patch * 3;
    for (size_t p = 0; p < grid * grid; p++) {
        const float *corner = pixels + p / grid * patch * row + p % grid * patch * 3;
        for (size_t c = 0; c < 3; c++) {
            for (size_t y = 0; y < patch; y++) {
                for (size_t x = 0; x < patch; x++) *columns++ = corner[y * row + x * 3 + c];
            }
        }
    }
}

static int n_steps(const void *network, const NetworkRun *run) {
    (void)run;
    return ((const ClipVision *)network)->encoder.n_layers;
}

static Status begin(const void *network, NetworkRun *run) {
    const ClipVision *vision = network;
    const int hidden = vision->encoder.dim, n_patches = vision->n_tokens - 1;
    const size_t values = patch_values(vision), stride = (size_t)hidden;
    Status status = transformer_begin(&vision->encoder, (const Linear *const[]){vision->patches, vision->projection}, 2,
                                      run->arena, 1, &vision->n_tokens, &run->rows);
    if (status) return status;
    float *x = run->rows.x;
    float *columns = arena_take(run->arena, checked_mul_or_max((size_t)n_patches, values * sizeof(float)));
    if (!arena_is_measuring(run->arena)) {
        const LinearEnd add_positions = {.residual = vision->positions + stride, .residual_stride = stride};
        gather_patches(vision, run->pixels, columns);
        linear_run(vision->patches, columns, values, n_patches, add_positions, x + stride, stride, run->rows.scratch);
        for (int c = 0; c < hidden; c++) x[c] = vision->class_embedding[c] + vision->positions[c];
        layer_norm_run(&vision->pre_norm, x, stride, vision->n_tokens, x, stride);
        transformer_tap(&vision->encoder, "pre_layrnorm", x, vision->n_tokens, hidden);
    }
    arena_give(run->arena, columns);
    return STATUS_OK;
}

static void step(const void *network, NetworkRun *run, int layer) {
    transformer_layer(&((const ClipVision *)network)->encoder, layer, &run->rows);
}

static void end(const void *network, NetworkRun *run) {
    const ClipVision *vision = network;
    const size_t hidden = (size_t)vision->encoder.dim;
    float *x = run->rows.x; // of which only the class row matters any more
    layer_norm_run(&vision->post_norm, x, hidden, 1, x, hidden);
    linear_run(vision->projection, x, hidden, 1, (LinearEnd){0}, run->outputs[0], (size_t)vision->dim,
               run->rows.scratch);
}

static const NetworkOutput outputs[] = {{"vector", .is_vector = true}};

const Network clip_vision = {
    .name = "clip_vision",
    .kind = NETWORK_FOR_PICTURES,
    // As OpenAI's clip.py prepares them (_transform): the means and deviations of CLIP's training pictures.
    .picture = {NETWORK_CENTRE, {0.48145466f, 0.4578275f, 0.40821073f}, {0.26862954f, 0.26130258f, 0.27577711f}},
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
