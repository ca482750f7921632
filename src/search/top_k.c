// A binary heap in an array.
#include "search/top_k.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/checked.h"

Status top_k_create(int k, TopK *out) {
    ScoredRow *best = malloc(checked_mul_or_max((size_t)k, sizeof *best));
    if (!best) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the best %d rows.", k);
    *out = (TopK){best, 0, k};
    return STATUS_OK;
}

void top_k_free(TopK *top) {
    free(top->best);
    *top = (TopK){0};
}

static bool is_worse(ScoredRow a, ScoredRow b) { return a.score < b.score || (a.score == b.score && a.row > b.row); }

// Replaces the heap's first of n rows by `row`.
static void sink(ScoredRow *heap, int n, ScoredRow row) {
    int at = 0;
    for (int child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_worse(heap[child + 1], heap[child])) child++;
        if (!is_worse(heap[child], row)) break;
        heap[at] = heap[child];
    }
    heap[at] = row;
}

void top_k_add(TopK *top, ScoredRow row) {
    if (top->n == top->k) {
        if (is_worse(top->best[0], row)) sink(top->best, top->n, row);
        return;
    }
    int at = top->n++;
    for (int parent; at > 0 && is_worse(row, top->best[parent = (at - 1) / 2]); at = parent)
        top->best[at] = top->best[parent];
    top->best[at] = row;
}

void top_k_sort(TopK *top) {
    for (int n = top->n; n > 1; n--) {
        const ScoredRow worst = top->best[0];
        sink(top->best, n - 1, top->best[n - 1]);
        top->best[n - 1] = worst;
    }
}
