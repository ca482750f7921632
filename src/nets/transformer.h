// A stack of transformer blocks (Vaswani et al. 2017): most of CLIP's image and text networks, of DistilBERT and of the
// tagger. The fields of the struct say how they differ. It knows neither pictures nor words.
#ifndef NETS_TRANSFORMER_H
#define NETS_TRANSFORMER_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"
#include "ops/layer_norm.h"

// Tokens of a sequence: a class token and 128 x 128 patches. The published networks have up to 577.
enum { TRANSFORMER_MAX_LAYERS = 64, TRANSFORMER_MAX_TOKENS = 1 + 128 * 128 };

typedef struct TransformerBlock {
    LayerNorm norm1, norm2; // [dim]
    Linear *qkv;            // dim -> 3 dim
    Linear *out;            // dim -> dim
    Linear *fc1;            // dim -> mlp_dim
    Linear *fc2;            // mlp_dim -> dim
} TransformerBlock;

typedef struct Transformer {
    bool is_causal;
    bool norms_last; // a block normalises the sum of x and its output (BERT), not its input (CLIP)
    Activation activation;
    float epsilon; // of the normalisations
    int dim, n_heads, mlp_dim, n_layers;
    TransformerBlock blocks[TRANSFORMER_MAX_LAYERS];
    TensorTap tap;
} Transformer;

// The names of the parts: the tensors of layer N are "<layers>.N.<part>.weight" and ".bias".
typedef struct TransformerNames {
    const char *norm1, *q, *k, *v, *out, *norm2, *fc1, *fc2;
    const char *qkv; // one tensor [3 dim][dim] instead of q, k and v; NULL: three tensors
} TransformerNames;

// Sequences that run through the network together. Their rows lie one after the other in x.
typedef struct TransformerRows {
    Arena *arena;
    int n_sequences;
    const int *lengths; // [n_sequences], tokens of each
    float *x;           // [sum of lengths][dim], in the arena
    void *scratch;      // of the linear layers, in the arena
} TransformerRows;

// Asks for the tensors of all layers. The caller has set the first four fields. The metadata may have
// <config>num_attention_heads (default: heads of 64 values) and <config>hidden_act (default: `activation`).
void transformer_ask(Transformer *transformer, WeightStore *store, const TransformerNames *names, const char *layers,
                     const char *config, int dim);
// Refuses a table of positions, the tensor `name`, with more than TRANSFORMER_MAX_TOKENS rows.
void transformer_check_tokens(WeightStore *store, const char *name, int n_rows);
// Asks for <name>.weight and <name>.bias of a layer normalisation. `norm` must not move until they have come.
void transformer_ask_norm(const Transformer *transformer, WeightStore *store, const char *name, int dim,
                          LayerNorm *norm);

// Resets the arena, and takes x and scratch memory for the linear layers of the blocks and `others`. `lengths` must
// stay valid. A measuring arena also measures one layer, and thus all layers. STATUS_NO_MEMORY, but not if sequences of
// these lengths were measured before.
MUST_CHECK Status transformer_begin(const Transformer *transformer, const Linear *const *others, int n_others,
                                    Arena *arena, int n_sequences, const int *lengths, TransformerRows *rows);
// Runs one layer over x.
void transformer_layer(const Transformer *transformer, int layer, const TransformerRows *rows);
int transformer_n_rows(const TransformerRows *rows); // the sum of the lengths
// Calls the tap, if there is one, with x [h][c].
void transformer_tap(const Transformer *transformer, const char *name, float *x, int h, int c);

#endif
