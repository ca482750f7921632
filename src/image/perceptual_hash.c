// Everything in double: the picture is read once, and the rest is little work.
#include "image/perceptual_hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = PERCEPTUAL_HASH_SIDE, LOW = PERCEPTUAL_HASH_LOW, BITS = LOW * LOW };

static double brightness(const uint8_t *pixel, int channels) {
    const double luma = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    return channels == 4 ? 255 + (luma - 255) * pixel[3] / 255 : luma;
}

// Where cell `i` begins, in samples of n.
static double edge(int i, int n) { return (double)i * n / SIDE; }

// The sums over each cell of a row.
static void sum_row(const uint8_t *row, int width, int channels, double *sums) {
    double total = 0, before = 0; // up to this sample, up to this cell
    for (int x = 0, cell = 0; x < width; x++, row += channels) {
        const double value = brightness(row, channels);
        for (; cell < SIDE && edge(cell + 1, width) <= x + 1; cell++) {
            const double here = total + value * (edge(cell + 1, width) - x);
            sums[cell] = here - before;
            before = here;
        }
        total += value;
    }
}

// The mean of each cell.
static void make_cells(const Image *image, double *cells) {
    double total[SIDE] = {0}, before[SIDE] = {0}, sums[SIDE] = {0};
    const double area = edge(1, image->width) * edge(1, image->height);
    for (int y = 0, cell = 0; y < image->height; y++) {
        sum_row(image->pixels + (size_t)y * image_row_bytes(image), image->width, image->channels, sums);
        for (; cell < SIDE && edge(cell + 1, image->height) <= y + 1; cell++) {
            for (int x = 0; x < SIDE; x++) {
                const double here = total[x] + sums[x] * (edge(cell + 1, image->height) - y);
                cells[cell * SIDE + x] = (here - before[x]) / area;
                before[x] = here;
            }
        }
        for (int x = 0; x < SIDE; x++) total[x] += sums[x];
    }
}

static float deviation(const double *cells) {
    double sum = 0, squares = 0;
    for (int i = 0; i < SIDE * SIDE; i++) sum += cells[i];
    for (int i = 0; i < SIDE * SIDE; i++) squares += pow(cells[i] - sum / (SIDE * SIDE), 2);
    return (float)sqrt(squares / (SIDE * SIDE));
}

// The low frequencies of the discrete cosine transform (DCT-II), columns first.
static void transform(const double *cells, double *low) {
    static const double pi = 3.14159265358979323846;
    double waves[LOW][SIDE], half[LOW][SIDE];
    for (int k = 0; k < LOW; k++) {
        for (int i = 0; i < SIDE; i++) waves[k][i] = cos(pi * (k + 1) * (2 * i + 1) / (2 * SIDE));
    }
    memset(half, 0, sizeof half);
    for (int k = 0; k < LOW; k++) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) half[k][x] += waves[k][y] * cells[y * SIDE + x];
        }
    }
    memset(low, 0, BITS * sizeof *low);
    for (int i = 0; i < BITS; i++) {
        for (int x = 0; x < SIDE; x++) low[i] += waves[i % LOW][x] * half[i / LOW][x];
    }
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

// Whether each is above the median of all.
static void threshold(const double *low, uint8_t *bits) {
    double sorted[BITS];
    memcpy(sorted, low, sizeof sorted);
    qsort(sorted, BITS, sizeof *sorted, compare);
    const double median = (sorted[BITS / 2 - 1] + sorted[BITS / 2]) / 2;
    memset(bits, 0, PERCEPTUAL_HASH_BYTES);
    for (int i = 0; i < BITS; i++) bits[i / 8] |= (uint8_t)((low[i] > median) << i % 8);
}

void perceptual_hash_make(const Image *image, PerceptualHash *out) {
    double cells[SIDE * SIDE] = {0}, low[BITS];
    make_cells(image, cells);
    out->contrast = deviation(cells);
    transform(cells, low);
    threshold(low, out->bits);
    // a mirrored wave of an odd frequency has the other sign
    for (int i = 0; i < BITS; i++) low[i] = i % 2 == 0 ? -low[i] : low[i];
    threshold(low, out->mirrored);
}
