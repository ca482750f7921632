// Attention; each thread computes one head at a time. It packs the head's keys and values once, and then multiplies
// blocks of queries whose scores stay in the cache.
#include "ops/attention.h"

#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"
#include "ops/math_f32.h"
#include "ops/gemm_f32_simd.h"

enum { QUERIES = 48 }; // of a block: whole blocks of 4 and of 6

// A thread's scratch, one part after the other.
typedef struct Scratch {
    float *keys;   // [padded n_keys / GEMM_COLS][head_dim][GEMM_COLS]
    float *values; // [padded head_dim / GEMM_COLS][n_keys][GEMM_COLS]
    float *scores; // [QUERIES][padded n_keys]
    float *zeros;  // the bias of both products: [the longer of the two]
} Scratch;

static size_t padded(int n) { return (size_t)gemm_f32_simd_padded(n); }

static size_t longer(int n_keys, int head_dim) { return padded(n_keys > head_dim ? n_keys : head_dim); }

static Scratch scratch_of(const Attention *a, float *memory) {
    Scratch s;
    s.keys = memory;
    s.values = s.keys + padded(a->n_keys) * (size_t)a->head_dim;
    s.scores = s.values + padded(a->head_dim) * (size_t)a->n_keys;
    s.zeros = s.scores + QUERIES * padded(a->n_keys);
    return s;
}

Status attention_f32_simd_plan(int n_keys, int head_dim) {
    const size_t row = padded(head_dim) * 2 + QUERIES; // floats for each key, at most
    const size_t n = checked_add_or_max(checked_mul_or_max(padded(n_keys), row), longer(n_keys, head_dim));
    return parallel_reserve_scratch(checked_mul_or_max(n, sizeof(float)));
}

// Keys become columns; those of the padding are zero.
static void pack_keys(const Attention *a, const float *k, float *to) {
    const size_t depth = (size_t)a->head_dim;
    memset(to, 0, padded(a->n_keys) * depth * sizeof *to);
    for (size_t key = 0; key < (size_t)a->n_keys; key++, k += a->kv_stride) {
        float *column = to + key / GEMM_COLS * depth * GEMM_COLS + key % GEMM_COLS;
        for (size_t i = 0; i < depth; i++) column[i * GEMM_COLS] = k[i] * a->scale;
    }
}

static void pack_values(const Attention *a, const float *v, float *to) {
    const size_t n_keys = (size_t)a->n_keys;
    for (int col = 0; col < a->head_dim; col += GEMM_COLS) {
        const int n = a->head_dim - col < GEMM_COLS ? a->head_dim - col : GEMM_COLS;
        for (size_t key = 0; key < n_keys; key++, to += GEMM_COLS) {
            memset(to, 0, GEMM_COLS * sizeof *to);
            memcpy(to, v + key * a->kv_stride + col, (size_t)n * sizeof *to);
        }
    }
}

static float max_of(const float *x, int n) {
    f32x4 max[4];
    float lanes[SIMD_LANES], rest = x[0];
    int i = 0;
    for (int j = 0; j < 4; j++) max[j] = f32x4_splat(rest);
    for (; i + 16 <= n; i += 16) {
        SIMD_UNROLL
        for (int j = 0; j < 4; j++) max[j] = f32x4_max(max[j], f32x4_load(x + i + j * SIMD_LANES));
    }
    f32x4_store(lanes, f32x4_max(f32x4_max(max[0], max[1]), f32x4_max(max[2], max[3])));
    for (; i < n; i++) rest = x[i] > rest ? x[i] : rest;
    for (int j = 0; j < SIMD_LANES; j++) rest = lanes[j] > rest ? lanes[j] : rest;
    return rest;
}

// Replaces n scores by exp(score - largest score) and those from n to n_all by zero, in place; returns the sum.
static float weigh(float *scores, int n, int n_all) {
    const f32x4 shift = f32x4_splat(max_of(scores, n));
    f32x4 sum = f32x4_splat(0);
    float lanes[SIMD_LANES], total = 0;
    int i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) {
        const f32x4 e = math_f32_exp(f32x4_sub(f32x4_load(scores + i), shift));
        f32x4_store(scores + i, e);
        sum = f32x4_add(sum, e);
    }
    if (i < n) f32x4_store(scores + i, math_f32_exp(f32x4_sub(f32x4_load(scores + i), shift)));
    for (; i < n; i++) total += scores[i];
    for (; i < n_all; i++) scores[i] = 0;
    f32x4_store(lanes, sum);
    return total + (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static void scale(float *x, int n, float factor) {
    const f32x4 factors = f32x4_splat(factor);
    int i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(x + i, f32x4_mul(f32x4_load(x + i), factors));
    for (; i < n; i++) x[i] *= factor;
}

// Queries [begin, begin + n) of the head whose channels begin at `at`.
static void run_queries(const Attention *a, const Scratch *s, size_t at, int begin, int n) {
    const int n_keys = a->causal ? begin + n : a->n_keys;
    const GemmProduct scores = {
        .in = a->q + (size_t)begin * a->q_stride + at,
        .in_stride = a->q_stride,
        .n_runs = 1,
        .run_length = a->head_dim,
        .weights = s->keys,
        .panel_runs = 1,
        .bias = s->zeros,
        .out = s->scores,
        .out_stride = padded(a->n_keys),
        .n_rows = n,
        .n_cols = (int)padded(n_keys),
        .slope = 1,
    };
    const GemmProduct sums = {
        .in = s->scores,
        .in_stride = padded(a->n_keys),
        .n_runs = 1,
        .run_length = a->n_keys,
        .weights = s->values,
        .panel_runs = 1,
        .bias = s->zeros,
        .out = a->out + (size_t)begin * a->out_stride + at,
        .out_stride = a->out_stride,
        .n_rows = n,
        .n_cols = a->head_dim,
        .slope = 1,
    };
    float totals[QUERIES];
    gemm_f32_simd_run(&scores);
    for (int i = 0; i < n; i++) {
        totals[i] = weigh(s->scores + (size_t)i * scores.out_stride, a->causal ? begin + i + 1 : n_keys, a->n_keys);
    }
    gemm_f32_simd_run(&sums);
    for (int i = 0; i < n; i++) scale(sums.out + (size_t)i * a->out_stride, a->head_dim, 1 / totals[i]);
}

static void run_head(void *context, int head, int thread) {
    const Attention *a = context;
    const Scratch s = scratch_of(a, parallel_scratch(thread));
    const size_t at = (size_t)head * (size_t)a->head_dim;
    memset(s.zeros, 0, longer(a->n_keys, a->head_dim) * sizeof(float));
    pack_keys(a, a->k + at, s.keys);
    pack_values(a, a->v + at, s.values);
    for (int begin = 0; begin < a->n_queries; begin += QUERIES) {
        const int rest = a->n_queries - begin;
        run_queries(a, &s, at, begin, rest < QUERIES ? rest : QUERIES);
    }
}

void attention_f32_simd_run(const Attention *a) {
    // work of a head: queries, keys and values, and a quarter of the multiplications, since four are done at once
    const size_t n_scores = (size_t)a->n_queries * (size_t)a->n_keys, depth = (size_t)a->head_dim;
    const size_t values = depth * ((size_t)a->n_queries + 2 * (size_t)a->n_keys) + n_scores * depth / SIMD_LANES;
    parallel_for_thread_light(run_head, (void *)a, a->heads, values);
}
