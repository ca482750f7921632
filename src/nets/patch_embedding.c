// Gathers each patch into a row; one linear layer then runs over all rows.
#include "nets/patch_embedding.h"

#include <stdint.h>
#include <stdio.h>

#include "core/checked.h"
#include "nets/transformer.h"

enum { NAME_SIZE = 96 };

// ---- loading

static int square_root(int n) {
    int root = 0;
    while ((root + 1) * (root + 1) <= n) root++;
    return root;
}

// Finds the patches along a side from their number, and checks the picture's side.
static void find_side(PatchEmbedding *embedding, WeightStore *store, const char *positions) {
    const int n_patches = embedding->n_tokens - embedding->has_class, patch = embedding->patch;
    embedding->grid = square_root(n_patches);
    transformer_check_tokens(store, positions, embedding->n_tokens);
    if (weight_store_failed(store)) return;
    const int grid = embedding->grid;
    if (grid < 1 || grid * grid != n_patches) {
        weight_store_refuse(
            store,
            status_fail(STATUS_BAD_FORMAT, "Expected %s to have a row for %seach patch of a square but found %d.",
                        positions, embedding->has_class ? "the class and one for " : "", embedding->n_tokens));
    } else if ((int64_t)patch * grid > PATCH_EMBEDDING_MAX_SIDE) {
        weight_store_refuse(store,
                            status_fail(STATUS_UNSUPPORTED,
                                        "Expected a network for pictures of at most %d x %d pixels but found "
                                        "%d x %d patches of %d x %d pixels each.",
                                        PATCH_EMBEDDING_MAX_SIDE, PATCH_EMBEDDING_MAX_SIDE, grid, grid, patch, patch));
    }
}

void patch_embedding_ask(PatchEmbedding *embedding, WeightStore *store, const PatchEmbeddingNames *names) {
    char weights[NAME_SIZE];
    const int n_dims = names->is_batch ? 3 : 2;
    snprintf(weights, sizeof weights, "%s.weight", names->patches);
    embedding->has_class = names->class_row != NULL;
    embedding->dim =
        embedding->has_class ? weight_store_dim(store, names->class_row, 1, 0) : weight_store_dim(store, weights, 4, 0);
    embedding->n_tokens = weight_store_dim(store, names->positions, n_dims, n_dims - 2);
    embedding->patch = weight_store_dim(store, weights, 4, 3);
    find_side(embedding, store, names->positions);
    const size_t dim = (size_t)embedding->dim, n = (size_t)embedding->n_tokens, patch = (size_t)embedding->patch;
    if (embedding->has_class)
        weight_store_floats(store, names->class_row, (WeightShape){1, {dim}}, &embedding->class_row);
    const WeightShape positions = names->is_batch ? (WeightShape){3, {1, n, dim}} : (WeightShape){2, {n, dim}};
    weight_store_floats(store, names->positions, positions, &embedding->positions);
    embedding->patches = weight_store_linear(store, (const char *const[]){names->patches}, 1,
                                             (WeightShape){4, {dim, 3, patch, patch}}, names->has_bias);
}

int patch_embedding_side(const PatchEmbedding *embedding) { return embedding->patch * embedding->grid; }

// ---- running

// pixels [side][side][3] -> columns [grid²][3][patch][patch]
static void gather(const PatchEmbedding *embedding, const float *pixels, float *columns) {
    const size_t patch = (size_t)embedding->patch, grid = (size_t)embedding->grid, row = grid * patch * 3;
    for (size_t p = 0; p < grid * grid; p++) {
        const float *corner = pixels + p / grid * patch * row + p % grid * patch * 3;
        for (size_t c = 0; c < 3; c++) {
            for (size_t y = 0; y < patch; y++) {
                for (size_t x = 0; x < patch; x++) *columns++ = corner[y * row + x * 3 + c];
            }
        }
    }
}

void patch_embedding_run(const PatchEmbedding *embedding, Arena *arena, const float *pixels, float *x, void *scratch) {
    const size_t dim = (size_t)embedding->dim, values = 3 * (size_t)embedding->patch * (size_t)embedding->patch;
    const size_t first = embedding->has_class ? dim : 0; // where the patches' rows begin
    const int n_patches = embedding->grid * embedding->grid;
    float *columns = arena_take(arena, checked_mul_or_max((size_t)n_patches, values * sizeof(float)));
    if (!arena_is_measuring(arena)) {
        const LinearEnd add_positions = {.residual = embedding->positions + first, .residual_stride = dim};
        gather(embedding, pixels, columns);
        linear_run(embedding->patches, columns, values, n_patches, add_positions, x + first, dim, scratch);
        for (size_t c = 0; c < first; c++) x[c] = embedding->class_row[c] + embedding->positions[c];
    }
    arena_give(arena, columns);
}
