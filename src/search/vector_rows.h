// Vectors of one form in memory, by row number, in blocks of a fixed size: a growing collection is never copied, and
// a block is what a thread searches at a time.
#ifndef SEARCH_VECTOR_ROWS_H
#define SEARCH_VECTOR_ROWS_H

#include "search/stored_vector.h"

typedef struct VectorRows VectorRows;

typedef struct VectorBlock {
    void *values; // [capacity][padded]: see row_dot.h
    // [capacity], of the row as it is stored; negative: a row of float16 that cannot be rebiased and is stored
    // unchanged
    float *lengths;
    float *scales; // [capacity], of int8; else NULL
    int first, n;  // its rows
} VectorBlock;

// Errors as of stored_vector_check_form; STATUS_NO_MEMORY.
MUST_CHECK Status vector_rows_create(VectorForm form, VectorRows **out);
void vector_rows_free(VectorRows *rows); // accepts NULL

// Appends `n` vectors [n][dims], rounded to the form, or as they are stored. Either all of them or, after a failure,
// none. Errors as of stored_vector_from and stored_vector_check; STATUS_NO_MEMORY; STATUS_BAD_ARGUMENT: n < 0.
MUST_CHECK Status vector_rows_append(VectorRows *rows, const float *values, int n);
MUST_CHECK Status vector_rows_append_stored(VectorRows *rows, const uint8_t *stored, int n);
// Forgets all rows from `n` on and keeps the memory.
void vector_rows_truncate(VectorRows *rows, int n);

VectorForm vector_rows_form(const VectorRows *rows);
size_t vector_rows_padded(const VectorRows *rows); // values of a row
int vector_rows_n(const VectorRows *rows);
size_t vector_rows_bytes(const VectorRows *rows); // of memory
int vector_rows_n_blocks(const VectorRows *rows);
const VectorBlock *vector_rows_block(const VectorRows *rows, int i);

// The first value of row `i` of a block.
static inline const uint8_t *vector_rows_values(VectorForm form, size_t padded, const VectorBlock *block, int i) {
    return (const uint8_t *)block->values + (size_t)i * padded * dtype_bytes(form.dtype);
}

// The same values in their stored form (stored_vector_product), perhaps in `room` for dims of 16 bits.
const uint8_t *vector_rows_as_stored(VectorForm form, size_t padded, const VectorBlock *block, int i, void *room);

#endif
