// Texts run together in groups: a layer's weights are then fetched from memory once for many short texts.
#include "pipeline/embed_text.h"

#include <stdlib.h>

#include "core/checked.h"
#include "pipeline/vectors.h"

enum { MAX_GROUP_TOKENS = 512 }; // and at least one text

struct EmbedText {
    TextNetwork network;
    bool normalise;
    int n, n_groups;
    int *lengths;         // [n], tokens of each
    int *firsts;          // [n_groups + 1]: the first text of each group, and n
    int32_t *ids;         // of all texts
    float *vectors;       // [n][dim]
    Arena arena;          // for the largest group
    TransformerRows rows; // of `group`
    int group, layer;
    size_t first_id; // of `group`
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for so many texts."); }

static Status allocate(EmbedText *task) {
    const size_t n = (size_t)task->n, max_tokens = (size_t)text_network_max_tokens(&task->network);
    size_t id_bytes, vector_bytes;
    if (!checked_mul(n, max_tokens * sizeof(int32_t), &id_bytes)) return no_memory();
    if (!checked_mul(n, (size_t)text_network_dim(&task->network) * sizeof(float), &vector_bytes)) return no_memory();
    task->lengths = calloc(n, sizeof(int));
    task->firsts = calloc(n + 1, sizeof(int));
    task->ids = malloc(id_bytes);
    task->vectors = malloc(vector_bytes);
    return task->lengths && task->firsts && task->ids && task->vectors ? STATUS_OK : no_memory();
}

static Status tokenize(EmbedText *task, const char *texts, const int *sizes, TextTokens options) {
    int32_t *ids = task->ids;
    for (int i = 0; i < task->n; i++) {
        Status status = text_network_encode(&task->network, texts, (size_t)sizes[i], options, ids, &task->lengths[i]);
        if (status) return status;
        texts += sizes[i];
        ids += task->lengths[i];
    }
    return STATUS_OK;
}

// Divides the texts, and makes the arena large enough for each group.
static Status plan(EmbedText *task) {
    size_t largest = 0;
    for (int i = 0; i < task->n;) {
        const int first = i;
        int n_tokens = task->lengths[i++];
        while (i < task->n && n_tokens + task->lengths[i] <= MAX_GROUP_TOKENS) n_tokens += task->lengths[i++];
        size_t scratch;
        Status status = text_network_plan(&task->network, i - first, task->lengths + first, &scratch);
        if (status) return status;
        if (scratch > largest) largest = scratch;
        task->firsts[++task->n_groups] = i;
    }
    return arena_create(largest, &task->arena);
}

Status embed_text_begin(TextNetwork network, const char *texts, const int *sizes, int n, EmbedTextOptions options,
                        EmbedText **out) {
    EmbedText *task = calloc(1, sizeof *task);
    if (!task) return no_memory();
    task->network = network;
    task->normalise = options.normalise;
    task->n = n;
    Status status = text_network_check(&network);
    if (!status) status = allocate(task);
    if (!status) status = tokenize(task, texts, sizes, options.tokens);
    if (!status) status = plan(task);
    if (status) {
        embed_text_end(task);
        return status;
    }
    *out = task;
    return STATUS_OK;
}

void embed_text_end(EmbedText *task) {
    if (!task) return;
    arena_free(&task->arena);
    free(task->lengths);
    free(task->firsts);
    free(task->ids);
    free(task->vectors);
    free(task);
}

int embed_text_total(const EmbedText *task) { return task->n_groups * text_network_n_layers(&task->network); }
int embed_text_done(const EmbedText *task) { return task->group * text_network_n_layers(&task->network) + task->layer; }

static void finish_group(EmbedText *task, int first, int n) {
    const int dim = text_network_dim(&task->network);
    float *vectors = task->vectors + (size_t)first * (size_t)dim;
    text_network_end(&task->network, &task->rows, vectors);
    for (int i = 0; i < n && task->normalise; i++) vectors_normalise(vectors + (size_t)i * (size_t)dim, dim);
    for (int i = first; i < first + n; i++) task->first_id += (size_t)task->lengths[i];
    task->group++;
    task->layer = 0;
}

Status embed_text_step(EmbedText *task) {
    if (task->group == task->n_groups) return status_fail(STATUS_BAD_ARGUMENT, "The texts are finished already.");
    const int first = task->firsts[task->group], n = task->firsts[task->group + 1] - first;
    if (task->layer == 0) {
        Status status = text_network_begin(&task->network, &task->arena, task->ids + task->first_id, n,
                                           task->lengths + first, &task->rows);
        if (status) return status;
    }
    text_network_layer(&task->network, &task->rows, task->layer++);
    if (task->layer == text_network_n_layers(&task->network)) finish_group(task, first, n);
    return STATUS_OK;
}

const float *embed_text_vectors(const EmbedText *task) { return task->vectors; }
