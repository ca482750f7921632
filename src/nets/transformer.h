// A stack of transformer blocks (Vaswani et al. 2017), which is most of CLIP's image and text networks, of
// DistilBERT and of the tagger: what differs between them is written in the struct. Knows neither pictures nor words.
#ifndef NETS_TRANSFORMER_H
#define NETS_TRANSFORMER_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"
#include "ops/layer_norm.h"

// Tokens of a sequence: a class and 128 x 128 patches; the real networks have up to 577.
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
    bool norms_last; // a block normalises what it has added to x (BERT), not what it takes from x (CLIP)
    Activation activation;
    float epsilon; // of the normalisations
    int dim, n_heads, mlp_dim, n_layers;
    TransformerBlock blocks[TRANSFORMER_MAX_LAYERS];
    TensorTap tap;
} Transformer;

// What the tensors of layer N are called: "<layers>.N.<part>.weight" and ".bias".
typedef struct TransformerNames {
    const char *norm1, *q, *k, *v, *out, *norm2, *fc1, *fc2;
    const char *qkv; // one tensor [3 dim][dim] in place of q, k and v; NULL: these three
} TransformerNames;

// Sequences that go through the network at once, one after the other in the rows of x.
typedef struct TransformerRows {
    Arena *arena;
    int n_sequences;
    const int *lengths; // [n_sequences], tokens of each
    float *x;           // [sum of lengths][dim], in the arena
    void *scratch;      // of the linear layers, in the arena
} TransformerRows;

// Asks for the tensors of all layers. The metadata may give <config>num_attention_heads (otherwise a head for each 64
// of dim) and <config>hidden_act (otherwise the activation that is there already). The first four fields are the
// caller's.
void transformer_ask(Transformer *transformer, WeightStore *store, const TransformerNames *names, const char *layers,
                     const char *config, int dim);
// Refuses a table of positions, the tensor `name`, that has more than TRANSFORMER_MAX_TOKENS rows.
void transformer_check_tokens(WeightStore *store, const char *name, int n_rows);
// Asks for <name>.weight and <name>.bias of a layer normalisation, which must stay where it is until they come.
void transformer_ask_norm(const Transformer *transformer, WeightStore *store, const char *name, int dim,
                          LayerNorm *norm);

// Resets the arena; takes x there, and the scratch of the linear layers, those of the blocks and `others`, for
// sequences of these lengths, which stay the caller's. A measuring arena's peak is then the memory that the whole run
// needs; only there can it fail.
MUST_CHECK Status transformer_begin(const Transformer *transformer, const Linear *const *others, int n_others,
                                    Arena *arena, int n_sequences, const int *lengths, TransformerRows *rows);
// x through one layer.
void transformer_layer(const Transformer *transformer, int layer, const TransformerRows *rows);
int transformer_n_rows(const TransformerRows *rows);
void transformer_tap(const Transformer *transformer, const char *name, float *x, int h, int c);

#endif
