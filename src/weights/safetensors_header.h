// The header of a safetensors file: its JSON, checked, and what can be looked up in it. For safetensors.c.
#ifndef WEIGHTS_SAFETENSORS_HEADER_H
#define WEIGHTS_SAFETENSORS_HEADER_H

#include "weights/safetensors.h"

typedef struct SafetensorsTensor {
    TensorSpec spec;
    size_t begin; // behind the header
} SafetensorsTensor;

typedef struct SafetensorsText {
    const char *key, *value;
} SafetensorsText;

typedef struct SafetensorsHeader {
    char *strings;              // owned: all names, keys and values
    SafetensorsTensor *tensors; // owned; in the order of the data, without gaps
    const TensorSpec **by_name; // owned
    SafetensorsText *metadata;  // owned
    size_t n_tensors, n_metadata;
    size_t data_bytes;
} SafetensorsHeader;

// `json` is not kept. Checks everything that can be known before the data: that each tensor is described wholly, its
// dtype, that its shape and its place agree, and that all of them follow one another without gap and overlap. The
// sentence names the tensor.
MUST_CHECK Status safetensors_header_parse(const char *json, size_t size, SafetensorsHeader *out);
void safetensors_header_free(SafetensorsHeader *header); // accepts a zeroed or half-built one

const TensorSpec *safetensors_header_find(const SafetensorsHeader *header, const char *name);

#endif
