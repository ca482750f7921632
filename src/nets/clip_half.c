// The tensors' names, and OpenAI's settings, which the file's metadata may override.
#include "nets/clip_half.h"

#include <stdio.h>

static const TransformerNames names = {
    .norm1 = "layer_norm1",
    .q = "self_attn.q_proj",
    .k = "self_attn.k_proj",
    .v = "self_attn.v_proj",
    .out = "self_attn.out_proj",
    .norm2 = "layer_norm2",
    .fc1 = "mlp.fc1",
    .fc2 = "mlp.fc2",
};

void clip_half_ask_blocks(Transformer *transformer, WeightStore *store, const char *half, int dim) {
    char layers[48], config[32];
    snprintf(layers, sizeof layers, "%s_model.encoder.layers", half);
    snprintf(config, sizeof config, "%s_config.", half);
    transformer->activation = ACTIVATION_QUICK_GELU;
    transformer->epsilon = 1e-5f;
    transformer_ask(transformer, store, &names, layers, config, dim);
}

void clip_half_ask_logit_scale(WeightStore *store, const float **to) {
    if (weight_store_has(store, "logit_scale")) weight_store_floats(store, "logit_scale", (WeightShape){0, {0}}, to);
}
