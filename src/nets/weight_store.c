// Checks what a network asks for against the file's header. weight_slots.c stores the bytes.
#include "nets/weight_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "nets/weight_slots.h"
#include "ops/kernels.h"
#include "ops/linear_i8.h"

enum { NAME_SIZE = WEIGHT_SLOTS_NAME_SIZE, MAX_MATRIX = 1 << 28 }; // values

struct WeightStore {
    WeightStoreOptions options;
    WeightStoreAsk *ask;
    void *network;
    Status status;
    const TensorTable *file; // while loading
    WeightSlots slots;
};

// ---- the sink of the file's reader

static Status begin(void *context, const TensorTable *file) {
    WeightStore *store = context;
    store->file = file;
    store->ask(store->network, store);
    return store->status;
}

static Status place(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    WeightStore *store = context;
    return weight_slots_place(&store->slots, spec, have, destination, room);
}

static Status placed(void *context, const TensorSpec *spec) {
    WeightStore *store = context;
    return weight_slots_placed(&store->slots, spec);
}

static Status finish(void *context) {
    WeightStore *store = context;
    store->file = NULL;
    weight_slots_forget(&store->slots);
    return STATUS_OK;
}

Status weight_store_create(WeightStoreOptions options, WeightStoreAsk *ask, void *network, TensorSink *sink,
                           WeightStore **out) {
    WeightStore *store = calloc(1, sizeof *store);
    if (!store) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the network's weights.");
    store->options = options;
    store->ask = ask;
    store->network = network;
    *sink = (TensorSink){store, begin, place, placed, finish};
    *out = store;
    return STATUS_OK;
}

void weight_store_free(WeightStore *store) {
    if (!store) return;
    weight_slots_free(&store->slots);
    free(store);
}

// ---- asking for tensors

void weight_store_refuse(WeightStore *store, Status status) {
    if (!store->status) store->status = status;
}

bool weight_store_failed(const WeightStore *store) { return store->status != STATUS_OK; }

bool weight_store_has(const WeightStore *store, const char *name) {
    return !store->status && tensor_table_find(store->file, name);
}

const char *weight_store_name(const WeightStore *store, int i) {
    const TensorSpec *spec = store->status ? NULL : tensor_table_at(store->file, i);
    return spec ? spec->name : NULL;
}

static const TensorSpec *find(WeightStore *store, const char *name) {
    if (store->status) return NULL;
    const TensorSpec *spec = tensor_table_find(store->file, name);
    if (!spec) {
        store->status =
            status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s in the file but there is none of that name.", name);
    }
    return spec;
}

static void refuse_shape(WeightStore *store, const TensorSpec *found, const TensorSpec *expected) {
    char expected_text[TENSOR_SHAPE_TEXT], found_text[TENSOR_SHAPE_TEXT];
    store->status =
        status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to have the shape %s but found %s.", found->name,
                    tensor_table_shape(expected, expected_text), tensor_table_shape(found, found_text));
}

// The tensor `name` if it has this shape.
static const TensorSpec *find_shaped(WeightStore *store, const char *name, WeightShape shape) {
    const TensorSpec *spec = find(store, name);
    if (!spec) return NULL;
    const size_t bytes = (size_t)shape.n_dims * sizeof shape.dims[0];
    if (spec->n_dims == shape.n_dims && !memcmp(spec->dims, shape.dims, bytes)) return spec;
    TensorSpec expected = {.n_dims = shape.n_dims};
    memcpy(expected.dims, shape.dims, bytes);
    refuse_shape(store, spec, &expected);
    return NULL;
}

static bool is_float(Dtype dtype) { return dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16; }

static void refuse_dtype(WeightStore *store, const TensorSpec *spec, const char *expected) {
    store->status = status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to hold %s but found %s.", spec->name,
                                expected, dtype_name(spec->dtype));
}

int weight_store_dim(WeightStore *store, const char *name, int n_dims, int i) {
    const TensorSpec *spec = find(store, name);
    if (!spec) return 0;
    if (spec->n_dims != n_dims) {
        char text[TENSOR_SHAPE_TEXT];
        store->status =
            status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to have %d dimensions but found the shape %s.", name,
                        n_dims, tensor_table_shape(spec, text));
    } else if (spec->dims[i] < 1 || spec->dims[i] > WEIGHT_STORE_MAX_DIM) {
        store->status =
            status_fail(STATUS_BAD_FORMAT, "Expected dimension %d of the tensor %s to be 1 to %d but found %zu.", i,
                        name, WEIGHT_STORE_MAX_DIM, spec->dims[i]);
    }
    return store->status ? 0 : (int)spec->dims[i];
}

int weight_store_number(WeightStore *store, const char *key, int otherwise) {
    const char *text = weight_store_text(store, key, NULL);
    if (!text) return otherwise;
    char *end;
    const long value = strtol(text, &end, 10);
    if (end > text && !*end && value >= 1 && value <= WEIGHT_STORE_MAX_DIM) return (int)value;
    store->status =
        status_fail(STATUS_BAD_FORMAT,
                    "Expected the file's metadata to give a whole number from 1 for %s but found '%.40s'.", key, text);
    return otherwise;
}

const char *weight_store_text(const WeightStore *store, const char *key, const char *otherwise) {
    const char *text = store->status ? NULL : tensor_table_text(store->file, key);
    return text ? text : otherwise;
}

static void add_slot(WeightStore *store, const char *name, WeightSlotKind kind, WeightSlot slot) {
    slot.kind = kind;
    weight_store_refuse(store, weight_slots_add(&store->slots, name, slot));
}

void weight_store_floats(WeightStore *store, const char *name, WeightShape shape, const float **to) {
    const TensorSpec *spec = find_shaped(store, name, shape);
    if (to) *to = NULL;
    if (!spec) return;
    if (is_float(spec->dtype))
        add_slot(store, name, WEIGHT_SLOT_FLOATS, (WeightSlot){.floats = to});
    else
        refuse_dtype(store, spec, "F32, F16 or BF16");
}

void weight_store_raw(WeightStore *store, const char *name, WeightShape shape, Dtype *dtype, const void **to) {
    const TensorSpec *spec = find_shaped(store, name, shape);
    *to = NULL;
    if (!spec) return;
    *dtype = spec->dtype;
    if (is_float(spec->dtype) || spec->dtype == DTYPE_I8)
        add_slot(store, name, WEIGHT_SLOT_RAW, (WeightSlot){.raw = to});
    else
        refuse_dtype(store, spec, "F32, F16, BF16 or I8");
}

// ---- asking for layers

// Whether n_names tensors like this one make a layer of an allowed size and dtype.
static bool is_matrix(WeightStore *store, const TensorSpec *first, int n_names) {
    const size_t out_c = first->dims[0], in_c = out_c ? weight_slots_n_values(first) / out_c : 0;
    if (!is_float(first->dtype) && first->dtype != DTYPE_I8) {
        refuse_dtype(store, first, "F32, F16, BF16 or I8");
    } else if (in_c < 1 || in_c > WEIGHT_STORE_MAX_DIM || out_c > WEIGHT_STORE_MAX_DIM ||
               weight_slots_n_values(first) > MAX_MATRIX / (size_t)n_names) {
        char text[TENSOR_SHAPE_TEXT];
        store->status =
            status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to be a matrix of a layer but found the shape %s.",
                        first->name, tensor_table_shape(first, text));
    }
    return !store->status;
}

static bool own(WeightStore *store, WeightOwned what) {
    weight_store_refuse(store, weight_slots_own(&store->slots, what));
    return !store->status;
}

// Whether the file's int8 layers take rotated inputs: "hadamard" means linear layers, "hadamard-1x1" of newer files
// also 1x1 convolutions.
static bool are_rotated(WeightStore *store, bool is_conv) {
    const char *rotation = weight_store_text(store, "rotation", NULL);
    if (!rotation) return false;
    if (!strcmp(rotation, "hadamard-1x1")) return true;
    if (!strcmp(rotation, "hadamard")) return !is_conv;
    weight_store_refuse(store, status_fail(STATUS_UNSUPPORTED,
                                           "Expected the file's metadata to give hadamard or hadamard-1x1 for rotation "
                                           "but found '%.40s'.",
                                           rotation));
    return false;
}

static Linear *create_linear(WeightStore *store, const TensorSpec *first, int n_names) {
    if (!is_matrix(store, first, n_names)) return NULL;
    Linear *linear = NULL;
    const int out_c = (int)first->dims[0], in_c = (int)(weight_slots_n_values(first) / first->dims[0]);
    const LinearSpec spec = {.in_c = in_c,
                             .out_c = n_names * out_c,
                             .kept = first->dtype,
                             .is_15_bit = store->options.is_15_bit,
                             .is_rotated = first->dtype == DTYPE_I8 && are_rotated(store, false)};
    if (!store->status) store->status = linear_create_empty(spec, kernels_chosen(), &linear);
    return !store->status && own(store, (WeightOwned){.linear = linear}) ? linear : NULL;
}

// Asks for the scales of I8 weights: one for each channel, or, if has_blocks and the file has them, one for each
// K-block of a channel. Returns the number of scales of a channel.
static int ask_scales(WeightStore *store, const char *weights, WeightShape shape, bool has_blocks) {
    char tensor[NAME_SIZE];
    WeightShape channels = {1, {shape.dims[0]}};
    snprintf(tensor, sizeof tensor, "%s.scale", weights);
    const TensorSpec *found = tensor_table_find(store->file, tensor);
    if (found && found->n_dims == 2 && has_blocks) {
        const int in_c = (int)(shape.n_dims > 1 ? shape.dims[1] : 1);
        channels = (WeightShape){2, {shape.dims[0], (size_t)divide_up(in_c, LINEAR_I8_BLOCK)}};
    }
    weight_store_floats(store, tensor, channels, NULL);
    return channels.n_dims == 2 ? (int)channels.dims[1] : 1;
}

// Asks for weights, scales and bias of the output channels that `rows` names. The weights must be of the dtype `kept`.
static void ask_rows(WeightStore *store, const char *name, WeightShape shape, bool has_bias, Dtype kept,
                     WeightSlot rows) {
    char tensor[NAME_SIZE];
    const WeightShape channels = {1, {shape.dims[0]}};
    rows.n_rows = (int)shape.dims[0];
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    const TensorSpec *weights = find_shaped(store, tensor, shape);
    if (!weights) return;
    if (weights->dtype != kept) {
        refuse_dtype(store, weights, dtype_name(kept));
        return;
    }
    if (weights->dtype == DTYPE_I8) {
        const bool has_blocks = !rows.conv || conv_spec(rows.conv).kernel == 1;
        rows.n_scales = ask_scales(store, tensor, shape, has_blocks);
    }
    add_slot(store, tensor, WEIGHT_SLOT_WEIGHTS, rows);
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    const TensorSpec *bias = has_bias ? find_shaped(store, tensor, channels) : NULL;
    if (!bias) return;
    if (is_float(bias->dtype)) {
        add_slot(store, tensor, WEIGHT_SLOT_BIAS, rows);
    } else {
        refuse_dtype(store, bias, "F32, F16 or BF16");
    }
}

Linear *weight_store_linear(WeightStore *store, const char *const *names, int n_names, WeightShape shape,
                            bool has_bias) {
    char tensor[NAME_SIZE];
    snprintf(tensor, sizeof tensor, "%s.weight", names[0]);
    const TensorSpec *first = find_shaped(store, tensor, shape);
    Linear *linear = first ? create_linear(store, first, n_names) : NULL;
    if (!linear) return NULL;
    for (int i = 0; i < n_names; i++) {
        const WeightSlot rows = {.linear = linear, .row = i * (int)shape.dims[0]};
        ask_rows(store, names[i], shape, has_bias, first->dtype, rows);
    }
    return store->status ? NULL : linear;
}

// <name>.weight of a convolution or a transposed convolution.
static const TensorSpec *find_kernel(WeightStore *store, const char *name, int in_c, int out_c, int kernel) {
    char tensor[NAME_SIZE];
    const size_t side = (size_t)kernel;
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    const TensorSpec *weights = find_shaped(store, tensor, (WeightShape){4, {(size_t)out_c, (size_t)in_c, side, side}});
    return weights && is_matrix(store, weights, 1) ? weights : NULL;
}

static WeightShape shape_of(const TensorSpec *kernel) {
    return (WeightShape){4, {kernel->dims[0], kernel->dims[1], kernel->dims[2], kernel->dims[3]}};
}

Conv *weight_store_conv(WeightStore *store, const char *name, ConvSpec spec) {
    const TensorSpec *weights = find_kernel(store, name, spec.in_c, spec.out_c, spec.kernel);
    if (!weights) return NULL;
    Conv *conv;
    spec.kept = weights->dtype;
    spec.is_15_bit = store->options.is_15_bit;
    spec.is_rotated = spec.kept == DTYPE_I8 && spec.kernel == 1 && are_rotated(store, true);
    if (store->status) return NULL;
    store->status = conv_create(spec, kernels_chosen(), &conv);
    if (store->status || !own(store, (WeightOwned){.conv = conv})) return NULL;
    ask_rows(store, name, shape_of(weights), true, spec.kept, (WeightSlot){.conv = conv});
    return store->status ? NULL : conv;
}

Deconv *weight_store_deconv(WeightStore *store, const char *name, DeconvSpec spec) {
    const TensorSpec *weights = find_kernel(store, name, spec.in_c, spec.out_c, spec.kernel);
    if (!weights) return NULL;
    Deconv *deconv;
    store->status = deconv_create(spec, kernels_chosen(), &deconv);
    if (store->status || !own(store, (WeightOwned){.deconv = deconv})) return NULL;
    ask_rows(store, name, shape_of(weights), true, DTYPE_F32, (WeightSlot){.deconv = deconv});
    return store->status ? NULL : deconv;
}
