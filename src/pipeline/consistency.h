// Compares an enlargement with its input while its rows pass: the mean of each colour in blocks of CONSISTENCY_BLOCK
// pixels of the input. On drawings the means differ by a few levels of 255 (docs/internals/benchmarks.md), but some
// networks change large areas of pure colour. Blocks that are far off are counted and, if asked for, replaced by
// bicubic enlargement with soft edges.
#ifndef PIPELINE_CONSISTENCY_H
#define PIPELINE_CONSISTENCY_H

#include "image/image.h"

enum {
    CONSISTENCY_BLOCK = 8,
    CONSISTENCY_NEAR = 20, // of 255: up to here the network's own colours stay
    CONSISTENCY_FAR = 32,  // from here on a block is far off, and all of it is replaced; between both, a part
    CONSISTENCY_REACH = 3, // so many blocks of a row that lie between replaced ones are replaced too
};

typedef struct ConsistencyCount {
    long long n_blocks, n_far;
    int largest; // difference of a block, of 255
} ConsistencyCount;

typedef struct Consistency Consistency;

// For rows of `image` enlarged `scale` times, of the image's channels and bits. `corrects`: whether what is far off is
// replaced. The image is needed until the end. STATUS_NO_MEMORY, also for sizes that cannot be counted.
MUST_CHECK Status consistency_begin(const Image *image, int scale, bool corrects, Consistency **out);
void consistency_end(Consistency *consistency); // accepts NULL
// Bytes that it holds, at most.
size_t consistency_bytes(const Image *image, int scale, bool corrects);

typedef struct ConsistencyRows {
    const uint8_t *rows; // `stride_bytes` apart; valid until the next consistency_add
    int n_rows;          // may be 0
    int n_taken;         // of the rows that were given, at least 1
} ConsistencyRows;

// Takes the next of the enlargement's rows, or some of the n_rows > 0 that are given, and gives rows that are ready:
// the same, or earlier ones that have waited for what comes below them. After the last row of the picture all have
// come.
ConsistencyRows consistency_add(Consistency *consistency, const uint8_t *rows, size_t stride_bytes, int n_rows);

ConsistencyCount consistency_count(const Consistency *consistency);
ConsistencyCount consistency_sum(ConsistencyCount a, ConsistencyCount b);
// Adds a sentence to `warnings` if more than one block of 200 is far off.
void consistency_warn(ConsistencyCount count, bool corrects, Bytes *warnings);

#endif
