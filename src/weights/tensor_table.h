// The description of a model file's tensors, which is known before their bytes come: names, shapes, and metadata texts.
// The readers fill it; the receiver of the tensors looks them up in it.
#ifndef WEIGHTS_TENSOR_TABLE_H
#define WEIGHTS_TENSOR_TABLE_H

#include <stddef.h>

#include "core/dtype.h"
#include "core/status.h"

enum { TENSOR_MAX_DIMS = 8 };

typedef struct TensorSpec {
    const char *name; // the table's
    Dtype dtype;
    int n_dims; // 0: one value
    size_t dims[TENSOR_MAX_DIMS];
    size_t bytes; // all its values', row after row, little-endian
    size_t begin; // of a safetensors file: where they begin after the header
} TensorSpec;

typedef struct TensorText {
    const char *key, *value;
} TensorText;

// Empty if zeroed.
typedef struct TensorTable {
    size_t n, n_texts;
    TensorSpec *tensors;        // owned; in the order of the data
    const TensorSpec **by_name; // owned; [n], filled by tensor_table_sort
    TensorText *texts;          // owned
    char *strings;              // owned: all names, keys and values
} TensorTable;

// Room for so many, zeroed, whose strings together take `strings_bytes`. STATUS_NO_MEMORY has no sentence yet.
MUST_CHECK Status tensor_table_create(size_t n, size_t n_texts, size_t strings_bytes, TensorTable *out);
void tensor_table_free(TensorTable *table); // accepts a zeroed or half-built one
// When all names are there: makes them searchable. STATUS_BAD_FORMAT: a name that is there twice.
MUST_CHECK Status tensor_table_sort(TensorTable *table);

// In the order of the data; NULL: out of range.
const TensorSpec *tensor_table_at(const TensorTable *table, int i);
// NULL if there is none of that name. Logarithmic.
const TensorSpec *tensor_table_find(const TensorTable *table, const char *name);
// The text of this key, or NULL.
const char *tensor_table_text(const TensorTable *table, const char *key);

// "[768, 1024]", for sentences, in `text`.
enum { TENSOR_SHAPE_TEXT = 192 };
const char *tensor_table_shape(const TensorSpec *spec, char text[TENSOR_SHAPE_TEXT]);

#endif
