// The unit of the rings and the pyramid of bleed.c: a colour of 16 bits with a weight, and weighted averages.
#ifndef IMAGE_BLEED_CELL_H
#define IMAGE_BLEED_CELL_H

#include "image/image.h"

enum { BLEED_FULL = 65535 };

// A pixel of the picture or of a level of the pyramid. Weight 0: no colour yet.
typedef struct BleedCell {
    uint16_t colour[3], weight;
} BleedCell;

// Columns x0 up to x1 without it, and rows likewise.
typedef struct BleedBox {
    int x0, y0, x1, y1;
} BleedBox;

static inline BleedCell bleed_cell_load(const Image *image, size_t i) {
    if (image->bits == 16) {
        const uint16_t *p = (const uint16_t *)(const void *)image->pixels + i * 4;
        return (BleedCell){{p[0], p[1], p[2]}, p[3]};
    }
    const uint8_t *p = image->pixels + i * 4;
    return (BleedCell){{(uint16_t)(p[0] * 257), (uint16_t)(p[1] * 257), (uint16_t)(p[2] * 257)},
                       (uint16_t)(p[3] * 257)};
}

// (n + 128) / 257, for n up to 65535, without a division.
static inline uint8_t bleed_cell_to_8_bits(uint32_t n) { return (uint8_t)(((n << 8) - n + 32895) >> 16); }

// The colour only.
static inline void bleed_cell_store(const Image *image, size_t i, BleedCell cell) {
    for (size_t c = 0; c < 3; c++) {
        if (image->bits == 16)
            ((uint16_t *)(void *)image->pixels)[i * 4 + c] = cell.colour[c];
        else
            image->pixels[i * 4 + c] = bleed_cell_to_8_bits(cell.colour[c]);
    }
}

// Most cells have the full weight; their average is cheaper to compute.
typedef struct BleedSum {
    uint32_t full[3], n_full;   // n_full times BLEED_FULL is their weight; 12 at most
    uint64_t colour[3], weight; // of the others
} BleedSum;

static inline void bleed_cell_add(BleedSum *sum, BleedCell cell, uint32_t times) {
    if (cell.weight == BLEED_FULL) {
        for (int c = 0; c < 3; c++) sum->full[c] += cell.colour[c] * times;
        sum->n_full += times;
    } else {
        for (int c = 0; c < 3; c++) sum->colour[c] += (uint64_t)cell.colour[c] * cell.weight * times;
        sum->weight += (uint64_t)cell.weight * times;
    }
}

// (sum + n / 2) / n, for n from 1 to 12 and sums of n times BLEED_FULL at most, without a division.
static inline uint16_t bleed_cell_divide(uint32_t sum, uint32_t n) {
    static const uint32_t parts[] = {0,       16777216, 8388609, 5592406, 4194305, 3355444, 2796203,
                                     2396746, 2097153,  1864136, 1677722, 1525202, 1398102}; // of 2^24, rounded up
    return (uint16_t)((uint64_t)(sum + n / 2) * parts[n] >> 24);
}

// The rounded average. Its weight is the sum of all weights, at most BLEED_FULL; without any cells it is 0.
static inline BleedCell bleed_cell_average(const BleedSum *sum) {
    BleedCell cell = {.weight = BLEED_FULL};
    if (!sum->weight) {
        if (!sum->n_full) return (BleedCell){0};
        for (int c = 0; c < 3; c++) cell.colour[c] = bleed_cell_divide(sum->full[c], sum->n_full);
        return cell;
    }
    const uint64_t weight = sum->weight + (uint64_t)sum->n_full * BLEED_FULL;
    for (int c = 0; c < 3; c++)
        cell.colour[c] = (uint16_t)((sum->colour[c] + (uint64_t)sum->full[c] * BLEED_FULL + weight / 2) / weight);
    if (weight < BLEED_FULL) cell.weight = (uint16_t)weight;
    return cell;
}

#endif
