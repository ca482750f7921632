// Where the image networks begin: a row for each square patch of the picture, and one for its place, added (Dosovitskiy
// et al. 2021). Knows nothing of what the rows are for.
#ifndef NETS_PATCH_EMBEDDING_H
#define NETS_PATCH_EMBEDDING_H

#include "core/arena.h"
#include "nets/weight_store.h"

enum { PATCH_EMBEDDING_MAX_SIDE = 2048 }; // of the picture, in pixels; the real networks have up to 448

typedef struct PatchEmbedding {
    int patch;              // side of a patch, in pixels
    int grid;               // patches along a side
    bool has_class;         // a row of its own before the patches
    int n_tokens;           // grid², and 1 for the class
    int dim;                // of a row
    const float *class_row; // [dim]
    const float *positions; // [n_tokens][dim]
    Linear *patches;        // 3 patch² -> dim, in the order channel, y, x
} PatchEmbedding;

typedef struct PatchEmbeddingNames {
    const char *patches;   // <patches>.weight [dim][3][patch][patch], a convolution whose step is its kernel
    bool has_bias;         // <patches>.bias [dim]
    const char *class_row; // [dim]; NULL: there is no class
    const char *positions; // [n_tokens][dim]
    bool is_batch;         // the positions are [1][n_tokens][dim], as timm has them
} PatchEmbeddingNames;

// Asks for the tensors. All sizes follow from them; refused are patches that make no square, pictures of more than
// PATCH_EMBEDDING_MAX_SIDE, and more than TRANSFORMER_MAX_TOKENS. The struct must stay where it is until they come.
void patch_embedding_ask(PatchEmbedding *embedding, WeightStore *store, const PatchEmbeddingNames *names);
int patch_embedding_side(const PatchEmbedding *embedding); // of the picture, in pixels

// x [n_tokens][dim] of pixels [side][side][3]; `scratch` is that of the linear layer. Takes memory from the arena and
// gives it back. On a measuring arena it does only that.
void patch_embedding_run(const PatchEmbedding *embedding, Arena *arena, const float *pixels, float *x, void *scratch);

#endif
