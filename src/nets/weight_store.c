// A list of slots, one for each tensor that a network asked for: looked up by name when the tensor's turn comes.
#include "nets/weight_store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/half.h"

enum { NAME_SIZE = 128, MAX_MATRIX = 1 << 28 }; // values

typedef enum SlotKind { SLOT_FLOATS, SLOT_RAW, SLOT_WEIGHTS, SLOT_BIAS } SlotKind;

typedef struct Slot {
    char name[NAME_SIZE];
    SlotKind kind;
    bool is_filled;
    void *memory;   // of SLOT_FLOATS and SLOT_RAW: where the tensor stays
    Linear *linear; // of the others: whose rows [row, row + n_rows) it is, or
    ConvSame *conv; // whose rows, all of them
    int row, n_rows;
} Slot;

// Something to free.
typedef struct Owned {
    void *memory;
    Linear *linear;
    ConvSame *conv;
} Owned;

struct WeightStore {
    WeightStoreOptions options;
    WeightStoreAsk *ask;
    void *network;
    Status status;
    const Safetensors *file; // while loading
    int n_slots, slots_capacity, n_owned, owned_capacity;
    Slot *slots;
    Owned *owned;
    void *staging; // a tensor that does not go straight to its place
    size_t staging_bytes;
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the network's weights."); }

static void forget_loading(WeightStore *store) {
    free(store->slots);
    free(store->staging);
    store->slots = NULL;
    store->staging = NULL;
    store->file = NULL;
    store->n_slots = store->slots_capacity = 0;
    store->staging_bytes = 0;
}

static void free_owned(Owned owned) {
    free(owned.memory);
    linear_free(owned.linear);
    conv_same_free(owned.conv);
}

void weight_store_free(WeightStore *store) {
    if (!store) return;
    forget_loading(store);
    for (int i = 0; i < store->n_owned; i++) free_owned(store->owned[i]);
    free(store->owned);
    free(store);
}

void weight_store_refuse(WeightStore *store, Status status) {
    if (!store->status) store->status = status;
}

// Room for one more element, zeroed; NULL, and the store has failed, if there is none.
static void *grow(WeightStore *store, void *array, int *n, int *capacity, size_t element_bytes) {
    char *elements = *(char **)array;
    if (*n == *capacity) {
        const int larger = *capacity ? 2 * *capacity : 64;
        elements = realloc(elements, (size_t)larger * element_bytes);
        if (!elements) {
            weight_store_refuse(store, no_memory());
            return NULL;
        }
        *(char **)array = elements;
        *capacity = larger;
    }
    return memset(elements + (size_t)(*n)++ * element_bytes, 0, element_bytes);
}

// Frees it at once if that is not possible.
static bool own(WeightStore *store, Owned what) {
    Owned *owned = grow(store, &store->owned, &store->n_owned, &store->owned_capacity, sizeof *owned);
    if (owned) {
        *owned = what;
    } else {
        free_owned(what);
    }
    return owned != NULL;
}

// ---- asking

bool weight_store_failed(const WeightStore *store) { return store->status != STATUS_OK; }

bool weight_store_has(const WeightStore *store, const char *name) {
    return !store->status && safetensors_find(store->file, name);
}

static const TensorSpec *find(WeightStore *store, const char *name) {
    if (store->status) return NULL;
    const TensorSpec *spec = safetensors_find(store->file, name);
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
                    safetensors_shape(expected, expected_text), safetensors_shape(found, found_text));
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
                        n_dims, safetensors_shape(spec, text));
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
    const char *text = store->status ? NULL : safetensors_metadata(store->file, key);
    return text ? text : otherwise;
}

static Slot *add_slot(WeightStore *store, const char *name, SlotKind kind) {
    Slot *slot = grow(store, &store->slots, &store->n_slots, &store->slots_capacity, sizeof *slot);
    if (!slot) return NULL;
    snprintf(slot->name, sizeof slot->name, "%s", name);
    slot->kind = kind;
    return slot;
}

static void add_rows(WeightStore *store, const char *name, SlotKind kind, Slot rows) {
    Slot *slot = add_slot(store, name, kind);
    if (!slot) return;
    slot->linear = rows.linear;
    slot->conv = rows.conv;
    slot->row = rows.row;
    slot->n_rows = rows.n_rows;
}

static void *add_memory(WeightStore *store, const char *name, SlotKind kind, size_t n, size_t element_bytes) {
    size_t bytes;
    void *memory = checked_mul(n, element_bytes, &bytes) ? malloc(bytes) : NULL;
    if (!memory) {
        weight_store_refuse(store, no_memory());
        return NULL;
    }
    if (!own(store, (Owned){.memory = memory})) return NULL;
    Slot *slot = add_slot(store, name, kind);
    if (slot) slot->memory = memory;
    return slot ? memory : NULL;
}

// How many values a tensor has: cannot wrap around, since its bytes do not.
static size_t count_of(const TensorSpec *spec) { return spec->bytes / dtype_bytes(spec->dtype); }

const float *weight_store_floats(WeightStore *store, const char *name, WeightShape shape) {
    const TensorSpec *spec = find_shaped(store, name, shape);
    if (!spec) return NULL;
    if (is_float(spec->dtype)) return add_memory(store, name, SLOT_FLOATS, count_of(spec), sizeof(float));
    refuse_dtype(store, spec, "F32, F16 or BF16");
    return NULL;
}

const void *weight_store_raw(WeightStore *store, const char *name, WeightShape shape, Dtype *dtype) {
    const TensorSpec *spec = find_shaped(store, name, shape);
    if (!spec) return NULL;
    *dtype = spec->dtype;
    if (is_float(spec->dtype) || spec->dtype == DTYPE_I8) return add_memory(store, name, SLOT_RAW, spec->bytes, 1);
    refuse_dtype(store, spec, "F32, F16, BF16 or I8");
    return NULL;
}

// Whether a layer of n_names such tensors may be made.
static bool is_matrix(WeightStore *store, const TensorSpec *first, int n_names) {
    const size_t out_c = first->dims[0], in_c = out_c ? count_of(first) / out_c : 0;
    if (!is_float(first->dtype) && first->dtype != DTYPE_I8) {
        refuse_dtype(store, first, "F32, F16, BF16 or I8");
    } else if (in_c < 1 || in_c > WEIGHT_STORE_MAX_DIM || out_c > WEIGHT_STORE_MAX_DIM ||
               count_of(first) > MAX_MATRIX / (size_t)n_names) {
        char text[TENSOR_SHAPE_TEXT];
        store->status =
            status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to be a matrix of a layer but found the shape %s.",
                        first->name, safetensors_shape(first, text));
    }
    return !store->status;
}

static LinearImpl impl_of(const WeightStore *store) { return store->options.use_ref ? LINEAR_REF : LINEAR_FASTEST; }

static Linear *create_linear(WeightStore *store, const TensorSpec *first, int n_names) {
    if (!is_matrix(store, first, n_names)) return NULL;
    Linear *linear;
    const int out_c = (int)first->dims[0], in_c = (int)(count_of(first) / first->dims[0]);
    const LinearSpec spec = {in_c, n_names * out_c, first->dtype, store->options.fine_inputs};
    store->status = linear_create(spec, impl_of(store), &linear);
    return !store->status && own(store, (Owned){.linear = linear}) ? linear : NULL;
}

// Asks for weights, scales and bias of the output channels that `rows` tells of, which are kept as `kept`.
static void ask_rows(WeightStore *store, const char *name, WeightShape shape, bool has_bias, Dtype kept, Slot rows) {
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
    add_rows(store, tensor, SLOT_WEIGHTS, rows);
    if (weights->dtype == DTYPE_I8) {
        snprintf(tensor, sizeof tensor, "%s.weight.scale", name);
        weight_store_floats(store, tensor, channels);
    }
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    const TensorSpec *bias = has_bias ? find_shaped(store, tensor, channels) : NULL;
    if (!bias) return;
    if (is_float(bias->dtype)) {
        add_rows(store, tensor, SLOT_BIAS, rows);
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
        const Slot rows = {.linear = linear, .row = i * (int)shape.dims[0]};
        ask_rows(store, names[i], shape, has_bias, first->dtype, rows);
    }
    return store->status ? NULL : linear;
}

ConvSame *weight_store_conv(WeightStore *store, const char *name, ConvSameSpec spec) {
    char tensor[NAME_SIZE];
    const size_t kernel = (size_t)spec.kernel;
    const WeightShape shape = {4, {(size_t)spec.out_c, (size_t)spec.in_c, kernel, kernel}};
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    const TensorSpec *weights = find_shaped(store, tensor, shape);
    if (!weights || !is_matrix(store, weights, 1)) return NULL;
    ConvSame *conv;
    spec.kept = weights->dtype;
    spec.fine = store->options.fine_inputs;
    store->status = conv_same_create(spec, impl_of(store), &conv);
    if (store->status || !own(store, (Owned){.conv = conv})) return NULL;
    ask_rows(store, name, shape, true, spec.kept, (Slot){.conv = conv});
    return store->status ? NULL : conv;
}

// ---- filling

static Status begin(void *context, const Safetensors *file) {
    WeightStore *store = context;
    store->file = file;
    store->ask(store->network, store);
    return store->status;
}

static Slot *slot_of(const WeightStore *store, const char *name) {
    for (int i = 0; i < store->n_slots; i++) {
        if (!strcmp(store->slots[i].name, name)) return &store->slots[i];
    }
    return NULL;
}

static Status place(void *context, const TensorSpec *spec, void **destination) {
    WeightStore *store = context;
    const Slot *slot = slot_of(store, spec->name);
    if (!slot) {
        *destination = NULL;
    } else if (slot->kind == SLOT_RAW || (slot->kind == SLOT_FLOATS && spec->dtype == DTYPE_F32)) {
        *destination = slot->memory;
    } else {
        if (spec->bytes > store->staging_bytes) {
            free(store->staging);
            store->staging = malloc(spec->bytes);
            store->staging_bytes = store->staging ? spec->bytes : 0;
            if (!store->staging) return no_memory();
        }
        *destination = store->staging;
    }
    return STATUS_OK;
}

static void widen(const void *from, Dtype dtype, size_t n, float *to) {
    const uint16_t *halves = from;
    if (dtype == DTYPE_F32) {
        memcpy(to, from, n * sizeof *to);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = dtype == DTYPE_F16 ? half_to_float(halves[i]) : bfloat_to_float(halves[i]);
    }
}

static Status fill_weights(const WeightStore *store, const Slot *slot, const TensorSpec *spec) {
    const float *scales = NULL;
    if (spec->dtype == DTYPE_I8) {
        char name[NAME_SIZE + 8];
        snprintf(name, sizeof name, "%s.scale", slot->name);
        const Slot *scale = slot_of(store, name);
        if (!scale->is_filled) {
            return status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to stand before %s in the file.", name,
                               slot->name);
        }
        scales = scale->memory;
    }
    if (slot->conv) return conv_same_pack(slot->conv, store->staging, scales);
    linear_pack(slot->linear, slot->row, slot->n_rows, store->staging, spec->dtype, scales);
    return STATUS_OK;
}

static Status fill_bias(const WeightStore *store, const Slot *slot, const TensorSpec *spec) {
    float *bias = malloc((size_t)slot->n_rows * sizeof *bias);
    if (!bias) return no_memory();
    widen(store->staging, spec->dtype, (size_t)slot->n_rows, bias);
    if (slot->conv) {
        conv_same_set_bias(slot->conv, bias);
    } else {
        linear_set_bias(slot->linear, slot->row, slot->n_rows, bias);
    }
    free(bias);
    return STATUS_OK;
}

static Status placed(void *context, const TensorSpec *spec) {
    WeightStore *store = context;
    Slot *slot = slot_of(store, spec->name);
    Status status = STATUS_OK;
    if (slot->kind == SLOT_WEIGHTS) {
        status = fill_weights(store, slot, spec);
    } else if (slot->kind == SLOT_BIAS) {
        status = fill_bias(store, slot, spec);
    } else if (slot->kind == SLOT_FLOATS && spec->dtype != DTYPE_F32) {
        widen(store->staging, spec->dtype, count_of(spec), slot->memory);
    }
    slot->is_filled = true;
    return status;
}

static Status finish(void *context) {
    forget_loading(context);
    return STATUS_OK;
}

Status weight_store_create(WeightStoreOptions options, WeightStoreAsk *ask, void *network, TensorSink *sink,
                           WeightStore **out) {
    WeightStore *store = calloc(1, sizeof *store);
    if (!store) return no_memory();
    store->options = options;
    store->ask = ask;
    store->network = network;
    *sink = (TensorSink){store, begin, place, placed, finish};
    *out = store;
    return STATUS_OK;
}
