// A list of slots, looked up by name when a tensor arrives.
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
    conv_free(owned.conv);
    deconv_free(owned.deconv);
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

// Returns the elements with room for one more. NULL: not enough memory; then the elements stay as they are.
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

static WeightSlot *slot_of(const WeightSlots *slots, const char *name) {
    for (int i = 0; i < slots->n; i++) {
        if (!strcmp(slots->slots[i].name, name)) return &slots->slots[i];
    }
    return NULL;
}

// ---- filling

size_t weight_slots_n_values(const TensorSpec *spec) { return spec->bytes / dtype_bytes(spec->dtype); }

// Allocates the memory in which the slot's tensor stays.
static Status take_memory(WeightSlots *slots, WeightSlot *slot, const TensorSpec *spec) {
    size_t bytes = spec->bytes;
    if (slot->kind == WEIGHT_SLOT_FLOATS && !checked_mul(weight_slots_n_values(spec), sizeof(float), &bytes))
        return no_memory();
    slot->memory = malloc(bytes ? bytes : 1);
    if (!slot->memory) return no_memory();
    const Status status = weight_slots_own(slots, (WeightOwned){.memory = slot->memory});
    if (status) return status;
    if (slot->floats) *slot->floats = slot->memory;
    if (slot->raw) *slot->raw = slot->memory;
    return STATUS_OK;
}

// Whether the tensor stays in memory exactly as the file has it.
static bool stays(const WeightSlot *slot, const TensorSpec *spec) {
    return slot->kind == WEIGHT_SLOT_RAW || (slot->kind == WEIGHT_SLOT_FLOATS && spec->dtype == DTYPE_F32);
}

// Whether enough of the tensor has come to allocate memory for all of it.
static bool may_allocate(size_t bytes, size_t have) { return bytes <= WEIGHT_SLOTS_STEP || bytes / 4 <= have; }

static void free_staging(WeightSlots *slots) {
    free(slots->staging);
    slots->staging = NULL;
    slots->staging_bytes = 0;
}

// Makes room after the first `have` bytes of the staging buffer, which are kept.
static Status grow_staging(WeightSlots *slots, size_t bytes, size_t have) {
    const size_t size = may_allocate(bytes, have) ? bytes : 2 * have > WEIGHT_SLOTS_STEP ? 2 * have : WEIGHT_SLOTS_STEP;
    if (slots->staging_bytes >= size) return STATUS_OK;
    if (!have) free_staging(slots);
    void *grown = realloc(slots->staging, size);
    if (!grown) return no_memory();
    slots->staging = grown;
    slots->staging_bytes = size;
    return STATUS_OK;
}

Status weight_slots_place(WeightSlots *slots, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    WeightSlot *slot = slot_of(slots, spec->name);
    Status status = STATUS_OK;
    *destination = NULL;
    if (!slot) return STATUS_OK;
    if (stays(slot, spec) && may_allocate(spec->bytes, have)) {
        status = take_memory(slots, slot, spec);
        if (status) return status;
        if (have) memcpy(slot->memory, slots->staging, have);
        if (have) free_staging(slots);
        *destination = (char *)slot->memory + have;
        *room = spec->bytes - have;
        return STATUS_OK;
    }
    status = grow_staging(slots, spec->bytes, have);
    if (status) return status;
    *destination = (char *)slots->staging + have;
    *room = (spec->bytes < slots->staging_bytes ? spec->bytes : slots->staging_bytes) - have;
    return STATUS_OK;
}

// Loops call a function for each piece: browsers do not replace a running function by its optimised version.
enum { PIECE = 4096 };

static uint32_t largest_32(const uint32_t *values, size_t n) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) largest = (values[i] & 0x7fffffff) > largest ? values[i] & 0x7fffffff : largest;
    return largest;
}

static uint16_t largest_16(const uint16_t *values, size_t n) {
    uint16_t largest = 0;
    for (size_t i = 0; i < n; i++) largest = (values[i] & 0x7fff) > largest ? (uint16_t)(values[i] & 0x7fff) : largest;
    return largest;
}

// The largest magnitude of n floats of any dtype. Magnitudes compare as their bits do, so NaN is larger than all
// others.
static float largest_magnitude(const void *values, Dtype dtype, size_t n) {
    const size_t bytes = dtype_bytes(dtype);
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t count = n - i < PIECE ? n - i : PIECE;
        const void *piece = (const char *)values + i * bytes;
        const uint32_t found = dtype == DTYPE_F32 ? largest_32(piece, count) : largest_16(piece, count);
        if (found > largest) largest = found;
    }
    if (dtype == DTYPE_F16) return half_to_float((uint16_t)largest);
    if (dtype == DTYPE_BF16) return bfloat_to_float((uint16_t)largest);
    float magnitude;
    memcpy(&magnitude, &largest, sizeof magnitude);
    return magnitude;
}

// Larger numbers could overflow, which would make all outputs NaN and conversions to integers undefined.
static Status check_values(const TensorSpec *spec, const void *values) {
    if (spec->dtype > DTYPE_BF16) return STATUS_OK;
    const float largest = largest_magnitude(values, spec->dtype, weight_slots_n_values(spec));
    if (largest <= WEIGHT_SLOTS_LARGEST) return STATUS_OK;
    return status_fail(STATUS_BAD_FORMAT, "Expected numbers of at most %g in the tensor %.150s but found %g.",
                       (double)WEIGHT_SLOTS_LARGEST, spec->name, (double)largest);
}

static void convert(const void *from, Dtype dtype, size_t n, float *to) {
    const uint16_t *halves = from;
    if (dtype == DTYPE_F32) {
        memcpy(to, from, n * sizeof *to);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = dtype == DTYPE_F16 ? half_to_float(halves[i]) : bfloat_to_float(halves[i]);
    }
}

static Status fill_weights(const WeightSlots *slots, const WeightSlot *slot, const TensorSpec *spec) {
    LinearScales scales = {0};
    if (spec->dtype == DTYPE_I8) {
        char name[WEIGHT_SLOTS_NAME_SIZE + 8];
        snprintf(name, sizeof name, "%s.scale", slot->name);
        const WeightSlot *scale = slot_of(slots, name);
        if (!scale->is_filled) {
            return status_fail(STATUS_BAD_FORMAT, "Expected the tensor %s to stand before %s in the file.", name,
                               slot->name);
        }
        scales = (LinearScales){scale->memory, slot->n_scales};
    }
    if (slot->conv) return conv_pack(slot->conv, slots->staging, scales);
    if (slot->deconv) return deconv_pack(slot->deconv, slots->staging);
    const Status status = linear_take_memory(slot->linear);
    if (status) return status;
    linear_pack(slot->linear, slot->row, slot->n_rows, slots->staging, spec->dtype, scales);
    return STATUS_OK;
}

static Status fill_bias(const WeightSlots *slots, const WeightSlot *slot, const TensorSpec *spec) {
    float *bias = malloc((size_t)slot->n_rows * sizeof *bias);
    if (!bias) return no_memory();
    convert(slots->staging, spec->dtype, (size_t)slot->n_rows, bias);
    Status status = STATUS_OK;
    if (slot->conv) status = conv_set_bias(slot->conv, bias);
    if (slot->deconv) status = deconv_set_bias(slot->deconv, bias);
    if (slot->linear) status = linear_take_bias_memory(slot->linear);
    if (!status && slot->linear) linear_set_bias(slot->linear, slot->row, slot->n_rows, bias);
    free(bias);
    return status;
}

static Status fill_floats(WeightSlots *slots, WeightSlot *slot, const TensorSpec *spec) {
    const Status status = take_memory(slots, slot, spec);
    if (!status) convert(slots->staging, spec->dtype, weight_slots_n_values(spec), slot->memory);
    return status;
}

static Status fill(WeightSlots *slots, WeightSlot *slot, const TensorSpec *spec) {
    if (slot->kind == WEIGHT_SLOT_WEIGHTS) return fill_weights(slots, slot, spec);
    if (slot->kind == WEIGHT_SLOT_BIAS) return fill_bias(slots, slot, spec);
    return stays(slot, spec) ? STATUS_OK : fill_floats(slots, slot, spec);
}

Status weight_slots_placed(WeightSlots *slots, const TensorSpec *spec) {
    WeightSlot *slot = slot_of(slots, spec->name);
    Status status = check_values(spec, stays(slot, spec) ? slot->memory : slots->staging);
    if (!status) status = fill(slots, slot, spec);
    slot->is_filled = !status;
    return status;
}
