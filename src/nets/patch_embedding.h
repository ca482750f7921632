// The first layer of vision transformers: a row for each square patch of the picture, plus a row for the patch's
// position (Dosovitskiy et al. 2021).
#ifndef NETS_PATCH_EMBEDDING_H
#define NETS_PATCH_EMBEDDING_H

#include "core/arena.h"
#include "nets/weight_store.h"

enum { PATCH_EMBEDDING_MAX_SIDE = 2048 }; // of the picture, in pixels; the real networks have up to 448

typedef struct PatchEmbedding {
    int patch;              // side of a patch, in pixels
    int grid;               // patches along a side
    bool has_class;         // a class token comes before the patches
    int n_tokens;           // grid², and 1 for the class
    int dim;                // of a row
    const float *class_row; // [dim]
    const float *positions; // [n_tokens][dim]
    Linear *patches;        // 3 patch² -> dim, in the order channel, y, x
} PatchEmbedding;

typedef struct PatchEmbeddingNames {
    const char *patches;   // <patches>.weight [dim][3][patch][patch], a convolution whose stride is its kernel's side
    bool has_bias;         // <patches>.bias [dim]
    const char *class_row; // [dim]; NULL: there is no class
    const char *positions; // [n_tokens][dim]
    bool is_batch;         // the positions are [1][n_tokens][dim], as timm has them
} PatchEmbeddingNames;

// Asks for the tensors. All sizes follow from them. Refuses patches that do not form a square, a side of more than
// PATCH_EMBEDDING_MAX_SIDE, and more than TRANSFORMER_MAX_TOKENS tokens. The struct must not move until the tensors
// have come.
void patch_embedding_ask(PatchEmbedding *embedding, WeightStore *store, const PatchEmbeddingNames *names);
int patch_embedding_side(const PatchEmbedding *embedding); // of the picture, in pixels

// pixels [side][side][3] -> x [n_tokens][dim]. `scratch` is for the linear layer. Takes memory from the arena and gives
// it back; on a measuring arena it does nothing else.
void patch_embedding_run(const PatchEmbedding *embedding, Arena *arena, const float *pixels, float *x, void *scratch);

#endif
