// One block: x += out(attention(qkv(norm1(x)))); x += fc2(activation(fc1(norm2(x)))).
#include "nets/clip_encoder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/attention.h"

static const float norm_epsilon = 1e-5f;

enum { NAME_SIZE = 96 };

// ---- loading

LayerNorm clip_encoder_ask_norm(WeightStore *store, const char *name, int dim) {
    char tensor[NAME_SIZE];
    const WeightShape shape = {1, {(size_t)dim}};
    LayerNorm norm = {.c = dim, .epsilon = norm_epsilon};
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    norm.gamma = weight_store_floats(store, tensor, shape);
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    norm.beta = weight_store_floats(store, tensor, shape);
    return norm;
}

static Linear *ask_linear(WeightStore *store, const char *layer, const char *name, int in_c, int out_c) {
    char full[NAME_SIZE];
    snprintf(full, sizeof full, "%s.%s", layer, name);
    return weight_store_linear(store, (const char *const[]){full}, 1, (WeightShape){2, {(size_t)out_c, (size_t)in_c}},
                               true);
}

static Linear *ask_qkv(WeightStore *store, const char *layer, int dim) {
    char q[NAME_SIZE], k[NAME_SIZE], v[NAME_SIZE];
    snprintf(q, sizeof q, "%s.self_attn.q_proj", layer);
    snprintf(k, sizeof k, "%s.self_attn.k_proj", layer);
    snprintf(v, sizeof v, "%s.self_attn.v_proj", layer);
    return weight_store_linear(store, (const char *const[]){q, k, v}, 3, (WeightShape){2, {(size_t)dim, (size_t)dim}},
                               true);
}

static void ask_config(ClipEncoder *encoder, WeightStore *store, const char *config) {
    char key[NAME_SIZE];
    const int dim = encoder->dim;
    snprintf(key, sizeof key, "%s.num_attention_heads", config);
    encoder->n_heads = weight_store_number(store, key, dim >= 64 ? dim / 64 : 1);
    if (!weight_store_status(store) && dim % encoder->n_heads) {
        weight_store_refuse(store, status_fail(STATUS_BAD_FORMAT, "Expected %s to be a divisor of %d but found %d.",
                                               key, dim, encoder->n_heads));
    }
    snprintf(key, sizeof key, "%s.hidden_act", config);
    const char *activation = weight_store_text(store, key, "quick_gelu");
    encoder->activation = strcmp(activation, "gelu") ? ACTIVATION_QUICK_GELU : ACTIVATION_GELU;
    if (!weight_store_status(store) && strcmp(activation, "gelu") && strcmp(activation, "quick_gelu")) {
        weight_store_refuse(
            store, status_fail(STATUS_UNSUPPORTED, "Expected %s to be gelu or quick_gelu but found '%.40s'.", key,
                               activation));
    }
}

static int count_layers(WeightStore *store, const char *model) {
    char name[NAME_SIZE];
    int n = 0;
    do {
        snprintf(name, sizeof name, "%s.encoder.layers.%d.layer_norm1.weight", model, n);
    } while (weight_store_has(store, name) && n++ < CLIP_ENCODER_MAX_LAYERS);
    if (n <= CLIP_ENCODER_MAX_LAYERS) return n;
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED, "Expected at most %d layers of %s but found more.",
                                           CLIP_ENCODER_MAX_LAYERS, model));
    return 0;
}

void clip_encoder_ask(ClipEncoder *encoder, WeightStore *store, const char *model, const char *config, int dim) {
    char layer[NAME_SIZE - 32], name[NAME_SIZE];
    encoder->dim = dim;
    ask_config(encoder, store, config);
    snprintf(name, sizeof name, "%s.encoder.layers.0.mlp.fc1.weight", model);
    encoder->mlp_dim = weight_store_dim(store, name, 2, 0);
    encoder->n_layers = count_layers(store, model);
    for (int i = 0; i < encoder->n_layers; i++) {
        ClipBlock *block = &encoder->blocks[i];
        snprintf(layer, sizeof layer, "%s.encoder.layers.%d", model, i);
        snprintf(name, sizeof name, "%s.layer_norm1", layer);
        block->norm1 = clip_encoder_ask_norm(store, name, dim);
        snprintf(name, sizeof name, "%s.layer_norm2", layer);
        block->norm2 = clip_encoder_ask_norm(store, name, dim);
        block->qkv = ask_qkv(store, layer, dim);
        block->out = ask_linear(store, layer, "self_attn.out_proj", dim, dim);
        block->fc1 = ask_linear(store, layer, "mlp.fc1", dim, encoder->mlp_dim);
        block->fc2 = ask_linear(store, layer, "mlp.fc2", encoder->mlp_dim, dim);
    }
}

// ---- running

int clip_encoder_n_rows(const ClipRows *rows) {
    int n = 0;
    for (int i = 0; i < rows->n_sequences; i++) n += rows->lengths[i];
    return n;
}

static float *take(const ClipRows *rows, int c) {
    return arena_take(rows->arena, (size_t)clip_encoder_n_rows(rows) * (size_t)c * sizeof(float));
}

static Status plan_linear(const Linear *linear, int n_rows, size_t *largest) {
    size_t bytes;
    Status status = linear_plan(linear, n_rows, &bytes);
    if (!status && bytes > *largest) *largest = bytes;
    return status;
}

static int longest(const ClipRows *rows) {
    int n = 0;
    for (int i = 0; i < rows->n_sequences; i++) n = rows->lengths[i] > n ? rows->lengths[i] : n;
    return n;
}

// The scratch that the largest of the linear layers wants.
static Status plan(const ClipEncoder *encoder, const Linear *const *others, int n_others, const ClipRows *rows,
                   size_t *scratch) {
    const int n_rows = clip_encoder_n_rows(rows);
    Status status = attention_plan(longest(rows), encoder->dim / encoder->n_heads);
    *scratch = 0;
    for (int i = 0; i < n_others && !status; i++) status = plan_linear(others[i], n_rows, scratch);
    for (int i = 0; i < encoder->n_layers && !status; i++) {
        const ClipBlock *block = &encoder->blocks[i];
        const Linear *const linears[] = {block->qkv, block->out, block->fc1, block->fc2};
        for (int l = 0; l < 4 && !status; l++) status = plan_linear(linears[l], n_rows, scratch);
    }
    return status;
}

Status clip_encoder_begin(const ClipEncoder *encoder, const Linear *const *others, int n_others, ClipRows *rows) {
    size_t scratch;
    Status status = plan(encoder, others, n_others, rows, &scratch);
    if (status) return status;
    rows->x = take(rows, encoder->dim);
    rows->scratch = arena_take(rows->arena, scratch);
    if (arena_is_measuring(rows->arena)) clip_encoder_layer(encoder, 0, rows);
    return STATUS_OK;
}

static void attend(const ClipEncoder *encoder, const ClipRows *rows, const float *qkv, float *out) {
    const size_t dim = (size_t)encoder->dim;
    const int head_dim = encoder->dim / encoder->n_heads;
    for (int i = 0; i < rows->n_sequences; i++) {
        const int length = rows->lengths[i];
        attention_run(&(Attention){.heads = encoder->n_heads,
                                   .head_dim = head_dim,
                                   .n_queries = length,
                                   .n_keys = length,
                                   .scale = 1 / sqrtf((float)head_dim),
                                   .causal = encoder->is_causal,
                                   .q = qkv,
                                   .k = qkv + dim,
                                   .v = qkv + 2 * dim,
                                   .q_stride = 3 * dim,
                                   .kv_stride = 3 * dim,
                                   .out = out,
                                   .out_stride = dim});
        qkv += (size_t)length * 3 * dim;
        out += (size_t)length * dim;
    }
}

void clip_encoder_layer(const ClipEncoder *encoder, int layer, const ClipRows *rows) {
    const ClipBlock *block = &encoder->blocks[layer];
    const bool runs = !arena_is_measuring(rows->arena);
    const int n = clip_encoder_n_rows(rows);
    const size_t dim = (size_t)encoder->dim, mlp_dim = (size_t)encoder->mlp_dim;
    const LinearEnd add_x = {ACTIVATION_NONE, rows->x, dim};

    float *h = take(rows, encoder->dim), *qkv = take(rows, 3 * encoder->dim);
    if (runs) {
        layer_norm_run(&block->norm1, rows->x, dim, n, h, dim);
        linear_run(block->qkv, h, dim, n, (LinearEnd){0}, qkv, 3 * dim, rows->scratch);
        attend(encoder, rows, qkv, h);
        linear_run(block->out, h, dim, n, add_x, rows->x, dim, rows->scratch);
        layer_norm_run(&block->norm2, rows->x, dim, n, h, dim);
    }
    arena_give(rows->arena, qkv);
    float *mlp = take(rows, encoder->mlp_dim);
    if (runs) {
        linear_run(block->fc1, h, dim, n, (LinearEnd){.activation = encoder->activation}, mlp, mlp_dim, rows->scratch);
        linear_run(block->fc2, mlp, mlp_dim, n, add_x, rows->x, dim, rows->scratch);
        char name[16];
        snprintf(name, sizeof name, "layers.%d", layer);
        clip_encoder_tap(encoder, name, rows->x, n, encoder->dim);
    }
    arena_give(rows->arena, mlp);
    arena_give(rows->arena, h);
}

void clip_encoder_tap(const ClipEncoder *encoder, const char *name, float *x, int h, int c) {
    if (encoder->tap.call) encoder->tap.call(encoder->tap.context, name, (Tensor){x, h, 1, c});
}
