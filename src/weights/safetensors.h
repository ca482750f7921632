// Reads a safetensors file while it comes: says where its next bytes go, and they go straight to where they stay. Knows
// nothing of what the tensors mean, and never holds more of the file than its header.
// Format: an 8-byte little-endian length, that many bytes of JSON, the tensors' bytes one after the other.
#ifndef WEIGHTS_SAFETENSORS_H
#define WEIGHTS_SAFETENSORS_H

#include <stddef.h>

#include "core/dtype.h"
#include "core/status.h"

enum { TENSOR_MAX_DIMS = 8 };

typedef struct TensorSpec {
    const char *name; // the reader's
    Dtype dtype;
    int n_dims; // 0: one value
    size_t dims[TENSOR_MAX_DIMS];
    size_t bytes; // all its values', row after row, little-endian
} TensorSpec;

typedef struct Safetensors Safetensors;

// Who takes the tensors. The functions are called in this order, and the first failure of one ends the reading; any may
// be NULL.
typedef struct TensorSink {
    void *context;
    // The header is there, and nothing else yet: the place to look up shapes and metadata, to find what is missing, and
    // to allocate.
    Status (*begin)(void *context, const Safetensors *file);
    // For each tensor, in the order of the data, once or several times: `have` of its `spec->bytes` bytes have come;
    // sets `destination` to where those behind them go (no alignment is wanted) and `room` to how many at most, from 1,
    // or `destination` to NULL if no more are wanted. So a sink need not take all of the memory that a header asks for
    // before anything of it comes. The memory is the sink's and must stay until the next call.
    Status (*place)(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room);
    // The bytes of the tensor last placed are there. Not called for one that was not wanted.
    Status (*placed)(void *context, const TensorSpec *spec);
    // The file has ended where it should.
    Status (*finish)(void *context);
} TensorSink;

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

// From here on: all NULL or 0 until the header is there.

// The length of the file as its header tells it.
size_t safetensors_bytes(const Safetensors *file);
int safetensors_count(const Safetensors *file);
// In the order of the data.
const TensorSpec *safetensors_at(const Safetensors *file, int i);
// NULL if there is none of that name. Logarithmic.
const TensorSpec *safetensors_find(const Safetensors *file, const char *name);
// A string of the header's `__metadata__`, or NULL.
const char *safetensors_metadata(const Safetensors *file, const char *key);

// "[768, 1024]", for sentences, in `text`.
enum { TENSOR_SHAPE_TEXT = 192 };
const char *safetensors_shape(const TensorSpec *spec, char text[TENSOR_SHAPE_TEXT]);

#endif
