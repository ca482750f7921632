// A list of slots, looked up by name when a tensor's turn comes.
#include "nets/weight_slots.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/half.h"

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the network's weights."); }

static void free_owned(WeightOwned owned) {
    free(owned.memory);
    linear_free(owned.linear);
    conv_same_free(owned.conv);
}

void weight_slots_forget(WeightSlots *slots) {
    free(slots->slots);
    free(slots->staging);
    slots->slots = NULL;
    slots->staging = NULL;
    slots->n = slots->capacity = 0;
    slots->staging_bytes = 0;
}

void weight_slots_free(WeightSlots *slots) {
    weight_slots_forget(slots);
    for (int i = 0; i < slots->n_owned; i++) free_owned(slots->owned[i]);
    free(slots->owned);
    *slots = (WeightSlots){0};
}

// ---- the list

// The elements, with room for one more; NULL, and they stay as they are, if there is none.
static void *with_room(void *elements, int n, int *capacity, size_t element_bytes) {
    if (n < *capacity) return elements;
    const int larger = *capacity ? 2 * *capacity : 64;
    void *moved = realloc(elements, (size_t)larger * element_bytes);
    if (moved) *capacity = larger;
    return moved;
}

Status weight_slots_own(WeightSlots *slots, WeightOwned what) {
    WeightOwned *owned = with_room(slots->owned, slots->n_owned, &slots->owned_capacity, sizeof *owned);
    if (!owned) {
        free_owned(what);
        return no_memory();
    }
    slots->owned = owned;
    owned[slots->n_owned++] = what;
    return STATUS_OK;
}

Status weight_slots_add(WeightSlots *slots, const char *name, WeightSlot slot) {
    WeightSlot *list = with_room(slots->slots, slots->n, &slots->capacity, sizeof *list);
    if (!list) return no_memory();
    snprintf(slot.name, sizeof slot.name, "%s", name);
    slots->slots = list;
    list[slots->n++] = slot;
    return STATUS_OK;
}

Status weight_slots_add_memory(WeightSlots *slots, const char *name, WeightSlotKind kind, size_t n,
                               size_t element_bytes, void **memory) {
    size_t bytes;
    *memory = checked_mul(n, element_bytes, &bytes) ? malloc(bytes) : NULL;
    if (!*memory) return no_memory();
    const Status status = weight_slots_own(slots, (WeightOwned){.memory = *memory});
    return status ? status : weight_slots_add(slots, name, (WeightSlot){.kind = kind, .memory = *memory});
}

static WeightSlot *slot_of(const WeightSlots *slots, const char *name) {
    for (int i = 0; i < slots->n; i++) {
        if (!strcmp(slots->slots[i].name, name)) return &slots->slots[i];
    }
    return NULL;
}

// ---- filling

size_t weight_slots_n_values(const TensorSpec *spec) { return spec->bytes / dtype_bytes(spec->dtype); }

Status weight_slots_place(WeightSlots *slots, const TensorSpec *spec, void **destination) {
    const WeightSlot *slot = slot_of(slots, spec->name);
    if (!slot) {
        *destination = NULL;
    } else if (slot->kind == WEIGHT_SLOT_RAW || (slot->kind == WEIGHT_SLOT_FLOATS && spec->dtype == DTYPE_F32)) {
        *destination = slot->memory;
    } else {
        if (spec->bytes > slots->staging_bytes) {
            free(slots->staging);
            slots->staging = malloc(spec->bytes);
            slots->staging_bytes = slots->staging ? spec->bytes : 0;
            if (!slots->staging) return no_memory();
        }
        *destination = slots->staging;
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

static Status fill_weights(const WeightSlots *slots, const WeightSlot *slot, const TensorSpec *spec) {
    const float *scales = NULL;
    if (spec->dtype == DTYPE_I8) {
        char name[WEIGHT_SLOTS_NAME_SIZE + 8];
        snprintf(name, sizeof name, "%s.scale", slot->name);
        const WeightSlot *scale = slot_of(slots, name);
        if (!scale->is_filled) {
            return status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to stand before %s in the file.", name,
                               slot->name);
        }
        scales = scale->memory;
    }
    if (slot->conv) return conv_same_pack(slot->conv, slots->staging, scales);
    linear_pack(slot->linear, slot->row, slot->n_rows, slots->staging, spec->dtype, scales);
    return STATUS_OK;
}

static Status fill_bias(const WeightSlots *slots, const WeightSlot *slot, const TensorSpec *spec) {
    float *bias = malloc((size_t)slot->n_rows * sizeof *bias);
    if (!bias) return no_memory();
    widen(slots->staging, spec->dtype, (size_t)slot->n_rows, bias);
    if (slot->conv) {
        conv_same_set_bias(slot->conv, bias);
    } else {
        linear_set_bias(slot->linear, slot->row, slot->n_rows, bias);
    }
    free(bias);
    return STATUS_OK;
}

Status weight_slots_placed(WeightSlots *slots, const TensorSpec *spec) {
    WeightSlot *slot = slot_of(slots, spec->name);
    Status status = STATUS_OK;
    if (slot->kind == WEIGHT_SLOT_WEIGHTS) {
        status = fill_weights(slots, slot, spec);
    } else if (slot->kind == WEIGHT_SLOT_BIAS) {
        status = fill_bias(slots, slot, spec);
    } else if (slot->kind == WEIGHT_SLOT_FLOATS && spec->dtype != DTYPE_F32) {
        widen(slots->staging, spec->dtype, weight_slots_n_values(spec), slot->memory);
    }
    slot->is_filled = true;
    return status;
}
