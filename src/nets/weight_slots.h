// Where the tensors of a network's file go: a slot for each, which is filled when its bytes have come; and everything
// that is freed with the network. Memory is allocated while bytes come, so that a header alone cannot take much.
// weight_store.h looks at what the file has.
#ifndef NETS_WEIGHT_SLOTS_H
#define NETS_WEIGHT_SLOTS_H

#include <stdbool.h>

#include "core/status.h"
#include "ops/conv.h"
#include "ops/deconv.h"
#include "ops/linear.h"
#include "weights/tensor_sink.h"

enum { WEIGHT_SLOTS_NAME_SIZE = 128, WEIGHT_SLOTS_STEP = 32 << 20 }; // bytes
#define WEIGHT_SLOTS_LARGEST 1e18f

typedef enum WeightSlotKind {
    WEIGHT_SLOT_FLOATS,
    WEIGHT_SLOT_RAW,
    WEIGHT_SLOT_WEIGHTS,
    WEIGHT_SLOT_BIAS
} WeightSlotKind;

typedef struct WeightSlot {
    char name[WEIGHT_SLOTS_NAME_SIZE];
    WeightSlotKind kind;
    bool is_filled;
    // Of WEIGHT_SLOT_FLOATS and _RAW: where the tensor stays, as float32 or as the file has it, and the network's
    // pointers to it, which are set then; NULL: it has none.
    void *memory;
    const float **floats;
    const void **raw;
    // Of WEIGHT_SLOT_WEIGHTS and _BIAS: the layer, which is one of these three. The tensor has its rows
    // [row, row + n_rows); of a Conv and a Deconv that is all of them.
    Linear *linear;
    Conv *conv;
    Deconv *deconv;
    int row, n_rows;
    int n_scales; // of I8: for each row
} WeightSlot;

// Something to free with the network; NULL where it is not that.
typedef struct WeightOwned {
    void *memory;
    Linear *linear;
    Conv *conv;
    Deconv *deconv;
} WeightOwned;

// Empty if zeroed.
typedef struct WeightSlots {
    int n, capacity, n_owned, owned_capacity;
    WeightSlot *slots;
    WeightOwned *owned;
    void *staging; // buffer for a tensor that is not read straight to its place, or for the beginning of one
    size_t staging_bytes;
} WeightSlots;

// From now on `what` is freed with the slots. STATUS_NO_MEMORY: it has been freed at once.
MUST_CHECK Status weight_slots_own(WeightSlots *slots, WeightOwned what);
// Adds a slot for the tensor `name`; slot.name is ignored. STATUS_NO_MEMORY.
MUST_CHECK Status weight_slots_add(WeightSlots *slots, const char *name, WeightSlot slot);

// The `place` of a TensorSink. No destination if the tensor has no slot. Allocates at most WEIGHT_SLOTS_STEP bytes, or
// four times the bytes of the tensor that have come. STATUS_NO_MEMORY.
MUST_CHECK Status weight_slots_place(WeightSlots *slots, const TensorSpec *spec, size_t have, void **destination,
                                     size_t *room);
// The `placed` of a TensorSink: fills the slot. STATUS_BAD_FORMAT: the scales of I8 weights have not come yet, or a
// number is NaN, infinite or beyond WEIGHT_SLOTS_LARGEST. STATUS_NO_MEMORY.
MUST_CHECK Status weight_slots_placed(WeightSlots *slots, const TensorSpec *spec);

// The number of a tensor's values. It cannot wrap around, because the number of bytes does not.
size_t weight_slots_n_values(const TensorSpec *spec);

// No more tensors come: frees the slots and the staging buffer. What is owned stays.
void weight_slots_forget(WeightSlots *slots);
// Frees all of that, and what is owned.
void weight_slots_free(WeightSlots *slots);

#endif
