// The weights of one network that come from a file: what is wanted, where it lies in memory, and who frees it. A
// network asks for all of its tensors while it is known only which there are, so that a file that does not fit is
// refused before the rest of it comes. Knows no network, and no format of files.
#ifndef NETS_WEIGHT_STORE_H
#define NETS_WEIGHT_STORE_H

#include <stdbool.h>

#include "core/dtype.h"
#include "core/status.h"
#include "ops/conv.h"
#include "ops/deconv.h"
#include "ops/linear.h"
#include "weights/tensor_sink.h"

typedef struct WeightStore WeightStore;

typedef struct WeightStoreOptions {
    bool is_15_bit; // of int8 layers: see LinearSpec
} WeightStoreOptions;

// A network's function that asks for all it wants, as soon as it is known which tensors there are.
typedef void WeightStoreAsk(void *network, WeightStore *store);

// The file that goes through `sink`, which is filled here, fills the store with what `ask` wants of it.
MUST_CHECK Status weight_store_create(WeightStoreOptions options, WeightStoreAsk *ask, void *network, TensorSink *sink,
                                      WeightStore **out);
// Frees all that was asked for, too. Accepts NULL.
void weight_store_free(WeightStore *store);

// Asking, in `ask` only. After a first failure (a tensor that is missing, or of another shape or dtype) the rest does
// nothing and returns NULL, 0 or false; it ends the loading when `ask` returns. The limits of weight_slots.h for values
// are looked at as they come.

enum { WEIGHT_STORE_MAX_DIM = 1 << 20, WEIGHT_STORE_MAX_DIMS = 4 };

typedef struct WeightShape {
    int n_dims;
    size_t dims[WEIGHT_STORE_MAX_DIMS];
} WeightShape;

bool weight_store_failed(const WeightStore *store);
bool weight_store_has(const WeightStore *store, const char *name);
// The name of tensor `i` in the order of the file; NULL: there are not so many. Valid during `ask`.
const char *weight_store_name(const WeightStore *store, int i);
// Dimension `i` of the tensor `name`, which must have `n_dims`: 1 to WEIGHT_STORE_MAX_DIM.
int weight_store_dim(WeightStore *store, const char *name, int n_dims, int i);
// A whole number from 1 that the header's metadata gives for `key`, or `otherwise`.
int weight_store_number(WeightStore *store, const char *key, int otherwise);
// The string that the metadata gives for `key`, or `otherwise`. Valid during `ask`.
const char *weight_store_text(const WeightStore *store, const char *key, const char *otherwise);
// Records a failure of the network's own; see status_fail.
void weight_store_refuse(WeightStore *store, Status status);

// A tensor as float32 (from F32, F16 or BF16): `*to` is NULL until its bytes come, and `to` must stay valid as long.
void weight_store_floats(WeightStore *store, const char *name, WeightShape shape, const float **to);
// The same as the file has it (F32, F16, BF16 or I8), and its dtype, which is known at once.
void weight_store_raw(WeightStore *store, const char *name, WeightShape shape, Dtype *dtype, const void **to);
// One linear layer from `n_names` of the file with the same input, one after the other: <name>.weight [out_c][in_c] (or
// of more dimensions: `shape` is that of one), <name>.bias [out_c] if `has_bias`, and <name>.weight.scale [out_c] for
// weights of I8. They stay in the file's dtype, which must be the same for all names. Memory is taken when they come.
Linear *weight_store_linear(WeightStore *store, const char *const *names, int n_names, WeightShape shape,
                            bool has_bias);
// A convolution: <name>.weight [out_c][in_c][kernel][kernel], <name>.bias [out_c], and <name>.weight.scale [out_c] for
// weights of I8. What `spec` says of dtype and inputs does not count: weights stay in the file's dtype.
Conv *weight_store_conv(WeightStore *store, const char *name, ConvSpec spec);
// A transposed convolution of float32: <name>.weight [out_c][in_c][kernel][kernel], <name>.bias [out_c].
Deconv *weight_store_deconv(WeightStore *store, const char *name, DeconvSpec spec);

#endif
