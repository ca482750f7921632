// A list, and the same sorted by name.
#include "weights/tensor_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Never calloc(0), which may be NULL.
static void *allocate(size_t n, size_t size) { return calloc(n ? n : 1, size); }

Status tensor_table_create(size_t n, size_t n_texts, size_t strings_bytes, TensorTable *out) {
    TensorTable table = {.n = n, .n_texts = n_texts};
    table.tensors = allocate(n, sizeof *table.tensors);
    table.by_name = allocate(n, sizeof *table.by_name);
    table.texts = allocate(n_texts, sizeof *table.texts);
    table.strings = allocate(strings_bytes, 1);
    if (!table.tensors || !table.by_name || !table.texts || !table.strings) {
        tensor_table_free(&table);
        return STATUS_NO_MEMORY;
    }
    *out = table;
    return STATUS_OK;
}

void tensor_table_free(TensorTable *table) {
    free(table->tensors);
    free(table->by_name);
    free(table->texts);
    free(table->strings);
    *table = (TensorTable){0};
}

static int compare_names(const void *a, const void *b) {
    return strcmp((*(const TensorSpec *const *)a)->name, (*(const TensorSpec *const *)b)->name);
}

Status tensor_table_sort(TensorTable *table) {
    for (size_t i = 0; i < table->n; i++) table->by_name[i] = &table->tensors[i];
    qsort(table->by_name, table->n, sizeof *table->by_name, compare_names);
    for (size_t i = 1; i < table->n; i++) {
        if (compare_names(&table->by_name[i - 1], &table->by_name[i])) continue;
        return status_fail(STATUS_BAD_FORMAT, "Tensor %.150s: expected each name once but found it twice.",
                           table->by_name[i]->name);
    }
    return STATUS_OK;
}

const TensorSpec *tensor_table_at(const TensorTable *table, int i) {
    return i >= 0 && (size_t)i < table->n ? &table->tensors[i] : NULL;
}

static int compare_name_with(const void *name, const void *spec) {
    return strcmp(name, (*(const TensorSpec *const *)spec)->name);
}

const TensorSpec *tensor_table_find(const TensorTable *table, const char *name) {
    if (!table->n) return NULL;
    const TensorSpec *const *found = bsearch(name, table->by_name, table->n, sizeof *table->by_name, compare_name_with);
    return found ? *found : NULL;
}

const char *tensor_table_text(const TensorTable *table, const char *key) {
    for (size_t i = 0; i < table->n_texts; i++) {
        if (!strcmp(table->texts[i].key, key)) return table->texts[i].value;
    }
    return NULL;
}

const char *tensor_table_shape(const TensorSpec *spec, char text[TENSOR_SHAPE_TEXT]) {
    size_t n = 0;
    for (int i = 0; i < spec->n_dims; i++) {
        n += (size_t)snprintf(text + n, TENSOR_SHAPE_TEXT - n, "%s%zu", i ? ", " : "[", spec->dims[i]);
    }
    snprintf(text + n, TENSOR_SHAPE_TEXT - n, spec->n_dims ? "]" : "[]");
    return text;
}
