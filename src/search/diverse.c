// Computes the Cholesky factor of S row by row: a candidate adds the logarithm of the rest of its diagonal to log det
// S.
#include "search/diverse.h"

#include <math.h>
#include <stdlib.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "search/stored_vector.h"

// A smaller rest of the diagonal is only a rounding error.
static const double nothing = 1e-10;

typedef struct Work {
    const DiverseCandidates *from;
    double *lengths; // [n]
    double *left;    // [n], the rest of the diagonal of S; 0: chosen
    double *rows;    // [k][n], of the factor
    int n_rows;
    int last; // the candidate that was chosen last
} Work;

static const float *vector_at(const DiverseCandidates *from, int i) {
    return from->vectors + (size_t)i * (size_t)from->dims;
}

static Status check(const DiverseCandidates *from, int k, float weight) {
    const Status status = stored_vector_check_form((VectorForm){from->dims, DTYPE_F32});
    if (status) return status;
    if (from->n < 1 || k < 1)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected at least 1 of 1 candidate to choose but received %d of %d.",
                           k, from->n);
    if (!(weight >= 0 && weight <= 1))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a weight from 0 to 1 but received %g.", (double)weight);
    for (int i = 0; i < from->n; i++) {
        if (!isfinite(from->relevance[i]))
            return status_fail(STATUS_BAD_ARGUMENT, "Expected finite relevance but candidate %d has %g.", i,
                               (double)from->relevance[i]);
        const Status of_vector = stored_vector_check_values(from->dims, vector_at(from, i), "a candidate");
        if (of_vector) return of_vector;
    }
    return STATUS_OK;
}

static Status allocate(Work *work, int k) {
    const size_t n = (size_t)work->from->n;
    work->lengths = malloc(checked_mul_or_max(n, sizeof *work->lengths));
    work->left = malloc(checked_mul_or_max(n, sizeof *work->left));
    work->rows = malloc(checked_mul_or_max(checked_mul_or_max(n, (size_t)k), sizeof *work->rows));
    if (work->lengths && work->left && work->rows) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory to choose %d of %d candidates.", k, work->from->n);
}

static void begin(Work *work) {
    const VectorForm form = {work->from->dims, DTYPE_F32};
    for (int i = 0; i < work->from->n; i++) {
        work->lengths[i] = stored_vector_length(form, (const uint8_t *)vector_at(work->from, i));
        work->left[i] = 1;
    }
}

// -1: there is none left.
static int best(const Work *work, double weight) {
    int found = -1;
    double most = 0;
    for (int i = 0; i < work->from->n; i++) {
        if (work->left[i] < nothing) continue;
        const double gain = weight * (double)work->from->relevance[i] + (1 - weight) * log(work->left[i]);
        if (found < 0 || gain > most) found = i, most = gain;
    }
    return found;
}

static double similarity(const Work *work, int i) {
    const VectorForm form = {work->from->dims, DTYPE_F32};
    const float *a = vector_at(work->from, work->last), *b = vector_at(work->from, i);
    const double dot = stored_vector_product(form, a, (const uint8_t *)b).dot;
    return (1 + dot / (work->lengths[work->last] * work->lengths[i])) / 2;
}

// For one candidate: its value in the next row of the factor, and the rest of its diagonal.
static void take_away(void *context, int i) {
    const Work *work = context;
    const size_t n = (size_t)work->from->n;
    const double *own = work->rows + i, *of_last = work->rows + work->last;
    if (work->left[i] < nothing || i == work->last) return;
    double sum = similarity(work, i);
    for (size_t row = 0; row < (size_t)work->n_rows; row++) sum -= own[row * n] * of_last[row * n];
    const double value = sum / sqrt(work->left[work->last]);
    work->rows[(size_t)work->n_rows * n + (size_t)i] = value;
    work->left[i] -= value * value;
}

static int choose(Work *work, int k, double weight, int32_t *chosen) {
    for (int n = 0; n < k; n++) {
        const int i = best(work, weight);
        if (i < 0) return n;
        chosen[n] = work->last = i;
        parallel_for_light(take_away, work, work->from->n, (size_t)work->from->dims + (size_t)work->n_rows);
        work->left[i] = 0;
        work->n_rows++;
    }
    return k;
}

Status diverse_choose(const DiverseCandidates *from, int k, float weight, int32_t *chosen, int *n_chosen) {
    Work work = {.from = from};
    Status status = check(from, k, weight);
    if (!status) status = allocate(&work, min(k, from->n));
    if (!status) {
        begin(&work);
        *n_chosen = choose(&work, min(k, from->n), (double)weight, chosen);
    }
    free(work.lengths);
    free(work.left);
    free(work.rows);
    return status;
}
