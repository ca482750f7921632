// Attention by its definition: two passes over the keys for each query.
#include "ops/attention.h"

#include <math.h>

enum { MAX_HEAD_DIM = 512 };

static double score(const Attention *a, const float *q, const float *k) {
    double sum = 0;
    for (int i = 0; i < a->head_dim; i++) sum += (double)q[i] * k[i];
    return sum * a->scale;
}

static void run_query(const Attention *a, int head, int query) {
    const size_t at = (size_t)head * (size_t)a->head_dim;
    const float *q = a->q + (size_t)query * a->q_stride + at;
    const int n = a->causal ? query + 1 : a->n_keys;
    double max = -INFINITY, total = 0, sums[MAX_HEAD_DIM] = {0};
    for (int key = 0; key < n; key++) max = fmax(max, score(a, q, a->k + (size_t)key * a->kv_stride + at));
    for (int key = 0; key < n; key++) {
        const size_t row = (size_t)key * a->kv_stride + at;
        const double weight = exp(score(a, q, a->k + row) - max);
        total += weight;
        for (int i = 0; i < a->head_dim; i++) sums[i] += weight * a->v[row + (size_t)i];
    }
    for (int i = 0; i < a->head_dim; i++)
        a->out[(size_t)query * a->out_stride + at + (size_t)i] = (float)(sums[i] / total);
}

void attention_f32_ref_run(const Attention *a) {
    for (int head = 0; head < a->heads; head++) {
        for (int query = 0; query < a->n_queries; query++) run_query(a, head, query);
    }
}

Status attention_f32_ref_plan(int n_keys, int head_dim) {
    (void)n_keys, (void)head_dim;
    return STATUS_OK;
}
