// Rows are summed up into blocks as they come. If colours may be replaced, rows must wait: the share of a pixel that is
// replaced is interpolated between the four blocks around it. So only rows above the middle of the last complete row of
// blocks are ready.
#include "pipeline/consistency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "core/warnings.h"
#include "image/cubic.h"

enum { BLOCK = CONSISTENCY_BLOCK };

struct Consistency {
    const Image *image;
    int scale;
    bool corrects;
    int n_columns; // of blocks
    int n_rows;    // of the output, added so far
    double *sums;  // [n_columns][3], of the output's present row of blocks
    ConsistencyCount count;
    // ---- if `corrects`
    size_t stride_bytes;
    uint8_t *waiting;     // rows of the output that have not been returned: at most three rows of blocks
    int first_waiting;    // the number of the first of them
    int n_given;          // how many of them the last call has returned
    float *own;           // [n_columns] shares of the last row of blocks, before gaps are closed
    float *above, *below; // [n_columns] shares to be replaced, of the last two rows of blocks
};

// The number of blocks along a side of so many pixels. The last block also takes the pixels that remain.
static int blocks_in(int pixels) { return pixels < BLOCK ? 1 : pixels / BLOCK; }

static bool sizes(const Image *image, int scale, size_t *stride, size_t *waiting) {
    return checked_mul(image_row_bytes(image), (size_t)scale, stride) &&
           checked_mul(*stride, (size_t)(3 * BLOCK * scale), waiting);
}

size_t consistency_bytes(const Image *image, int scale, bool corrects) {
    size_t stride, waiting;
    if (!sizes(image, scale, &stride, &waiting)) return SIZE_MAX;
    const size_t columns = (size_t)blocks_in(image->width) * (3 * sizeof(double) + 3 * sizeof(float));
    return checked_add_or_max(columns, corrects ? waiting : 0);
}

Status consistency_begin(const Image *image, int scale, bool corrects, Consistency **out) {
    Consistency *made = calloc(1, sizeof *made);
    size_t waiting = 0;
    bool is_made = made && (sizes(image, scale, &made->stride_bytes, &waiting));
    if (is_made) {
        made->image = image;
        made->scale = scale;
        made->corrects = corrects;
        made->n_columns = blocks_in(image->width);
        made->sums = calloc((size_t)made->n_columns * 3, sizeof *made->sums);
        made->own = calloc((size_t)made->n_columns, sizeof *made->own);
        made->above = calloc((size_t)made->n_columns, sizeof *made->above);
        made->below = calloc((size_t)made->n_columns, sizeof *made->below);
        if (corrects) made->waiting = malloc(waiting);
        is_made = made->sums && made->own && made->above && made->below && (made->waiting || !corrects);
    }
    if (!is_made) {
        consistency_end(made);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory to compare the result with the picture.");
    }
    *out = made;
    return STATUS_OK;
}

void consistency_end(Consistency *consistency) {
    if (!consistency) return;
    free(consistency->sums);
    free(consistency->own);
    free(consistency->above);
    free(consistency->below);
    free(consistency->waiting);
    free(consistency);
}

// ---- blocks

// Adds n pixels of a row to the sums of the three colours.
static void add_pixels(const uint8_t *from, int n, const Image *image, double *sums) {
    uint64_t colours[3] = {0};
    const size_t pixel_bytes = image_pixel_bytes(image);
    for (int x = 0; x < n; x++, from += pixel_bytes) {
        for (int c = 0; c < 3; c++) colours[c] += (uint64_t)image_sample(from, image->bits, (size_t)c);
    }
    for (int c = 0; c < 3; c++) sums[c] += (double)colours[c];
}

// The length of block `i` along a side of so many pixels.
static int length_of(int i, int pixels) { return i == blocks_in(pixels) - 1 ? pixels - i * BLOCK : BLOCK; }
static int block_width(const Consistency *at, int column) { return length_of(column, at->image->width); }
static int block_height(const Consistency *at, int row) { return length_of(row, at->image->height); }

static void add_row(Consistency *at, const uint8_t *row) {
    for (int column = 0; column < at->n_columns; column++) {
        const int n = block_width(at, column) * at->scale;
        add_pixels(row, n, at->image, at->sums + column * 3);
        row += (size_t)n * image_pixel_bytes(at->image);
    }
}

static const uint8_t *input_at(const Consistency *at, int row, int column) {
    return at->image->pixels + (size_t)row * image_row_bytes(at->image) + (size_t)column * image_pixel_bytes(at->image);
}

// Whether the block can be compared: it is large enough, and not completely transparent.
static bool can_compare(const Consistency *at, int row, int column) {
    if (block_width(at, column) * block_height(at, row) < BLOCK * BLOCK / 2) return false;
    if (at->image->channels == 3) return true;
    for (int y = 0; y < block_height(at, row); y++) {
        for (int x = 0; x < block_width(at, column); x++) {
            if (image_sample(input_at(at, row * BLOCK + y, column * BLOCK + x), at->image->bits, 3)) return true;
        }
    }
    return false;
}

// The difference between the mean colours of the block in the output and in the input, of 255: the largest of the
// three.
static double difference(const Consistency *at, int row, int column) {
    const int width = block_width(at, column), height = block_height(at, row);
    double input[3] = {0}, largest = 0;
    for (int y = 0; y < height; y++) add_pixels(input_at(at, row * BLOCK + y, column * BLOCK), width, at->image, input);
    const double n = width * height, n_output = n * at->scale * at->scale, unit = at->image->bits == 8 ? 1 : 257;
    for (int c = 0; c < 3; c++) {
        const double apart = fabs(at->sums[column * 3 + c] / n_output - input[c] / n) / unit;
        if (apart > largest) largest = apart;
    }
    return largest;
}

// The share that is replaced, from 0 to 1, rising smoothly.
static float share_of(double apart) {
    const double t = (apart - CONSISTENCY_NEAR) / (CONSISTENCY_FAR - CONSISTENCY_NEAR);
    return t <= 0 ? 0 : t >= 1 ? 1 : (float)(t * t * (3 - 2 * t));
}

// The largest share of the CONSISTENCY_REACH blocks next to `column`; `step` is -1 for the left, 1 for the right.
static float largest_towards(const Consistency *at, const float *shares, int column, int step) {
    float largest = 0;
    for (int i = 1; i <= CONSISTENCY_REACH; i++) {
        const int other = column + i * step;
        if (other < 0 || other >= at->n_columns) break;
        if (shares[other] > largest) largest = shares[other];
    }
    return largest;
}

// Inside an area of wrong colour the mean of a block may be right by chance. It is replaced like its neighbours.
static void close_gaps(const Consistency *at, const float *own, float *shares) {
    for (int column = 0; column < at->n_columns; column++) {
        const float left = largest_towards(at, own, column, -1), right = largest_towards(at, own, column, 1);
        const float beside = left < right ? left : right;
        shares[column] = own[column] > beside ? own[column] : beside;
    }
}

static void finish_blocks(Consistency *at, int row) {
    float *shares = at->own;
    for (int column = 0; column < at->n_columns; column++) {
        const double apart = can_compare(at, row, column) ? difference(at, row, column) : 0;
        shares[column] = share_of(apart);
        at->count.n_blocks++;
        at->count.n_far += apart >= CONSISTENCY_FAR;
        if (apart > at->count.largest) at->count.largest = (int)apart;
    }
    float *oldest = at->above; // no longer needed
    at->above = at->below;
    at->below = oldest;
    close_gaps(at, shares, at->below);
    memset(at->sums, 0, (size_t)at->n_columns * 3 * sizeof *at->sums);
}

// ---- replacing

typedef struct Blend {
    Consistency *at;
    Cubic cubic;
    int row;                    // the first row of the output
    const float *above, *below; // the shares of the row of blocks above and below
    double position;            // of the first row: 0 in the middle of the blocks above, 1 in that of those below
    double step;                // of the position, from row to row
} Blend;

static double between(double a, double b, double t) { return a + (b - a) * (t < 0 ? 0 : t > 1 ? 1 : t); }

// The share of the output's pixel x, interpolated between the four blocks around it.
static double share_at(const Blend *blend, int x, double position) {
    const double column = (x + 0.5) / (blend->at->scale * BLOCK) - 0.5;
    const int last = blend->at->n_columns - 1;
    const int left = column < 0      ? 0
                     : column > last ? last
                                     : (int)column; // the last block may be longer than the others
    const int right = left < last ? left + 1 : last;
    const double t = column - left;
    return between(between(blend->above[left], blend->above[right], t),
                   between(blend->below[left], blend->below[right], t), position);
}

static void blend_pixel(const Blend *blend, double share, int x, int y, uint8_t *pixel) {
    const int bits = blend->at->image->bits;
    for (int c = 0; c < 3; c++) {
        const float plain = cubic_sample(&blend->cubic, x, y, c);
        const int level = cubic_to_level((float)between(image_sample(pixel, bits, (size_t)c), plain, share), bits);
        if (bits == 8)
            pixel[c] = (uint8_t)level;
        else
            ((uint16_t *)(void *)pixel)[c] = (uint16_t)level;
    }
}

static void blend_row(void *context, int i) {
    const Blend *blend = context;
    const Consistency *at = blend->at;
    const int y = blend->row + i;
    uint8_t *pixel = at->waiting + (size_t)(y - at->first_waiting) * at->stride_bytes;
    for (int x = 0; x < at->image->width * at->scale; x++, pixel += image_pixel_bytes(at->image)) {
        const double share = share_at(blend, x, blend->position + i * blend->step);
        if (share > 0) blend_pixel(blend, share, x, y, pixel);
    }
}

static bool has_shares(const float *shares, int n) {
    for (int i = 0; i < n; i++) {
        if (shares[i] > 0) return true;
    }
    return false;
}

// Blends the rows [row, end), which lie between the middles of the rows of blocks `block` and `block` + 1.
static void blend_rows(Consistency *at, int row, int end, int block, const float *above, const float *below) {
    if (!has_shares(above, at->n_columns) && !has_shares(below, at->n_columns)) return;
    const double side = at->scale * BLOCK;
    Blend blend = {at, cubic_of(at->image, at->scale), row, above, below, (row + 0.5) / side - 0.5 - block, 1 / side};
    parallel_for(blend_row, &blend, end - row);
}

// ---- rows

// The end of the output's rows that are ready when the rows of blocks up to `block` are complete.
static int ready_until(const Consistency *at, int block) {
    const bool is_last = block == blocks_in(at->image->height) - 1;
    return is_last ? at->image->height * at->scale : (2 * block + 1) * BLOCK * at->scale / 2;
}

static void replace(Consistency *at, int block) {
    const int begin = block > 0 ? ready_until(at, block - 1) : 0, end = ready_until(at, block);
    const int middle = min((2 * block + 1) * BLOCK * at->scale / 2, end);
    const float *above = block > 0 ? at->above : at->below;
    blend_rows(at, begin, middle, block - 1, above, at->below);
    blend_rows(at, middle, end, block, at->below, at->below);
}

static void drop_given(Consistency *at) {
    const int n_waiting = at->n_rows - at->first_waiting - at->n_given;
    if (at->n_given)
        memmove(at->waiting, at->waiting + (size_t)at->n_given * at->stride_bytes,
                (size_t)n_waiting * at->stride_bytes);
    at->first_waiting += at->n_given;
    at->n_given = 0;
}

static void keep_row(Consistency *at, const uint8_t *row) {
    memcpy(at->waiting + (size_t)(at->n_rows - at->first_waiting) * at->stride_bytes, row, at->stride_bytes);
}

ConsistencyRows consistency_add(Consistency *at, const uint8_t *rows, size_t stride_bytes, int n_rows) {
    const int block = min(at->n_rows / (BLOCK * at->scale), blocks_in(at->image->height) - 1);
    const int end = (block * BLOCK + block_height(at, block)) * at->scale;
    const int n = min(n_rows, end - at->n_rows);
    drop_given(at);
    for (int i = 0; i < n; i++) {
        const uint8_t *row = rows + (size_t)i * stride_bytes;
        add_row(at, row);
        if (at->corrects) keep_row(at, row);
        at->n_rows++;
    }
    const bool is_whole = at->n_rows == end;
    if (is_whole) finish_blocks(at, block);
    if (!at->corrects) return (ConsistencyRows){rows, n, n};
    if (is_whole) {
        replace(at, block);
        at->n_given = ready_until(at, block) - at->first_waiting;
    }
    return (ConsistencyRows){at->waiting, at->n_given, n};
}

// ---- results

ConsistencyCount consistency_count(const Consistency *consistency) { return consistency->count; }

ConsistencyCount consistency_sum(ConsistencyCount a, ConsistencyCount b) {
    return (ConsistencyCount){a.n_blocks + b.n_blocks, a.n_far + b.n_far,
                              a.largest > b.largest ? a.largest : b.largest};
}

void consistency_warn(ConsistencyCount count, bool corrects, Bytes *warnings) {
    if (count.n_far * 200 <= count.n_blocks) return;
    const double percent = 100.0 * (double)count.n_far / (double)count.n_blocks;
    if (corrects) {
        warnings_add(
            warnings, REASON_COLOURS_GUARDED,
            "In %.3g %% of the picture the network's colours were far off, by up to %d of 255: there the picture "
            "was enlarged plainly, without the network.",
            percent, count.largest);
        return;
    }
    warnings_add(
        warnings, REASON_COLOURS_FAR_OFF,
        "In %.3g %% of the picture the result's colours are far off, by up to %d of 255: this network fails at "
        "such areas. Try another network or denoise level, 2x twice, or the guard, which enlarges these areas "
        "plainly.",
        percent, count.largest);
}
