// Two passes over the JSON: one that counts, one that keeps; then the tensors are put in the order of their data.
#include "weights/safetensors_header.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/json.h"

// For sentences: no more of a name than leaves room for the rest.
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

// The members of the object, and how many of them are tensors and metadata.
static Status count(const char *text, size_t size, SafetensorsHeader *header, Strings *strings) {
    Json json = json_open(text, size, what);
    json_object(&json);
    while (json_key(&json, strings->at, strings->left)) {
        if (strcmp(strings->at, metadata_key) != 0) {
            header->n_tensors++;
            json_skip(&json);
            continue;
        }
        json_object(&json);
        while (json_key(&json, strings->at, strings->left)) {
            header->n_metadata++;
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
    // zeros first: they make every product with them fit
    for (int i = 0; i < spec->n_dims; i++) bytes = spec->dims[i] ? bytes : 0;
    for (int i = 0; i < spec->n_dims && bytes; i++) fits = fits && checked_mul(bytes, spec->dims[i], &bytes);
    if (!fits) {
        return status_fail(STATUS_BAD_FORMAT, "Tensor " NAME ": expected a shape that memory can hold but found %s.",
                           spec->name, safetensors_shape(spec, shape));
    }
    if (begin > end || end - begin != bytes) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Tensor " NAME ": expected %zu bytes for %s of %s but found data from %zu to %zu.",
                           spec->name, bytes, safetensors_shape(spec, shape), dtype_name(spec->dtype), begin, end);
    }
    return STATUS_OK;
}

// One tensor's entry. The error is in `json`.
static void read_tensor(Json *json, const char *name, SafetensorsTensor *tensor) {
    enum { HAS_DTYPE = 1, HAS_SHAPE = 2, HAS_OFFSETS = 4 };
    char key[32], where[256];
    int has = 0;
    size_t end = 0;
    TensorSpec *spec = &tensor->spec;
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
        if (is == HAS_OFFSETS) read_offsets(json, &tensor->begin, &end);
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
    json->status = check_size(spec, tensor->begin, end);
    spec->bytes = end - tensor->begin;
}

static void read_metadata(Json *json, Strings *strings, SafetensorsHeader *header) {
    json_object(json);
    while (json_key(json, strings->at, strings->left)) {
        SafetensorsText *text = &header->metadata[header->n_metadata];
        text->key = keep(strings);
        if (!json_string(json, strings->at, strings->left)) return;
        text->value = keep(strings);
        header->n_metadata++;
    }
}

static Status read_all(const char *text, size_t size, SafetensorsHeader *header, Strings *strings) {
    Json json = json_open(text, size, what);
    header->n_tensors = header->n_metadata = 0;
    json_object(&json);
    while (json_key(&json, strings->at, strings->left)) {
        if (!strcmp(strings->at, metadata_key))
            read_metadata(&json, strings, header);
        else
            read_tensor(&json, keep(strings), &header->tensors[header->n_tensors++]);
    }
    return json_close(&json);
}

static int compare_names(const void *a, const void *b) {
    return strcmp((*(const TensorSpec *const *)a)->name, (*(const TensorSpec *const *)b)->name);
}

// Empty tensors come before the one that begins where they are.
static int compare_places(const void *a, const void *b) {
    const SafetensorsTensor *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->spec.bytes != y->spec.bytes) return x->spec.bytes < y->spec.bytes ? -1 : 1;
    return strcmp(x->spec.name, y->spec.name);
}

static Status put_in_order(SafetensorsHeader *header) {
    const size_t n = header->n_tensors;
    qsort(header->tensors, n, sizeof *header->tensors, compare_places);
    for (size_t i = 0; i < n; i++) {
        const SafetensorsTensor *tensor = &header->tensors[i];
        header->by_name[i] = &tensor->spec;
        if (tensor->begin != header->data_bytes) {
            return status_fail(STATUS_BAD_FORMAT,
                               "Tensor " NAME
                               ": expected its data to begin at %zu, where the data before it ends, but found %zu.",
                               tensor->spec.name, header->data_bytes, tensor->begin);
        }
        header->data_bytes += tensor->spec.bytes; // cannot wrap around: it is the end that was read
    }
    qsort(header->by_name, n, sizeof *header->by_name, compare_names);
    for (size_t i = 1; i < n; i++) {
        if (compare_names(&header->by_name[i - 1], &header->by_name[i])) continue;
        return status_fail(STATUS_BAD_FORMAT, "Tensor " NAME ": expected each name once but found it twice.",
                           header->by_name[i]->name);
    }
    return STATUS_OK;
}

// Never calloc(0), which may be NULL.
static void *allocate(size_t n, size_t size) { return calloc(n ? n : 1, size); }

Status safetensors_header_parse(const char *json, size_t size, SafetensorsHeader *out) {
    SafetensorsHeader header = {.strings = malloc(size + 1)};
    Strings strings = {header.strings, size + 1};
    Status status = header.strings ? count(json, size, &header, &strings) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        header.tensors = allocate(header.n_tensors, sizeof *header.tensors);
        header.by_name = allocate(header.n_tensors, sizeof *header.by_name);
        header.metadata = allocate(header.n_metadata, sizeof *header.metadata);
        if (!header.tensors || !header.by_name || !header.metadata) status = STATUS_NO_MEMORY;
    }
    if (status == STATUS_NO_MEMORY)
        status = status_fail(status, "Not enough memory for %s, which has %zu bytes.", what, size);
    if (!status) status = read_all(json, size, &header, &strings);
    if (!status) status = put_in_order(&header);
    if (status) {
        safetensors_header_free(&header);
        return status;
    }
    *out = header;
    return STATUS_OK;
}

void safetensors_header_free(SafetensorsHeader *header) {
    free(header->strings);
    free(header->tensors);
    free(header->by_name);
    free(header->metadata);
    *header = (SafetensorsHeader){0};
}

static int compare_name_with(const void *name, const void *spec) {
    return strcmp(name, (*(const TensorSpec *const *)spec)->name);
}

const TensorSpec *safetensors_header_find(const SafetensorsHeader *header, const char *name) {
    if (!header->n_tensors) return NULL;
    const TensorSpec *const *found =
        bsearch(name, header->by_name, header->n_tensors, sizeof *header->by_name, compare_name_with);
    return found ? *found : NULL;
}
