// The image network of CLIP: patches -> [class, patches] + positions -> norm -> blocks -> norm of the class row ->
// projection.
#include "nets/clip_vision.h"

#include <stdlib.h>
#include <string.h>

#include "nets/clip_half.h"

struct ClipVision {
    WeightStore *store;            // what all below points into
    int patch;                     // side of a patch, in pixels
    int grid;                      // patches along a side
    int dim;                       // of the vector
    const float *class_embedding;  // [hidden]
    const float *positions;        // [1 + grid²][hidden]
    const float *logit_scale;      // NULL: not in the file
    Linear *patches;               // 3 patch² -> hidden, in the order channel, y, x
    Linear *projection;            // hidden -> dim
    LayerNorm pre_norm, post_norm; // [hidden]
    Transformer encoder;           // hidden, mlp
};

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
    transformer_check_tokens(store, positions, n_positions);
    if (weight_store_failed(store)) return;
    const int64_t side = (int64_t)patch * vision->grid;
    if (vision->grid < 1 || vision->grid * vision->grid != n_positions - 1) {
        weight_store_refuse(
            store,
            status_fail(STATUS_BAD_FORMAT,
                        "Expected %s to have a row for the class and one for each patch of a square but found %d.",
                        positions, n_positions));
    } else if (side > CLIP_VISION_MAX_SIDE) {
        weight_store_refuse(
            store, status_fail(STATUS_UNSUPPORTED,
                               "Expected a network for pictures of at most %d x %d pixels but found "
                               "%d x %d patches of %d x %d pixels each.",
                               CLIP_VISION_MAX_SIDE, CLIP_VISION_MAX_SIDE, vision->grid, vision->grid, patch, patch));
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

Status clip_vision_create(bool use_ref, TensorSink *sink, ClipVision **out) {
    ClipVision *vision = calloc(1, sizeof *vision);
    if (!vision) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    Status status = weight_store_create((WeightStoreOptions){.use_ref = use_ref}, ask, vision, sink, &vision->store);
    if (status)
        free(vision);
    else
        *out = vision;
    return status;
}

void clip_vision_free(ClipVision *vision) {
    if (!vision) return;
    weight_store_free(vision->store);
    free(vision);
}

int clip_vision_side(const ClipVision *vision) { return vision->patch * vision->grid; }
int clip_vision_dim(const ClipVision *vision) { return vision->dim; }
int clip_vision_n_layers(const ClipVision *vision) { return vision->encoder.n_layers; }
float clip_vision_logit_scale(const ClipVision *vision) { return vision->logit_scale ? *vision->logit_scale : 0; }
void clip_vision_set_tap(ClipVision *vision, TransformerTap tap) { vision->encoder.tap = tap; }

// ---- running

static int n_patches(const ClipVision *vision) { return vision->grid * vision->grid; }

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

Status clip_vision_begin(const ClipVision *vision, Arena *arena, const float *pixels, ClipVisionRun *run) {
    const int hidden = vision->encoder.dim;
    const size_t values = patch_values(vision), stride = (size_t)hidden;
    arena_reset(arena);
    run->length = 1 + n_patches(vision);
    run->rows = (TransformerRows){.arena = arena, .n_sequences = 1, .lengths = &run->length};
    Status status = transformer_begin(&vision->encoder, (const Linear *const[]){vision->patches, vision->projection}, 2,
                                      &run->rows);
    if (status) return status;
    float *x = run->rows.x;
    float *columns = arena_take(arena, checked_mul_or_max((size_t)n_patches(vision), values * sizeof(float)));
    if (!arena_is_measuring(arena)) {
        const LinearEnd add_positions = {.residual = vision->positions + stride, .residual_stride = stride};
        gather_patches(vision, pixels, columns);
        linear_run(vision->patches, columns, values, n_patches(vision), add_positions, x + stride, stride,
                   run->rows.scratch);
        for (int c = 0; c < hidden; c++) x[c] = vision->class_embedding[c] + vision->positions[c];
        layer_norm_run(&vision->pre_norm, x, stride, run->length, x, stride);
        transformer_tap(&vision->encoder, "pre_layrnorm", x, run->length, hidden);
    }
    arena_give(arena, columns);
    return STATUS_OK;
}

Status clip_vision_plan(const ClipVision *vision, size_t *scratch_bytes) {
    Arena arena = arena_measure();
    ClipVisionRun run;
    Status status = clip_vision_begin(vision, &arena, NULL, &run);
    return status ? status : arena_measured(&arena, "a picture in this network", scratch_bytes);
}

void clip_vision_layer(const ClipVision *vision, ClipVisionRun *run, int layer) {
    transformer_layer(&vision->encoder, layer, &run->rows);
}

void clip_vision_end(const ClipVision *vision, ClipVisionRun *run, float *vector) {
    const size_t hidden = (size_t)vision->encoder.dim;
    float *x = run->rows.x; // of which only the class row matters any more
    layer_norm_run(&vision->post_norm, x, hidden, 1, x, hidden);
    linear_run(vision->projection, x, hidden, 1, (LinearEnd){0}, vector, (size_t)vision->dim, run->rows.scratch);
}
