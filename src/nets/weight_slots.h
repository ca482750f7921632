// Where the tensors of a network's file go: a slot for each, filled when its bytes have come, and all that is to be
// freed with the network. Does not look at what the file has, which is weight_store.h.
#ifndef NETS_WEIGHT_SLOTS_H
#define NETS_WEIGHT_SLOTS_H

#include <stdbool.h>

#include "core/status.h"
#include "ops/conv_same.h"
#include "ops/linear.h"
#include "weights/safetensors.h"

enum { WEIGHT_SLOTS_NAME_SIZE = 128 };

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
    void *memory;   // of WEIGHT_SLOT_FLOATS and _RAW: where the tensor stays, as float32 or as the file has it
    Linear *linear; // of the others: whose rows [row, row + n_rows) it is, or
    ConvSame *conv; // whose rows, all of them
    int row, n_rows;
} WeightSlot;

// Something to free.
typedef struct WeightOwned {
    void *memory;
    Linear *linear;
    ConvSame *conv;
} WeightOwned;

// Empty if zeroed.
typedef struct WeightSlots {
    int n, capacity, n_owned, owned_capacity;
    WeightSlot *slots;
    WeightOwned *owned;
    void *staging; // a tensor that does not go straight to its place
    size_t staging_bytes;
} WeightSlots;

// `what` is freed with the slots, or at once if that is not possible.
MUST_CHECK Status weight_slots_own(WeightSlots *slots, WeightOwned what);
// `slot.name` does not count.
MUST_CHECK Status weight_slots_add(WeightSlots *slots, const char *name, WeightSlot slot);
// A slot of WEIGHT_SLOT_FLOATS or _RAW with memory of its own for `n` elements.
MUST_CHECK Status weight_slots_add_memory(WeightSlots *slots, const char *name, WeightSlotKind kind, size_t n,
                                          size_t element_bytes, void **memory);

// Where the bytes of a tensor are to be put: NULL if it has no slot.
MUST_CHECK Status weight_slots_place(WeightSlots *slots, const TensorSpec *spec, void **destination);
// They are there. Fails if the scales of I8 weights are not.
MUST_CHECK Status weight_slots_placed(WeightSlots *slots, const TensorSpec *spec);

// How many values a tensor has: cannot wrap around, since its bytes do not.
size_t weight_slots_n_values(const TensorSpec *spec);

// No more tensors come; what is owned stays.
void weight_slots_forget(WeightSlots *slots);
// And what is owned.
void weight_slots_free(WeightSlots *slots);

#endif
