// The header of a safetensors file: its JSON, checked. For safetensors.c.
#ifndef WEIGHTS_SAFETENSORS_HEADER_H
#define WEIGHTS_SAFETENSORS_HEADER_H

#include "weights/tensor_table.h"

// `json` is not kept. Checks everything that can be known before the data: that each tensor is described wholly, its
// dtype, that its shape and its place agree, and that all of them follow one another without gap and overlap. The
// sentence names the tensor. *data_bytes is what all of them take.
MUST_CHECK Status safetensors_header_parse(const char *json, size_t size, TensorTable *out, size_t *data_bytes);

#endif
