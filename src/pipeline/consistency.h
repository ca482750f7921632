// Compares an enlargement with its input while its rows pass: the mean colours of blocks of CONSISTENCY_BLOCK input
// pixels a side. On drawings the means differ by a few of 255 levels (docs/internals/benchmarks.md), but some networks
// change large areas of pure colour. Blocks that differ much are counted and, if wanted, replaced by bicubic
// enlargement with soft edges.
#ifndef PIPELINE_CONSISTENCY_H
#define PIPELINE_CONSISTENCY_H

#include "image/image.h"

enum {
    CONSISTENCY_BLOCK = 8,
    CONSISTENCY_NEAR = 20, // of 255: up to this difference the network's colours stay
    CONSISTENCY_FAR = 32,  // of 255: from here on the block is replaced; between the two, a share of it
    CONSISTENCY_REACH = 3, // blocks with replaced blocks this near on both sides of their row are replaced too
};

typedef struct ConsistencyCount {
    long long n_blocks, n_far; // all blocks, and those from CONSISTENCY_FAR on
    int largest;               // the largest difference of a block, of 255
} ConsistencyCount;

typedef struct Consistency Consistency;

// For the rows of `image` enlarged `scale` times, with the image's channels and bits. `corrects`: wrong colours are
// replaced. The image must stay until consistency_end. STATUS_NO_MEMORY, also for sizes that a size_t cannot count.
MUST_CHECK Status consistency_begin(const Image *image, int scale, bool corrects, Consistency **out);
void consistency_end(Consistency *consistency); // accepts NULL
// The most bytes that it allocates; SIZE_MAX: more than a size_t can count.
size_t consistency_bytes(const Image *image, int scale, bool corrects);

typedef struct ConsistencyRows {
    const uint8_t *rows; // `stride_bytes` apart; valid until the next consistency_add
    int n_rows;          // may be 0
    int n_taken;         // how many of the caller's rows were taken, at least 1
} ConsistencyRows;

// Takes some or all of the caller's n_rows > 0, which are the next rows of the enlargement, and returns rows that are
// ready: the same rows, or earlier ones that waited for the rows below them. After the last row of the picture, all
// rows have been returned.
ConsistencyRows consistency_add(Consistency *consistency, const uint8_t *rows, size_t stride_bytes, int n_rows);

ConsistencyCount consistency_count(const Consistency *consistency);
ConsistencyCount consistency_sum(ConsistencyCount a, ConsistencyCount b);
// Adds a sentence to `warnings` if n_far is more than one block of 200.
void consistency_warn(ConsistencyCount count, bool corrects, Bytes *warnings);

#endif
