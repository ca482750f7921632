// The receiver of a model file's tensors while the file loads; all readers feed one.
#ifndef WEIGHTS_TENSOR_SINK_H
#define WEIGHTS_TENSOR_SINK_H

#include "weights/tensor_table.h"

// The functions are called in this order, and the first failure of one ends the reading; any may be NULL.
typedef struct TensorSink {
    void *context;
    // The list of tensors is known, and no bytes have come: the place to look up shapes and texts, to find missing
    // tensors, and to allocate. The table stays until the reader is freed.
    Status (*begin)(void *context, const TensorTable *table);
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

#endif
