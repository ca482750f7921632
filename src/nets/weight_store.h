// The weights of one network: which tensors it needs from a file, where they lie in memory, and when they are freed. A
// network asks for all its tensors as soon as the file's list of tensors is known, so a wrong file is refused before
// the rest of it comes. Knows no network and no file format.
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

// A network's function that asks for all its tensors and layers. It is called once, when the list of tensors is known.
typedef void WeightStoreAsk(void *network, WeightStore *store);

// Creates an empty store and fills `sink`. A reader that writes to the sink fills the store with what `ask` asks for.
// STATUS_NO_MEMORY.
MUST_CHECK Status weight_store_create(WeightStoreOptions options, WeightStoreAsk *ask, void *network, TensorSink *sink,
                                      WeightStore **out);
// Also frees all tensors and layers of the store. Accepts NULL.
void weight_store_free(WeightStore *store);

// The functions below may be called in `ask` only. After the first failure (a tensor is missing, or has another shape
// or dtype) they do nothing and return NULL, 0 or false, and loading ends when `ask` returns. Values are checked when
// they come (weight_slots_placed).

enum { WEIGHT_STORE_MAX_DIM = 1 << 20, WEIGHT_STORE_MAX_DIMS = 4 };

typedef struct WeightShape {
    int n_dims;
    size_t dims[WEIGHT_STORE_MAX_DIMS];
} WeightShape;

bool weight_store_failed(const WeightStore *store);
bool weight_store_has(const WeightStore *store, const char *name);
// The name of tensor `i` in the order of the file; NULL: there are fewer. Valid during `ask`.
const char *weight_store_name(const WeightStore *store, int i);
// Dimension `i` of the tensor `name`, which must have `n_dims`: 1 to WEIGHT_STORE_MAX_DIM.
int weight_store_dim(WeightStore *store, const char *name, int n_dims, int i);
// The value of `key` in the header's metadata, a whole number from 1 to WEIGHT_STORE_MAX_DIM; `otherwise` if there is
// none.
int weight_store_number(WeightStore *store, const char *key, int otherwise);
// The same as a string. Valid during `ask`.
const char *weight_store_text(const WeightStore *store, const char *key, const char *otherwise);
// Records a failure that the network itself has found, if it is the first:
//     weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED, "Expected … but found …"));
void weight_store_refuse(WeightStore *store, Status status);

// A tensor as float32 (from F32, F16 or BF16). `*to` is NULL until its bytes have come; until then `to` must stay
// valid.
void weight_store_floats(WeightStore *store, const char *name, WeightShape shape, const float **to);
// A tensor as the file has it (F32, F16, BF16 or I8). `*dtype` is set at once.
void weight_store_raw(WeightStore *store, const char *name, WeightShape shape, Dtype *dtype, const void **to);
// One linear layer made of `n_names` layers of the file with the same input; their outputs follow one another. For each
// name: <name>.weight of `shape` [out_c][in_c] (in_c may be several dimensions), <name>.bias [out_c] if `has_bias`, and
// with I8 <name>.weight.scale [out_c] or [out_c][K-blocks]. Weights stay in the file's dtype, which must be the same
// for all names. Memory is allocated when they come.
Linear *weight_store_linear(WeightStore *store, const char *const *names, int n_names, WeightShape shape,
                            bool has_bias);
// A convolution: <name>.weight [out_c][in_c][kernel][kernel], <name>.bias [out_c], and with I8 <name>.weight.scale
// [out_c], or [out_c][K-blocks] for a 1x1 kernel. Weights stay in the file's dtype: `kept`, is_15_bit and is_rotated of
// `spec` are ignored.
Conv *weight_store_conv(WeightStore *store, const char *name, ConvSpec spec);
// A transposed convolution of float32: <name>.weight [out_c][in_c][kernel][kernel], <name>.bias [out_c].
Deconv *weight_store_deconv(WeightStore *store, const char *name, DeconvSpec spec);

#endif
