// The header of a safetensors file: its JSON, checked. For safetensors.c.
#ifndef WEIGHTS_SAFETENSORS_HEADER_H
#define WEIGHTS_SAFETENSORS_HEADER_H

#include "weights/tensor_table.h"

// `json` is not kept. Checks everything that is known before the data: each tensor is completely described, its dtype
// is supported, its shape fits its offsets, and tensors follow each other without gaps and overlaps. The message names
// the tensor. *data_bytes: of all tensors.
MUST_CHECK Status safetensors_header_parse(const char *json, size_t size, TensorTable *out, size_t *data_bytes);

#endif
