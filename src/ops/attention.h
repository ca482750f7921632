// Scaled dot-product attention of several heads (Vaswani et al. 2017), without holding all scores of a head in
// memory.
#ifndef OPS_ATTENTION_H
#define OPS_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct Attention {
    int heads, head_dim;
    int n_queries, n_keys;      // tokens; n_keys may be less than the number of tokens: the rest is masked
    float scale;                // of the scores: usually 1 / sqrt(head_dim)
    bool causal;                // query i sees only keys 0 … i; n_queries must be <= n_keys
    const float *q;             // [n_queries][heads * head_dim]
    const float *k, *v;         // [n_keys][heads * head_dim]
    size_t q_stride, kv_stride; // from token to token: 3 * dim where q, k and v are parts of one row
    float *out;                 // [n_queries][heads * head_dim]; overlaps none of the others
    size_t out_stride;
} Attention;

// Prepares for up to n_keys keys of head_dim.
MUST_CHECK Status attention_plan(int n_keys, int head_dim);
// For each head: out = softmax(scale * q · kᵀ) · v.
void attention_run(const Attention *attention);

// The kernels.
Status attention_f32_simd_plan(int n_keys, int head_dim);
void attention_f32_simd_run(const Attention *attention);
Status attention_f32_ref_plan(int n_keys, int head_dim);
void attention_f32_ref_run(const Attention *attention);

#endif
