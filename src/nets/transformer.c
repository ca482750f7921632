// One block: x += out(attention(qkv(norm1(x)))); x += fc2(activation(fc1(norm2(x)))). With norms_last:
// x = norm1(x + out(attention(qkv(x)))); x = norm2(x + fc2(activation(fc1(x)))).
#include "nets/transformer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/attention.h"

enum { NAME_SIZE = 96 };

// ---- loading

void transformer_ask_norm(const Transformer *transformer, WeightStore *store, const char *name, int dim,
                          LayerNorm *norm) {
    char tensor[NAME_SIZE + 8];
    const WeightShape shape = {1, {(size_t)dim}};
    *norm = (LayerNorm){.c = dim, .epsilon = transformer->epsilon};
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    weight_store_floats(store, tensor, shape, &norm->gamma);
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    weight_store_floats(store, tensor, shape, &norm->beta);
}

void transformer_check_tokens(WeightStore *store, const char *name, int n_rows) {
    if (weight_store_failed(store) || n_rows <= TRANSFORMER_MAX_TOKENS) return;
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED,
                                           "Expected the tensor %s to have a row for each of at most %d places but "
                                           "found %d.",
                                           name, TRANSFORMER_MAX_TOKENS, n_rows));
}

// The names of one layer's parts.
typedef struct Layer {
    const char *layers;
    int number;
} Layer;

static const char *name_of(Layer layer, const char *part, char name[NAME_SIZE]) {
    snprintf(name, NAME_SIZE, "%s.%d.%s", layer.layers, layer.number, part);
    return name;
}

static void ask_norm(const Transformer *transformer, WeightStore *store, Layer layer, const char *part,
                     LayerNorm *norm) {
    char name[NAME_SIZE];
    transformer_ask_norm(transformer, store, name_of(layer, part, name), transformer->dim, norm);
}

static Linear *ask_linear(WeightStore *store, Layer layer, const char *part, int in_c, int out_c) {
    char name[NAME_SIZE];
    return weight_store_linear(store, (const char *const[]){name_of(layer, part, name)}, 1,
                               (WeightShape){2, {(size_t)out_c, (size_t)in_c}}, true);
}

static Linear *ask_qkv(WeightStore *store, Layer layer, const TransformerNames *names, int dim) {
    if (names->qkv) return ask_linear(store, layer, names->qkv, dim, 3 * dim);
    char q[NAME_SIZE], k[NAME_SIZE], v[NAME_SIZE];
    const char *const all[] = {name_of(layer, names->q, q), name_of(layer, names->k, k), name_of(layer, names->v, v)};
    return weight_store_linear(store, all, 3, (WeightShape){2, {(size_t)dim, (size_t)dim}}, true);
}

static void ask_config(Transformer *transformer, WeightStore *store, const char *config) {
    char key[NAME_SIZE];
    const int dim = transformer->dim;
    snprintf(key, sizeof key, "%snum_attention_heads", config);
    transformer->n_heads = weight_store_number(store, key, dim >= 64 ? dim / 64 : 1);
    if (!weight_store_failed(store) && dim % transformer->n_heads) {
        weight_store_refuse(store, status_fail(STATUS_BAD_FORMAT, "Expected %s to be a divisor of %d but found %d.",
                                               key, dim, transformer->n_heads));
    }
    snprintf(key, sizeof key, "%shidden_act", config);
    const char *activation = weight_store_text(store, key, NULL);
    if (!activation) return;
    transformer->activation = strcmp(activation, "gelu") ? ACTIVATION_QUICK_GELU : ACTIVATION_GELU;
    if (strcmp(activation, "gelu") && strcmp(activation, "quick_gelu")) {
        weight_store_refuse(
            store, status_fail(STATUS_UNSUPPORTED, "Expected %s to be gelu or quick_gelu but found '%.40s'.", key,
                               activation));
    }
}

static bool has_layer(const WeightStore *store, const TransformerNames *names, Layer layer) {
    char name[NAME_SIZE], norm[NAME_SIZE + 8], fc[NAME_SIZE + 8];
    snprintf(norm, sizeof norm, "%s.weight", name_of(layer, names->norm1, name));
    snprintf(fc, sizeof fc, "%s.weight", name_of(layer, names->fc1, name));
    return weight_store_has(store, norm) || weight_store_has(store, fc);
}

// At least 1: if there is no layer, the message then names a tensor of the first.
static int count_layers(WeightStore *store, const TransformerNames *names, const char *layers) {
    int n = 1;
    while (n <= TRANSFORMER_MAX_LAYERS && has_layer(store, names, (Layer){layers, n})) n++;
    if (n <= TRANSFORMER_MAX_LAYERS) return n;
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED, "Expected at most %d layers of %s but found more.",
                                           TRANSFORMER_MAX_LAYERS, layers));
    return 0;
}

void transformer_ask(Transformer *transformer, WeightStore *store, const TransformerNames *names, const char *layers,
                     const char *config, int dim) {
    char name[NAME_SIZE], tensor[NAME_SIZE + 8];
    transformer->dim = dim;
    ask_config(transformer, store, config);
    snprintf(tensor, sizeof tensor, "%s.weight", name_of((Layer){layers, 0}, names->fc1, name));
    transformer->mlp_dim = weight_store_dim(store, tensor, 2, 0);
    transformer->n_layers = count_layers(store, names, layers);
    for (int i = 0; i < transformer->n_layers; i++) {
        const Layer layer = {layers, i};
        TransformerBlock *block = &transformer->blocks[i];
        ask_norm(transformer, store, layer, names->norm1, &block->norm1);
        ask_norm(transformer, store, layer, names->norm2, &block->norm2);
        block->qkv = ask_qkv(store, layer, names, dim);
        block->out = ask_linear(store, layer, names->out, dim, dim);
        block->fc1 = ask_linear(store, layer, names->fc1, dim, transformer->mlp_dim);
        block->fc2 = ask_linear(store, layer, names->fc2, transformer->mlp_dim, dim);
    }
}

// ---- running

int transformer_n_rows(const TransformerRows *rows) {
    int n = 0;
    for (int i = 0; i < rows->n_sequences; i++) n += rows->lengths[i];
    return n;
}

static float *take(const TransformerRows *rows, int c) {
    return arena_take(rows->arena, tensor_bytes((Tensor){NULL, transformer_n_rows(rows), 1, c}));
}

static Status plan_linear(const Linear *linear, int n_rows, size_t *largest) {
    size_t bytes;
    Status status = linear_plan(linear, n_rows, &bytes);
    if (!status && bytes > *largest) *largest = bytes;
    return status;
}

static int longest(const TransformerRows *rows) {
    int n = 0;
    for (int i = 0; i < rows->n_sequences; i++) n = rows->lengths[i] > n ? rows->lengths[i] : n;
    return n;
}

// The scratch bytes of the linear layer that needs most.
static Status plan(const Transformer *transformer, const Linear *const *others, int n_others,
                   const TransformerRows *rows, size_t *scratch) {
    const int n_rows = transformer_n_rows(rows);
    Status status = attention_plan(longest(rows), transformer->dim / transformer->n_heads);
    *scratch = 0;
    for (int i = 0; i < n_others && !status; i++) status = plan_linear(others[i], n_rows, scratch);
    for (int i = 0; i < transformer->n_layers && !status; i++) {
        const TransformerBlock *block = &transformer->blocks[i];
        const Linear *const linears[] = {block->qkv, block->out, block->fc1, block->fc2};
        for (int l = 0; l < 4 && !status; l++) status = plan_linear(linears[l], n_rows, scratch);
    }
    return status;
}

Status transformer_begin(const Transformer *transformer, const Linear *const *others, int n_others, Arena *arena,
                         int n_sequences, const int *lengths, TransformerRows *rows) {
    size_t scratch;
    arena_reset(arena);
    *rows = (TransformerRows){.arena = arena, .n_sequences = n_sequences, .lengths = lengths};
    Status status = plan(transformer, others, n_others, rows, &scratch);
    if (status) return status;
    rows->x = take(rows, transformer->dim);
    rows->scratch = arena_take(rows->arena, scratch);
    if (arena_is_measuring(rows->arena)) transformer_layer(transformer, 0, rows);
    return STATUS_OK;
}

static void attend(const Transformer *transformer, const TransformerRows *rows, const float *qkv, float *out) {
    const size_t dim = (size_t)transformer->dim;
    const int head_dim = transformer->dim / transformer->n_heads;
    for (int i = 0; i < rows->n_sequences; i++) {
        const int length = rows->lengths[i];
        attention_run(&(Attention){.heads = transformer->n_heads,
                                   .head_dim = head_dim,
                                   .n_queries = length,
                                   .n_keys = length,
                                   .scale = 1 / sqrtf((float)head_dim),
                                   .causal = transformer->is_causal,
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

void transformer_layer(const Transformer *transformer, int layer, const TransformerRows *rows) {
    const TransformerBlock *block = &transformer->blocks[layer];
    const bool runs = !arena_is_measuring(rows->arena), norms_last = transformer->norms_last;
    const int n = transformer_n_rows(rows);
    const size_t dim = (size_t)transformer->dim, mlp_dim = (size_t)transformer->mlp_dim;
    const LinearEnd add_x = {.residual = rows->x, .residual_stride = dim},
                    activate = {.activation = transformer->activation};

    float *h = take(rows, transformer->dim), *qkv = take(rows, 3 * transformer->dim);
    float *in = norms_last ? rows->x : h; // input of the attention, and then of fc1
    if (runs) {
        if (!norms_last) layer_norm_run(&block->norm1, rows->x, dim, n, in, dim);
        linear_run(block->qkv, in, dim, n, (LinearEnd){0}, qkv, 3 * dim, rows->scratch);
        attend(transformer, rows, qkv, h);
        linear_run(block->out, h, dim, n, add_x, rows->x, dim, rows->scratch);
        layer_norm_run(norms_last ? &block->norm1 : &block->norm2, rows->x, dim, n, in, dim);
    }
    arena_give(rows->arena, qkv);
    float *mlp = take(rows, transformer->mlp_dim);
    if (runs) {
        linear_run(block->fc1, in, dim, n, activate, mlp, mlp_dim, rows->scratch);
        linear_run(block->fc2, mlp, mlp_dim, n, add_x, rows->x, dim, rows->scratch);
        if (norms_last) layer_norm_run(&block->norm2, rows->x, dim, n, rows->x, dim);
        char name[16];
        snprintf(name, sizeof name, "layers.%d", layer);
        transformer_tap(transformer, name, rows->x, n, transformer->dim);
    }
    arena_give(rows->arena, mlp);
    arena_give(rows->arena, h);
}

void transformer_tap(const Transformer *transformer, const char *name, float *x, int h, int c) {
    if (transformer->tap.call) transformer->tap.call(transformer->tap.context, name, (Tensor){x, h, 1, c});
}
