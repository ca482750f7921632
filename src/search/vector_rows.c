// Each block is one piece of zeroed memory. A row is at most a quarter of a block.
#include "search/vector_rows.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/half.h"
#include "core/ints.h"
#include "search/row_dot.h"

enum { BLOCK_BYTES = 1 << 20 };

struct VectorRows {
    VectorForm form;
    size_t padded;
    int capacity; // rows of a block
    int n, n_blocks, n_used;
    VectorBlock *blocks; // [n_blocks]; the first n_used have rows
    uint8_t *stored;     // room for one
};

static size_t row_bytes(const VectorRows *rows) {
    return rows->padded * dtype_bytes(rows->form.dtype) + sizeof(float) + stored_vector_header(rows->form);
}

Status vector_rows_create(VectorForm form, VectorRows **out) {
    const Status status = stored_vector_check_form(form);
    if (status) return status;
    VectorRows *rows = calloc(1, sizeof *rows);
    uint8_t *stored = malloc(stored_vector_bytes(form));
    if (!rows || !stored) {
        free(rows);
        free(stored);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for vectors.");
    }
    *rows = (VectorRows){.form = form, .padded = (size_t)round_up(form.dims, ROW_DOT_PAD), .stored = stored};
    rows->capacity = max((int)(BLOCK_BYTES / row_bytes(rows)), 1);
    *out = rows;
    return STATUS_OK;
}

void vector_rows_free(VectorRows *rows) {
    if (!rows) return;
    for (int i = 0; i < rows->n_blocks; i++) free(rows->blocks[i].values);
    free(rows->blocks);
    free(rows->stored);
    free(rows);
}

VectorForm vector_rows_form(const VectorRows *rows) { return rows->form; }
size_t vector_rows_padded(const VectorRows *rows) { return rows->padded; }
int vector_rows_n(const VectorRows *rows) { return rows->n; }
int vector_rows_n_blocks(const VectorRows *rows) { return rows->n_used; }
const VectorBlock *vector_rows_block(const VectorRows *rows, int i) { return rows->blocks + i; }

size_t vector_rows_bytes(const VectorRows *rows) {
    return (size_t)rows->n_blocks * (size_t)rows->capacity * row_bytes(rows);
}

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for more vectors."); }

static Status add_block(VectorRows *rows) {
    const size_t capacity = (size_t)rows->capacity;
    VectorBlock *blocks = realloc(rows->blocks, ((size_t)rows->n_blocks + 1) * sizeof *blocks);
    if (!blocks) return no_memory();
    rows->blocks = blocks;
    void *memory = calloc(capacity, row_bytes(rows));
    if (!memory) return no_memory();
    float *lengths = (float *)((char *)memory + capacity * rows->padded * dtype_bytes(rows->form.dtype));
    blocks[rows->n_blocks] = (VectorBlock){
        .values = memory,
        .lengths = lengths,
        .scales = rows->form.dtype == DTYPE_I8 ? lengths + capacity : NULL,
        .first = rows->n_blocks * rows->capacity,
    };
    rows->n_blocks++;
    return STATUS_OK;
}

// The block that the next row goes into.
static Status open_block(VectorRows *rows) {
    if (rows->n < rows->n_used * rows->capacity) return STATUS_OK;
    if (rows->n > INT_MAX - rows->capacity) return status_fail(STATUS_UNSUPPORTED, "Expected fewer than 2^31 vectors.");
    const Status status = rows->n_used < rows->n_blocks ? STATUS_OK : add_block(rows);
    if (!status) rows->blocks[rows->n_used++].n = 0;
    return status;
}

// Rebiases all values in place. False: not all can be, and none was changed.
static bool rebias(size_t dims, uint16_t *values) {
    for (size_t i = 0; i < dims; i++) {
        if (!half_can_be_rebiased(values[i])) return false;
    }
    for (size_t i = 0; i < dims; i++) values[i] = half_rebias(values[i]);
    return true;
}

// Appends a vector that has been checked.
static Status put(VectorRows *rows, const uint8_t *stored) {
    const Status status = open_block(rows);
    if (status) return status;
    const VectorForm form = rows->form;
    const size_t dims = (size_t)form.dims;
    VectorBlock *block = rows->blocks + rows->n_used - 1;
    uint8_t *values = (uint8_t *)vector_rows_values(form, rows->padded, block, block->n);
    memcpy(values, stored + stored_vector_header(form), dims * dtype_bytes(form.dtype));
    const bool is_as_stored = form.dtype == DTYPE_F16 && !rebias(dims, (uint16_t *)(void *)values);
    const float length = (float)stored_vector_length(form, stored);
    block->lengths[block->n] = is_as_stored ? -length : length;
    if (block->scales) block->scales[block->n] = stored_vector_scale(form, stored);
    block->n++;
    rows->n++;
    return STATUS_OK;
}

void vector_rows_truncate(VectorRows *rows, int n) {
    if (n < 0 || n > rows->n) return;
    rows->n = n;
    rows->n_used = divide_up(n, rows->capacity);
    if (rows->n_used) rows->blocks[rows->n_used - 1].n = n - rows->blocks[rows->n_used - 1].first;
}

// One of `values`, or else of `stored`.
static Status append_one(VectorRows *rows, const float *values, const uint8_t *stored, int i) {
    char name[32];
    snprintf(name, sizeof name, "vector %d", i);
    Status status;
    if (values) {
        status = stored_vector_from(rows->form, values + (size_t)i * (size_t)rows->form.dims, name, rows->stored);
        stored = rows->stored;
    } else {
        stored += (size_t)i * stored_vector_bytes(rows->form);
        status = stored_vector_check(rows->form, stored, name);
    }
    return status ? status : put(rows, stored);
}

static Status append(VectorRows *rows, const float *values, const uint8_t *stored, int n) {
    const int before = rows->n;
    Status status = STATUS_OK;
    if (n < 0) return status_fail(STATUS_BAD_ARGUMENT, "Expected a number of vectors but received %d.", n);
    for (int i = 0; i < n && !status; i++) status = append_one(rows, values, stored, i);
    if (status) vector_rows_truncate(rows, before);
    return status;
}

Status vector_rows_append(VectorRows *rows, const float *values, int n) { return append(rows, values, NULL, n); }

Status vector_rows_append_stored(VectorRows *rows, const uint8_t *stored, int n) {
    return append(rows, NULL, stored, n);
}

const uint8_t *vector_rows_as_stored(VectorForm form, size_t padded, const VectorBlock *block, int i, void *room) {
    const uint8_t *values = vector_rows_values(form, padded, block, i);
    uint16_t *halves = room;
    if (form.dtype != DTYPE_F16 || block->lengths[i] < 0) return values;
    for (size_t k = 0; k < (size_t)form.dims; k++)
        halves[k] = half_from_rebiased(((const uint16_t *)(const void *)values)[k]);
    return room;
}
