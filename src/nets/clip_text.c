// The text network of CLIP: tokens + positions -> causal blocks -> norm of each text's last row -> projection.
#include "nets/clip_text.h"

#include <stdlib.h>
#include <string.h>

#include "core/half.h"

struct ClipText {
    WeightStore *store; // what all below points into
    int vocabulary, max_tokens;
    int dim;            // of the vector
    const void *tokens; // [vocabulary][hidden], of dtype tokens_dtype
    Dtype tokens_dtype;
    const float *positions;   // [max_tokens][hidden]
    const float *logit_scale; // NULL: not in the file
    Linear *projection;       // hidden -> dim
    LayerNorm final_norm;     // [hidden]
    ClipEncoder encoder;      // hidden, mlp
};

// ---- loading

static Status ask(void *context, const Safetensors *file) {
    ClipText *text = context;
    WeightStore *store = text->store;
    weight_store_begin(store, file);
    const char *tokens = "text_model.embeddings.token_embedding.weight",
               *positions = "text_model.embeddings.position_embedding.weight";
    const int hidden = weight_store_dim(store, tokens, 2, 1);
    const size_t h = (size_t)hidden;
    text->vocabulary = weight_store_dim(store, tokens, 2, 0);
    text->max_tokens = weight_store_dim(store, positions, 2, 0);
    text->dim = weight_store_dim(store, "text_projection.weight", 2, 0);
    text->tokens =
        weight_store_raw(store, tokens, (WeightShape){2, {(size_t)text->vocabulary, h}}, &text->tokens_dtype);
    text->positions = weight_store_floats(store, positions, (WeightShape){2, {(size_t)text->max_tokens, h}});
    text->encoder.is_causal = true;
    clip_encoder_ask(&text->encoder, store, "text_model", "text_config", hidden);
    text->final_norm = clip_encoder_ask_norm(store, "text_model.final_layer_norm", hidden);
    text->projection = weight_store_linear(store, (const char *const[]){"text_projection"}, 1,
                                           (WeightShape){2, {(size_t)text->dim, h}}, false);
    if (weight_store_has(store, "logit_scale"))
        text->logit_scale = weight_store_floats(store, "logit_scale", (WeightShape){0, {0}});
    return weight_store_status(store);
}

static Status place(void *context, const TensorSpec *spec, void **destination) {
    return weight_store_place(((ClipText *)context)->store, spec, destination);
}

static Status placed(void *context, const TensorSpec *spec) {
    return weight_store_placed(((ClipText *)context)->store, spec);
}

static Status finish(void *context) { return weight_store_finish(((ClipText *)context)->store); }

Status clip_text_create(bool use_ref, TensorSink *sink, ClipText **out) {
    ClipText *text = calloc(1, sizeof *text);
    if (!text) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    // A text's vector suffers more than a picture's from inputs of eight bits, and takes far less work.
    Status status = weight_store_create((WeightStoreOptions){use_ref, .fine_inputs = true}, &text->store);
    if (status) {
        free(text);
        return status;
    }
    *sink = (TensorSink){text, ask, place, placed, finish};
    *out = text;
    return STATUS_OK;
}

void clip_text_free(ClipText *text) {
    if (!text) return;
    weight_store_free(text->store);
    free(text);
}

int clip_text_vocabulary(const ClipText *text) { return text->vocabulary; }
int clip_text_max_tokens(const ClipText *text) { return text->max_tokens; }
int clip_text_dim(const ClipText *text) { return text->dim; }
int clip_text_n_layers(const ClipText *text) { return text->encoder.n_layers; }
float clip_text_logit_scale(const ClipText *text) { return text->logit_scale ? *text->logit_scale : 0; }
void clip_text_set_tap(ClipText *text, ClipTap tap) { text->encoder.tap = tap; }

// ---- running

static float stored(const void *values, Dtype dtype, size_t i) {
    if (dtype == DTYPE_F32) return ((const float *)values)[i];
    const uint16_t half = ((const uint16_t *)values)[i];
    return dtype == DTYPE_F16 ? half_to_float(half) : bfloat_to_float(half);
}

// x [length][hidden]
static void embed(const ClipText *text, const int32_t *ids, int length, float *x) {
    const size_t hidden = (size_t)text->encoder.dim;
    for (size_t i = 0; i < (size_t)length; i++) {
        for (size_t c = 0; c < hidden; c++) {
            *x++ =
                stored(text->tokens, text->tokens_dtype, (size_t)ids[i] * hidden + c) + text->positions[i * hidden + c];
        }
    }
}

Status clip_text_begin(const ClipText *text, Arena *arena, const int32_t *ids, int n_texts, const int *lengths,
                       ClipTextRun *run) {
    const size_t hidden = (size_t)text->encoder.dim;
    arena_reset(arena);
    run->rows = (ClipRows){.arena = arena, .n_sequences = n_texts, .lengths = lengths};
    Status status = clip_encoder_begin(&text->encoder, (const Linear *const[]){text->projection}, 1, &run->rows);
    if (status || arena_is_measuring(arena)) return status;
    float *x = run->rows.x;
    for (int i = 0; i < n_texts; i++) {
        embed(text, ids, lengths[i], x);
        ids += lengths[i];
        x += (size_t)lengths[i] * hidden;
    }
    clip_encoder_tap(&text->encoder, "embeddings", run->rows.x, clip_encoder_n_rows(&run->rows), text->encoder.dim);
    return STATUS_OK;
}

Status clip_text_plan(const ClipText *text, int n_texts, const int *lengths, size_t *scratch_bytes) {
    Arena arena = arena_measure();
    ClipTextRun run;
    Status status = clip_text_begin(text, &arena, NULL, n_texts, lengths, &run);
    *scratch_bytes = arena.peak;
    return status;
}

void clip_text_layer(const ClipText *text, ClipTextRun *run, int layer) {
    clip_encoder_layer(&text->encoder, layer, &run->rows);
}

void clip_text_end(const ClipText *text, ClipTextRun *run, float *vectors) {
    const size_t hidden = (size_t)text->encoder.dim;
    const ClipRows *rows = &run->rows;
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
