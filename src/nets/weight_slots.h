// Where the tensors of a network's file go: a slot for each, filled when its bytes have come, and all that is to be
// freed with the network. Memory is taken as the bytes come, so that a header alone takes none. Does not look at what
// the file has, which is weight_store.h.
#ifndef NETS_WEIGHT_SLOTS_H
#define NETS_WEIGHT_SLOTS_H

#include <stdbool.h>

#include "core/status.h"
#include "ops/conv.h"
#include "ops/deconv.h"
#include "ops/linear.h"
#include "weights/tensor_sink.h"

enum { WEIGHT_SLOTS_NAME_SIZE = 128, WEIGHT_SLOTS_STEP = 32 << 20 };
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
    void *memory;         // of WEIGHT_SLOT_FLOATS and _RAW: where the tensor stays, as float32 or as the file has it
    const float **floats; // where the network looks for the one, and for the other; NULL: nowhere
    const void **raw;
    Linear *linear; // of the other kinds: whose rows [row, row + n_rows) it is, or
    Conv *conv;     // whose rows, all of them, or
    Deconv *deconv; // the same
    int row, n_rows;
    int n_scales; // of I8: for each row
} WeightSlot;

// Something to free.
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
    void *staging; // a tensor, or the beginning of one, that does not go straight to its place
    size_t staging_bytes;
} WeightSlots;

// `what` is freed with the slots, or at once if that is not possible.
MUST_CHECK Status weight_slots_own(WeightSlots *slots, WeightOwned what);
// `slot.name` does not count.
MUST_CHECK Status weight_slots_add(WeightSlots *slots, const char *name, WeightSlot slot);

// As the `place` of a TensorSink: no destination if the tensor has no slot. Takes no more memory at once than
// WEIGHT_SLOTS_STEP, or four times what has come of the tensor.
MUST_CHECK Status weight_slots_place(WeightSlots *slots, const TensorSpec *spec, size_t have, void **destination,
                                     size_t *room);
// All of it is there. Fails if the scales of I8 weights are not, and for numbers that no network has: NaN, infinite, or
// beyond WEIGHT_SLOTS_LARGEST.
MUST_CHECK Status weight_slots_placed(WeightSlots *slots, const TensorSpec *spec);

// How many values a tensor has: cannot wrap around, since its bytes do not.
size_t weight_slots_n_values(const TensorSpec *spec);

// No more tensors come; what is owned stays.
void weight_slots_forget(WeightSlots *slots);
// And what is owned.
void weight_slots_free(WeightSlots *slots);

#endif
