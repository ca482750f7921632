// Texts run together in groups: a layer's weights are then fetched from memory once for many short texts.
#include "pipeline/embed_text.h"

#include <stdlib.h>

#include "core/checked.h"
#include "pipeline/vectors.h"

enum { MAX_GROUP_TOKENS = 512 }; // and at least one text

struct EmbedText {
    const ClipText *network;
    bool normalise;
    int n, n_groups;
    int *lengths;    // [n], tokens of each
    int *firsts;     // [n_groups + 1]: the first text of each group, and n
    int32_t *ids;    // of all texts
    float *vectors;  // [n][dim]
    Arena arena;     // for the largest group
    ClipTextRun run; // of `group`
    int group, layer;
    size_t first_id; // of `group`
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for so many texts."); }

static Status allocate(EmbedText *task) {
    const size_t n = (size_t)task->n;
    size_t n_ids, n_values;
    if (!checked_mul(n, CLIP_MAX_TOKENS * sizeof(int32_t), &n_ids)) return no_memory();
    if (!checked_mul(n, (size_t)clip_text_dim(task->network) * sizeof(float), &n_values)) return no_memory();
    task->lengths = calloc(n, sizeof(int));
    task->firsts = calloc(n + 1, sizeof(int));
    task->ids = malloc(n_ids);
    task->vectors = malloc(n_values);
    return task->lengths && task->firsts && task->ids && task->vectors ? STATUS_OK : no_memory();
}

static Status check_vocabulary(const EmbedText *task) {
    const int found = clip_text_vocabulary(task->network), max_tokens = clip_text_max_tokens(task->network);
    if (found == CLIP_N_TOKENS && max_tokens >= CLIP_MAX_TOKENS) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Expected a network for the tokenizer's %d words and %d tokens but found one for %d and %d.",
                       CLIP_N_TOKENS, CLIP_MAX_TOKENS, found, max_tokens);
}

static Status tokenize(EmbedText *task, const ClipBpe *bpe, const char *texts, const int *sizes,
                       EmbedTextOptions options) {
    int32_t *ids = task->ids;
    for (int i = 0; i < task->n; i++) {
        int n_ids;
        Status status = clip_bpe_encode(bpe, texts, (size_t)sizes[i], options.cleaning, options.truncate, ids, &n_ids);
        if (status) return status;
        // Pooled is the first row of the largest id, which is that of the end token; what stands behind it changes
        // nothing.
        int length = 1;
        while (length < n_ids && ids[length - 1] != CLIP_END) length++;
        task->lengths[i] = length;
        texts += sizes[i];
        ids += length;
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
        Status status = clip_text_plan(task->network, i - first, task->lengths + first, &scratch);
        if (status) return status;
        if (scratch > largest) largest = scratch;
        task->firsts[++task->n_groups] = i;
    }
    return arena_create(largest, &task->arena);
}

Status embed_text_begin(const ClipText *network, const ClipBpe *bpe, const char *texts, const int *sizes, int n,
                        EmbedTextOptions options, EmbedText **out) {
    EmbedText *task = calloc(1, sizeof *task);
    if (!task) return no_memory();
    task->network = network;
    task->normalise = options.normalise;
    task->n = n;
    Status status = check_vocabulary(task);
    if (!status) status = allocate(task);
    if (!status) status = tokenize(task, bpe, texts, sizes, options);
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

int embed_text_total(const EmbedText *task) { return task->n_groups * clip_text_n_layers(task->network); }
int embed_text_done(const EmbedText *task) { return task->group * clip_text_n_layers(task->network) + task->layer; }

static void finish_group(EmbedText *task, int first, int n) {
    const int dim = clip_text_dim(task->network);
    float *vectors = task->vectors + (size_t)first * (size_t)dim;
    clip_text_end(task->network, &task->run, vectors);
    for (int i = 0; i < n && task->normalise; i++) vectors_normalise(vectors + (size_t)i * (size_t)dim, dim);
    for (int i = first; i < first + n; i++) task->first_id += (size_t)task->lengths[i];
    task->group++;
    task->layer = 0;
}

Status embed_text_step(EmbedText *task) {
    if (task->group == task->n_groups) return status_fail(STATUS_BAD_ARGUMENT, "The texts are finished already.");
    const int first = task->firsts[task->group], n = task->firsts[task->group + 1] - first;
    if (task->layer == 0) {
        Status status = clip_text_begin(task->network, &task->arena, task->ids + task->first_id, n,
                                        task->lengths + first, &task->run);
        if (status) return status;
    }
    clip_text_layer(task->network, &task->run, task->layer++);
    if (task->layer == clip_text_n_layers(task->network)) finish_group(task, first, n);
    return STATUS_OK;
}

const float *embed_text_vectors(const EmbedText *task) { return task->vectors; }
