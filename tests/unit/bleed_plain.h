// The colours under transparency as plainly as they can be said (image/bleed.h): for each ring and each level the whole
// picture is gone through, pixel by pixel.
#ifndef UNIT_BLEED_PLAIN_H
#define UNIT_BLEED_PLAIN_H

#include <stdlib.h>

#include "image/image.h"

enum { RINGS = 8, MAX_LEVELS = 17, FULL = 65535 };

// One pixel of the pyramid. Weight 0: no colour yet.
typedef struct Cell {
    uint16_t colour[3], weight;
} Cell;

typedef struct Level {
    Cell *cells;
    int width, height;
} Level;

// ---- samples of 8 or 16 bits, as 16 bits

static Cell plain_load(const Image *image, size_t i) {
    Cell cell;
    if (image->bits == 16) {
        const uint16_t *p = (const uint16_t *)(const void *)image->pixels + i * 4;
        cell = (Cell){{p[0], p[1], p[2]}, p[3]};
    } else {
        const uint8_t *p = image->pixels + i * 4;
        cell = (Cell){{(uint16_t)(p[0] * 257), (uint16_t)(p[1] * 257), (uint16_t)(p[2] * 257)}, (uint16_t)(p[3] * 257)};
    }
    return cell;
}

static void store(Image *image, size_t i, Cell cell) {
    for (size_t c = 0; c < 3; c++) {
        if (image->bits == 16)
            ((uint16_t *)(void *)image->pixels)[i * 4 + c] = cell.colour[c];
        else
            image->pixels[i * 4 + c] = (uint8_t)((cell.colour[c] + 128) / 257);
    }
}

// ---- weighted averages

typedef struct Sum {
    uint64_t colour[3], weight;
} Sum;

static void add(Sum *sum, Cell cell, uint32_t weight) {
    for (int c = 0; c < 3; c++) sum->colour[c] += (uint64_t)cell.colour[c] * weight;
    sum->weight += weight;
}

static Cell average(const Sum *sum, uint16_t weight) {
    Cell cell = {.weight = weight};
    for (int c = 0; c < 3; c++) cell.colour[c] = (uint16_t)((sum->colour[c] + sum->weight / 2) / sum->weight);
    return cell;
}

// ---- rings. `ring` tells where each pixel's colour comes from: 0 nowhere yet, 1 the picture, 2 the first ring …

static Cell load_ringed(const Image *image, const uint8_t *ring, size_t i) {
    Cell cell = plain_load(image, i);
    if (ring[i] != 1) cell.weight = ring[i] ? FULL : 0;
    return cell;
}

static Sum sum_neighbours(const Image *image, const uint8_t *ring, int y, int x, int before) {
    Sum sum = {0};
    for (int v = y > 0 ? y - 1 : 0; v <= y + 1 && v < image->height; v++) {
        for (int u = x > 0 ? x - 1 : 0; u <= x + 1 && u < image->width; u++) {
            const size_t i = (size_t)v * (size_t)image->width + (size_t)u;
            if (!ring[i] || ring[i] >= before) continue;
            const Cell cell = load_ringed(image, ring, i);
            add(&sum, cell, v == y || u == x ? 2u * cell.weight : cell.weight);
        }
    }
    return sum;
}

// Returns how many pixels it gave a colour.
static size_t fill_ring(Image *image, uint8_t *ring, int number) {
    size_t n = 0, i = 0;
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++, i++) {
            if (ring[i]) continue;
            const Sum sum = sum_neighbours(image, ring, y, x, number);
            if (!sum.weight) continue;
            store(image, i, average(&sum, FULL));
            ring[i] = (uint8_t)number;
            n++;
        }
    }
    return n;
}

// ---- the pyramid. Level 0 is the picture itself.

typedef struct Pyramid {
    Image *image;
    uint8_t *ring;
    Level levels[MAX_LEVELS];
    int n_levels;
} Pyramid;

static Cell cell_at(const Pyramid *pyramid, int level, int y, int x) {
    const Level *at = &pyramid->levels[level];
    const size_t i = (size_t)y * (size_t)at->width + (size_t)x;
    return level ? at->cells[i] : load_ringed(pyramid->image, pyramid->ring, i);
}

// Each cell of the level is the average of four of the level below.
static void pull(Pyramid *pyramid, int level) {
    const Level *to = &pyramid->levels[level], *from = &pyramid->levels[level - 1];
    for (int y = 0; y < to->height; y++) {
        for (int x = 0; x < to->width; x++) {
            Sum sum = {0};
            for (int v = 2 * y; v < 2 * y + 2 && v < from->height; v++) {
                for (int u = 2 * x; u < 2 * x + 2 && u < from->width; u++) {
                    const Cell cell = cell_at(pyramid, level - 1, v, u);
                    add(&sum, cell, cell.weight);
                }
            }
            to->cells[(size_t)y * (size_t)to->width + (size_t)x] =
                sum.weight ? average(&sum, sum.weight < FULL ? (uint16_t)sum.weight : FULL) : (Cell){0};
        }
    }
}

// Between the four nearest cells of the level, which are all filled.
static Cell interpolate(const Pyramid *pyramid, int level, int y, int x) {
    const Level *from = &pyramid->levels[level];
    Sum sum = {0};
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            int v = y / 2 + (i ? (y & 1) * 2 - 1 : 0), u = x / 2 + (j ? (x & 1) * 2 - 1 : 0);
            v = v < 0 ? 0 : v < from->height ? v : from->height - 1;
            u = u < 0 ? 0 : u < from->width ? u : from->width - 1;
            add(&sum, cell_at(pyramid, level, v, u), (i ? 1u : 3u) * (j ? 1u : 3u));
        }
    }
    return average(&sum, FULL);
}

// Fills what is empty in the level from the one above.
static void push(Pyramid *pyramid, int level) {
    const Level *to = &pyramid->levels[level];
    size_t at = 0;
    for (int y = 0; y < to->height; y++) {
        for (int x = 0; x < to->width; x++, at++) {
            if (level ? to->cells[at].weight : pyramid->ring[at]) continue;
            const Cell cell = interpolate(pyramid, level + 1, y, x);
            if (level)
                to->cells[at] = cell;
            else
                store(pyramid->image, at, cell);
        }
    }
}

// All levels above the picture in one block, the first of them at its beginning.
static Status allocate(Pyramid *pyramid) {
    size_t n_cells = 0;
    int width = pyramid->image->width, height = pyramid->image->height, n = 0;
    for (pyramid->levels[n++] = (Level){NULL, width, height}; width > 1 || height > 1; n++) {
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        pyramid->levels[n] = (Level){NULL, width, height};
        n_cells += (size_t)width * (size_t)height;
    }
    pyramid->n_levels = n;
    Cell *cells = malloc(n_cells * sizeof *cells);
    if (!cells) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the colours under the transparency.");
    for (int level = 1; level < n; level++) {
        pyramid->levels[level].cells = cells;
        cells += (size_t)pyramid->levels[level].width * (size_t)pyramid->levels[level].height;
    }
    return STATUS_OK;
}

static Status plain_bleed(Image *image) {
    if (image->channels != 4) return STATUS_OK;
    const size_t n_pixels = (size_t)image->width * (size_t)image->height;
    uint8_t *ring = malloc(n_pixels);
    if (!ring) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the colours under the transparency.");
    size_t n_empty = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        ring[i] = plain_load(image, i).weight > 0;
        n_empty += !ring[i];
    }
    Status status = STATUS_OK;
    if (n_empty > 0 && n_empty < n_pixels) { // and so more than one pixel
        Pyramid pyramid = {.image = image, .ring = ring};
        status = allocate(&pyramid);
        if (!status) {
            for (int number = 2; number < 2 + RINGS && n_empty > 0; number++) n_empty -= fill_ring(image, ring, number);
            if (n_empty > 0) {
                for (int level = 1; level < pyramid.n_levels; level++) pull(&pyramid, level);
                for (int level = pyramid.n_levels - 2; level >= 0; level--) push(&pyramid, level);
            }
        }
        free(pyramid.levels[1].cells);
    }
    free(ring);
    return status;
}

#endif
