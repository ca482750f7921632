// What CLIP's image and text networks have in common: a stack of pre-norm transformer blocks (OpenAI CLIP,
// clip/model.py, ResidualAttentionBlock; Hugging Face's CLIPEncoder, whose names the tensors have). Knows neither
// pictures nor words.
#ifndef NETS_CLIP_ENCODER_H
#define NETS_CLIP_ENCODER_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"
#include "ops/layer_norm.h"

enum { CLIP_ENCODER_MAX_LAYERS = 64 };

typedef struct ClipBlock {
    LayerNorm norm1, norm2; // [dim]
    Linear *qkv;            // dim -> 3 dim
    Linear *out;            // dim -> dim
    Linear *fc1;            // dim -> mlp_dim
    Linear *fc2;            // mlp_dim -> dim
} ClipBlock;

// For tests: what is called with every layer's output, under its name in the original's state dict.
typedef struct ClipTap {
    void (*call)(void *context, const char *name, Tensor t);
    void *context;
} ClipTap;

typedef struct ClipEncoder {
    int dim, n_heads, mlp_dim, n_layers;
    bool is_causal;
    Activation activation;
    ClipBlock blocks[CLIP_ENCODER_MAX_LAYERS];
    ClipTap tap;
} ClipEncoder;

// Sequences that go through the network at once, one after the other in the rows of x.
typedef struct ClipRows {
    Arena *arena;
    int n_sequences;
    const int *lengths; // [n_sequences], tokens of each
    float *x;           // [sum of lengths][dim], in the arena
    void *scratch;      // of the linear layers, in the arena
} ClipRows;

// Asks for the tensors of `<model>.encoder.layers.N`, with <config>.num_attention_heads (otherwise a head for each 64
// of dim) and <config>.hidden_act (otherwise quick_gelu) from the metadata.
void clip_encoder_ask(ClipEncoder *encoder, WeightStore *store, const char *model, const char *config, int dim);
// Asks for <name>.weight and <name>.bias of a layer normalisation, with CLIP's epsilon.
LayerNorm clip_encoder_ask_norm(WeightStore *store, const char *name, int dim);

// Takes x and the scratch of the linear layers, those of the encoder and `others`, for sequences of rows->lengths in
// rows->arena. A measuring arena's peak is then the memory that the whole run needs; only there can it fail.
MUST_CHECK Status clip_encoder_begin(const ClipEncoder *encoder, const Linear *const *others, int n_others,
                                     ClipRows *rows);
// x through one layer.
void clip_encoder_layer(const ClipEncoder *encoder, int layer, const ClipRows *rows);
int clip_encoder_n_rows(const ClipRows *rows);
void clip_encoder_tap(const ClipEncoder *encoder, const char *name, float *x, int h, int c);

#endif
