// Reads a safetensors file as a stream: it says where the next bytes go, which is their final place. It does not know
// what the tensors mean, and holds nothing of the file except its header.
// Format: an 8-byte little-endian length, that many bytes of JSON, the tensors' bytes one after the other.
#ifndef WEIGHTS_SAFETENSORS_H
#define WEIGHTS_SAFETENSORS_H

#include <stddef.h>

#include "core/status.h"
#include "weights/tensor_sink.h"

typedef struct Safetensors Safetensors;

// `sink` is copied.
MUST_CHECK Status safetensors_create(const TensorSink *sink, Safetensors **out);
void safetensors_free(Safetensors *file); // accepts NULL; frees nothing of the sink's

// Where the file's next bytes go, and how many at most: 0 when all of them are there, or after a failure.
size_t safetensors_want(Safetensors *file, void **at);
// `n` bytes were put there. More than were wanted are bytes that the header does not describe. STATUS_BAD_FORMAT,
// STATUS_UNSUPPORTED and STATUS_NO_MEMORY name the tensor; after a failure all further calls fail the same way.
MUST_CHECK Status safetensors_took(Safetensors *file, size_t n);
// The file has ended: STATUS_BAD_FORMAT if it should not have, otherwise what the sink's `finish` says.
MUST_CHECK Status safetensors_end(Safetensors *file);
// All of it at once: `size` bytes that are in memory already.
MUST_CHECK Status safetensors_read(const void *bytes, size_t size, const TensorSink *sink);

// The table of the header; empty until that is there.
const TensorTable *safetensors_table(const Safetensors *file);
// The length of the file by its header; 0 until that is there.
size_t safetensors_bytes(const Safetensors *file);

#endif
