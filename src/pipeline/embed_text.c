// Texts run in groups, so that a layer's weights are read from memory once for many short texts.
#include "pipeline/embed_text.h"

#include <stdlib.h>

#include "core/checked.h"
#include "pipeline/vectors.h"

enum { MAX_GROUP_TOKENS = 512 }; // a longer text is a group by itself

struct EmbedText {
    Net net;
    NetworkSizes sizes;
    const Tokenizer *tokenizer;
    bool normalise;
    int n, n_groups;
    int *lengths;   // [n], tokens of each
    int *firsts;    // [n_groups + 1]: the first text of each group, and n
    int32_t *ids;   // of all texts
    float *vectors; // [n][dim]
    Arena arena;    // for the largest group
    NetworkRun run; // of the present group
    int group, step;
    size_t first_id; // of the present group
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for so many texts."); }

static int dim_of(const EmbedText *task) { return task->net.network->output_dim(task->net.self, 0); }

// The run of texts [first, first + n), without ids.
static NetworkRun run_of(EmbedText *task, int first, int n) {
    return (NetworkRun){.arena = &task->arena,
                        .n_texts = n,
                        .lengths = task->lengths + first,
                        .outputs = {task->vectors + (size_t)first * (size_t)dim_of(task)}};
}

static Status allocate(EmbedText *task) {
    const size_t n = (size_t)task->n, max_tokens = (size_t)tokenizer_max_tokens(task->tokenizer, &task->sizes);
    size_t id_bytes, vector_bytes;
    if (!checked_mul(n, max_tokens * sizeof(int32_t), &id_bytes)) return no_memory();
    if (!checked_mul(n, (size_t)dim_of(task) * sizeof(float), &vector_bytes)) return no_memory();
    task->lengths = calloc(n, sizeof(int));
    task->firsts = calloc(n + 1, sizeof(int));
    task->ids = malloc(id_bytes);
    task->vectors = malloc(vector_bytes);
    task->run.outputs[0] = task->vectors;
    return task->lengths && task->firsts && task->ids && task->vectors ? STATUS_OK : no_memory();
}

static Status tokenize(EmbedText *task, const char *texts, const int *sizes, TokenizerOptions options) {
    int32_t *ids = task->ids;
    for (int i = 0; i < task->n; i++) {
        Status status =
            tokenizer_encode(task->tokenizer, &task->sizes, texts, (size_t)sizes[i], options, ids, &task->lengths[i]);
        if (status) return status;
        texts += sizes[i];
        ids += task->lengths[i];
    }
    return STATUS_OK;
}

// Divides the texts into groups, and creates an arena that is large enough for each group.
static Status plan(EmbedText *task) {
    size_t largest = 0;
    for (int i = 0; i < task->n;) {
        const int first = i;
        int n_tokens = task->lengths[i++];
        while (i < task->n && n_tokens + task->lengths[i] <= MAX_GROUP_TOKENS) n_tokens += task->lengths[i++];
        size_t scratch;
        const NetworkRun run = run_of(task, first, i - first);
        Status status = network_plan(task->net, &run, &scratch);
        if (status) return status;
        if (scratch > largest) largest = scratch;
        task->firsts[++task->n_groups] = i;
    }
    return arena_create(largest, &task->arena);
}

Status embed_text_begin(Net net, const Tokenizer *tokenizer, const char *texts, const int *sizes, int n,
                        EmbedTextOptions options, EmbedText **out) {
    EmbedText *task = calloc(1, sizeof *task);
    if (!task) return no_memory();
    task->net = net;
    task->sizes = net.network->sizes(net.self);
    task->tokenizer = tokenizer;
    task->normalise = options.normalise;
    task->n = n;
    Status status = tokenizer_check(tokenizer, &task->sizes);
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

static int n_steps(const EmbedText *task) { return task->net.network->n_steps(task->net.self, &task->run); }

int embed_text_total(const EmbedText *task) { return task->n_groups * n_steps(task); }
int embed_text_done(const EmbedText *task) { return task->group * n_steps(task) + task->step; }

static void finish_group(EmbedText *task, int first, int n) {
    const int dim = dim_of(task);
    float *vectors = task->run.outputs[0];
    if (task->net.network->end) task->net.network->end(task->net.self, &task->run);
    for (int i = 0; i < n && task->normalise; i++) vectors_normalise(vectors + (size_t)i * (size_t)dim, dim);
    for (int i = first; i < first + n; i++) task->first_id += (size_t)task->lengths[i];
    task->group++;
    task->step = 0;
}

Status embed_text_step(EmbedText *task) {
    if (task->group == task->n_groups) return status_fail(STATUS_BAD_ARGUMENT, "The texts are finished already.");
    const int first = task->firsts[task->group], n = task->firsts[task->group + 1] - first;
    if (task->step == 0) {
        task->run = run_of(task, first, n);
        task->run.ids = task->ids + task->first_id;
        Status status = task->net.network->begin(task->net.self, &task->run);
        if (status) return status;
    }
    task->net.network->step(task->net.self, &task->run, task->step++);
    if (task->step == n_steps(task)) finish_group(task, first, n);
    return STATUS_OK;
}

const float *embed_text_vectors(const EmbedText *task) { return task->vectors; }
