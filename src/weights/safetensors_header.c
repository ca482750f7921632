// Two passes over the JSON: one that counts, one that keeps; then the tensors are put in the order of their data.
#include "weights/safetensors_header.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/json.h"

// For messages: the part of a name that leaves room for the rest.
#define NAME "%.150s"

static const char what[] = "the header of the safetensors file", metadata_key[] = "__metadata__";

// Where strings are kept: decoded ones are never longer than what they are written as, so the header's size is enough.
typedef struct Strings {
    char *at;
    size_t left;
} Strings;

static const char *keep(Strings *strings) {
    const char *kept = strings->at;
    const size_t size = strlen(kept) + 1;
    strings->at += size;
    strings->left -= size;
    return kept;
}

typedef struct Counts {
    size_t tensors, metadata;
} Counts;

// The members of the object, and how many of them are tensors and metadata. `name` has room for the longest.
static Status count(const char *text, size_t size, char *name, Counts *counts) {
    Json json = json_open(text, size, what);
    json_object(&json);
    while (json_key(&json, name, size + 1)) {
        if (strcmp(name, metadata_key) != 0) {
            counts->tensors++;
            json_skip(&json);
            continue;
        }
        json_object(&json);
        while (json_key(&json, name, size + 1)) {
            counts->metadata++;
            json_skip(&json);
        }
    }
    return json_close(&json);
}

static bool read_dtype(Json *json, const TensorSpec *spec, Dtype *dtype) {
    char name[16];
    if (!json_string(json, name, sizeof name)) return false;
    for (int i = 0; i < DTYPE_COUNT; i++) {
        if (strcmp(name, dtype_name((Dtype)i)) != 0) continue;
        *dtype = (Dtype)i;
        return true;
    }
    json->status = status_fail(STATUS_UNSUPPORTED,
                               "Tensor " NAME ": expected values of F32, F16, BF16, I8, U8, I32 or I64 but found %s.",
                               spec->name, name);
    return false;
}

static bool read_shape(Json *json, TensorSpec *spec) {
    json_array(json);
    while (json_element(json)) {
        if (spec->n_dims == TENSOR_MAX_DIMS) {
            json->status =
                status_fail(STATUS_UNSUPPORTED, "Tensor " NAME ": expected at most %d dimensions but found more.",
                            spec->name, TENSOR_MAX_DIMS);
            return false;
        }
        json_size(json, &spec->dims[spec->n_dims++]);
    }
    return !json->status;
}

static bool read_offsets(Json *json, size_t *begin, size_t *end) {
    int n = 0;
    size_t offsets[2] = {0};
    json_array(json);
    while (json_element(json)) {
        if (n == 2) json_fail(json, "two numbers");
        if (n < 2 && json_size(json, &offsets[n])) n++;
    }
    if (n != 2) json_fail(json, "two numbers");
    *begin = offsets[0];
    *end = offsets[1];
    return !json->status;
}

static Status check_size(const TensorSpec *spec, size_t begin, size_t end) {
    char shape[TENSOR_SHAPE_TEXT];
    size_t bytes = dtype_bytes(spec->dtype);
    bool fits = true;
    // zeros first: every product with a zero fits
    for (int i = 0; i < spec->n_dims; i++) bytes = spec->dims[i] ? bytes : 0;
    for (int i = 0; i < spec->n_dims && bytes; i++) fits = fits && checked_mul(bytes, spec->dims[i], &bytes);
    if (!fits) {
        return status_fail(STATUS_BAD_FORMAT, "Tensor " NAME ": expected a shape that memory can hold but found %s.",
                           spec->name, tensor_table_shape(spec, shape));
    }
    if (begin > end || end - begin != bytes) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Tensor " NAME ": expected %zu bytes for %s of %s but found data from %zu to %zu.",
                           spec->name, bytes, tensor_table_shape(spec, shape), dtype_name(spec->dtype), begin, end);
    }
    return STATUS_OK;
}

// One tensor's entry. The error is in `json`.
static void read_tensor(Json *json, const char *name, TensorSpec *spec) {
    enum { HAS_DTYPE = 1, HAS_SHAPE = 2, HAS_OFFSETS = 4 };
    char key[32], where[256];
    int has = 0;
    size_t end = 0;
    spec->name = name;
    snprintf(where, sizeof where, "tensor " NAME " of %s", name, what);
    json->what = where;
    json_object(json);
    while (json_key(json, key, sizeof key)) {
        const int is = !strcmp(key, "dtype")          ? HAS_DTYPE
                       : !strcmp(key, "shape")        ? HAS_SHAPE
                       : !strcmp(key, "data_offsets") ? HAS_OFFSETS
                                                      : 0;
        if (has & is) json_fail(json, "each key once");
        has |= is;
        if (is == HAS_DTYPE) read_dtype(json, spec, &spec->dtype);
        if (is == HAS_SHAPE) read_shape(json, spec);
        if (is == HAS_OFFSETS) read_offsets(json, &spec->begin, &end);
        if (!is) json_skip(json);
    }
    json->what = what;
    if (json->status) return;
    if (has != (HAS_DTYPE | HAS_SHAPE | HAS_OFFSETS)) {
        json->status =
            status_fail(STATUS_BAD_FORMAT,
                        "Tensor " NAME ": expected its dtype, shape and data_offsets but not all are there.", name);
        return;
    }
    json->status = check_size(spec, spec->begin, end);
    spec->bytes = end - spec->begin;
}

static void read_metadata(Json *json, Strings *strings, TensorTable *table) {
    json_object(json);
    while (json_key(json, strings->at, strings->left)) {
        TensorText *text = &table->texts[table->n_texts];
        text->key = keep(strings);
        if (!json_string(json, strings->at, strings->left)) return;
        text->value = keep(strings);
        table->n_texts++;
    }
}

static Status read_all(const char *text, size_t size, TensorTable *table) {
    Json json = json_open(text, size, what);
    Strings strings = {table->strings, size + 1};
    table->n = table->n_texts = 0;
    json_object(&json);
    while (json_key(&json, strings.at, strings.left)) {
        if (!strcmp(strings.at, metadata_key))
            read_metadata(&json, &strings, table);
        else
            read_tensor(&json, keep(&strings), &table->tensors[table->n++]);
    }
    return json_close(&json);
}

// Empty tensors come before the one that begins at the same offset.
static int compare_places(const void *a, const void *b) {
    const TensorSpec *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

static Status put_in_order(TensorTable *table, size_t *data_bytes) {
    *data_bytes = 0;
    qsort(table->tensors, table->n, sizeof *table->tensors, compare_places);
    for (const TensorSpec *tensor = table->tensors; tensor < table->tensors + table->n; tensor++) {
        if (tensor->begin != *data_bytes) {
            return status_fail(STATUS_BAD_FORMAT,
                               "Tensor " NAME
                               ": expected its data to begin at %zu, where the data before it ends, but found %zu.",
                               tensor->name, *data_bytes, tensor->begin);
        }
        *data_bytes += tensor->bytes; // cannot wrap around: the sum is the end that was read
    }
    return tensor_table_sort(table);
}

// An empty table of the sizes that the header needs.
static Status make_room(const char *json, size_t size, TensorTable *table) {
    Counts counts = {0};
    char *name = malloc(size + 1);
    Status status = name ? count(json, size, name, &counts) : STATUS_NO_MEMORY;
    free(name);
    if (!status) status = tensor_table_create(counts.tensors, counts.metadata, size + 1, table);
    if (status == STATUS_NO_MEMORY)
        return status_fail(status, "Not enough memory for %s, which has %zu bytes.", what, size);
    return status;
}

Status safetensors_header_parse(const char *json, size_t size, TensorTable *out, size_t *data_bytes) {
    TensorTable table = {0};
    Status status = make_room(json, size, &table);
    if (!status) status = read_all(json, size, &table);
    if (!status) status = put_in_order(&table, data_bytes);
    if (status) {
        tensor_table_free(&table);
        return status;
    }
    *out = table;
    return STATUS_OK;
}
