// Distances on a chessboard, in two passes (Rosenfeld and Pfaltz, 1968), then averages of neighbours.
#include "image/bleed_rings.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN = BLEED_RINGS_VISIBLE, FAR = BLEED_RINGS_FAR };

static size_t index_of(const Image *image, int y, int x) { return (size_t)y * (size_t)image->width + (size_t)x; }

// ---- visible pixels

static bool is_visible(const Image *image, size_t i) { return image_sample(image->pixels, image->bits, i * 4 + 3) > 0; }

// Whether any of `n` pixels of 8 bits is visible.
static bool has_alpha(const uint8_t *restrict pixels, size_t n) {
    static const uint8_t alpha[] = {0, 0, 0, 255};
    uint32_t all = 0, mask;
    memcpy(&mask, alpha, 4);
    for (size_t i = 0; i < n; i++) {
        uint32_t pixel;
        memcpy(&pixel, pixels + i * 4, 4);
        all |= pixel;
    }
    return all & mask;
}

void bleed_rings_find(const Image *image, int y, BleedBox *box) {
    const size_t row = index_of(image, y, 0);
    size_t first = 0, end = (size_t)image->width;
    if (image->bits == 8 && !has_alpha(image->pixels + row * 4, end)) return;
    while (first < end && !is_visible(image, row + first)) first++;
    if (first == end) return;
    while (!is_visible(image, row + end - 1)) end--;
    if (box->y1 == 0) *box = (BleedBox){(int)first, y, (int)end, y + 1};
    if ((int)first < box->x0) box->x0 = (int)first;
    if ((int)end > box->x1) box->x1 = (int)end;
    box->y1 = y + 1;
}

Status bleed_rings_create(const Image *image, const BleedBox *seen, BleedRings *rings) {
    enum { N = BLEED_RINGS_N };
    const BleedBox box = {seen->x0 > N ? seen->x0 - N : 0, seen->y0 > N ? seen->y0 - N : 0,
                          seen->x1 + N < image->width ? seen->x1 + N : image->width,
                          seen->y1 + N < image->height ? seen->y1 + N : image->height};
    *rings = (BleedRings){.image = image, .box = box};
    const size_t size = bleed_rings_stride(rings) * ((size_t)(box.y1 - box.y0) + 2);
    rings->numbers = malloc(size);
    if (!rings->numbers)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for the colours under the transparency.");
    memset(rings->numbers, FAR, size);
    return STATUS_OK;
}

void bleed_rings_free(BleedRings *rings) { free(rings->numbers); }

// ---- numbers

static uint8_t min_u8(uint8_t a, uint8_t b) { return a < b ? a : b; }

// Each number becomes the minimum of itself and 1 + the smallest of the three nearest in the row `beside`.
static void spread_over(const uint8_t *restrict beside, uint8_t *restrict row, int n) {
    for (int x = 0; x < n; x++) {
        const uint8_t nearest = min_u8(min_u8(beside[x - 1], beside[x + 1]), beside[x]);
        row[x] = min_u8(row[x], (uint8_t)(nearest + 1));
    }
}

static void mark_seen(const Image *image, size_t first, uint8_t *restrict row, int n) {
    if (image->bits == 16) {
        for (int x = 0; x < n; x++) row[x] = is_visible(image, first + (size_t)x) ? SEEN : FAR;
        return;
    }
    const uint8_t *restrict pixels = image->pixels + first * 4;
    for (int x = 0; x < n; x++) row[x] = pixels[x * 4 + 3] > 0 ? SEEN : FAR;
}

void bleed_rings_number_down(const BleedRings *rings, int y) {
    const int width = rings->box.x1 - rings->box.x0;
    uint8_t *row = bleed_rings_row(rings, y), before = FAR;
    mark_seen(rings->image, index_of(rings->image, y, rings->box.x0), row, width);
    spread_over(row - bleed_rings_stride(rings), row, width);
    for (int x = 0; x < width; x++) row[x] = before = min_u8(row[x], (uint8_t)(before + 1));
}

void bleed_rings_number_up(const BleedRings *rings, int y) {
    const int width = rings->box.x1 - rings->box.x0;
    uint8_t *row = bleed_rings_row(rings, y), before = FAR;
    spread_over(row + bleed_rings_stride(rings), row, width);
    for (int x = width - 1; x >= 0; x--) row[x] = before = min_u8(row[x], (uint8_t)(before + 1));
}

bool bleed_rings_has_far(const BleedRings *rings) {
    const BleedBox *box = &rings->box;
    const bool is_all =
        box->x0 == 0 && box->y0 == 0 && box->x1 == rings->image->width && box->y1 == rings->image->height;
    if (!is_all) return true;
    for (int y = box->y0; y < box->y1; y++) {
        if (memchr(bleed_rings_row(rings, y), FAR, (size_t)(box->x1 - box->x0))) return true;
    }
    return false;
}

// ---- colours

// The average of the neighbours that have a colour before this ring gets its own; those at a side count twice.
static BleedCell average_around(const BleedRings *rings, const uint8_t *at, size_t i, int ring) {
    const ptrdiff_t stride = (ptrdiff_t)bleed_rings_stride(rings), width = rings->image->width;
    BleedSum sum = {0};
    for (int v = -1; v <= 1; v++) {
        const uint8_t *row = at + v * stride;
        for (int u = -1; u <= 1; u++) {
            if (row[u] >= ring) continue;
            const size_t beside = (size_t)((ptrdiff_t)i + v * width + u);
            bleed_cell_add(&sum, bleed_rings_load(rings, beside, row[u]), u && v ? 1 : 2);
        }
    }
    return bleed_cell_average(&sum);
}

void bleed_rings_fill(const BleedRings *rings, int ring, int y) {
    const uint8_t *row = bleed_rings_row(rings, y), *end = row + (rings->box.x1 - rings->box.x0);
    for (const uint8_t *at = row; at < end; at++) {
        at = memchr(at, ring, (size_t)(end - at));
        if (!at) return;
        const size_t i = index_of(rings->image, y, rings->box.x0) + (size_t)(at - row);
        bleed_cell_store(rings->image, i, average_around(rings, at, i, ring));
    }
}
