// Up: averages of four cells. Down: each empty cell is interpolated from four cells of the level above.
#include "image/bleed_pyramid.h"

#include <stdlib.h>
#include <string.h>

enum { FAR = BLEED_RINGS_FAR, N_ROWS = BLEED_PYRAMID_ROWS };

// ---- memory

static BleedBox halved(BleedBox box) { return (BleedBox){box.x0 / 2, box.y0 / 2, (box.x1 + 1) / 2, (box.y1 + 1) / 2}; }

// A row has room for one extra cell, because two are written at once.
static size_t row_cells(const BleedLevel *level) { return (size_t)level->width + 1; }

static size_t n_cells(const BleedLevel *level) {
    const BleedBox *box = &level->box;
    return (size_t)(box->x1 - box->x0) * (size_t)(box->y1 - box->y0) + N_ROWS * row_cells(level);
}

static BleedCell *place_level(BleedLevel *level, BleedCell *memory) {
    for (int i = 0; i < N_ROWS; i++, memory += row_cells(level)) {
        level->rows[i] = memory;
        level->row_y[i] = -1;
    }
    level->cells = memory;
    return memory + n_cells(level) - N_ROWS * row_cells(level);
}

// How many cells the levels take.
static size_t measure(BleedPyramid *pyramid) {
    BleedLevel *levels = pyramid->levels;
    size_t n = 0;
    int i = 0;
    for (; levels[i].width > 1 || levels[i].height > 1; i++) {
        const BleedLevel *below = &levels[i];
        levels[i + 1] = (BleedLevel){(below->width + 1) / 2, (below->height + 1) / 2, .box = halved(below->box)};
        n += n_cells(&levels[i + 1]);
    }
    pyramid->n_levels = i + 1;
    return n;
}

Status bleed_pyramid_create(const BleedRings *rings, BleedPyramid *pyramid) {
    *pyramid = (BleedPyramid){.rings = rings};
    pyramid->levels[0] = (BleedLevel){rings->image->width, rings->image->height, .box = rings->box};
    size_t n = measure(pyramid);
    const size_t n_row = (size_t)pyramid->levels[1].width * 2, n_blended = ((size_t)pyramid->levels[1].width + 2) * 4;
    pyramid->memory = malloc((n + n_row) * sizeof(BleedCell) + n_blended * sizeof(uint32_t));
    if (!pyramid->memory) {
        pyramid->n_levels = 0;
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for the colours under the transparency.");
    }
    pyramid->blended = (uint32_t *)pyramid->memory + 4;
    BleedCell *cells = (BleedCell *)((uint32_t *)pyramid->memory + n_blended);
    pyramid->row = cells->colour;
    cells += n_row;
    for (int i = 1; i < pyramid->n_levels; i++) cells = place_level(&pyramid->levels[i], cells);
    return STATUS_OK;
}

void bleed_pyramid_free(BleedPyramid *pyramid) { free(pyramid->memory); }

// ---- up

static BleedCell *cell_row(const BleedLevel *level, int y) {
    return level->cells + (size_t)(y - level->box.y0) * (size_t)(level->box.x1 - level->box.x0);
}

// Four pixels; the frame around the rings' box is FAR.
static BleedCell average_pixels(const BleedRings *rings, int y, int x) {
    const uint8_t *above = bleed_rings_row(rings, y) + (x - rings->box.x0), *below = above + bleed_rings_stride(rings);
    if (above[0] == FAR && above[1] == FAR && below[0] == FAR && below[1] == FAR) return (BleedCell){0};
    const size_t width = (size_t)rings->image->width, i = (size_t)y * width + (size_t)x;
    BleedSum sum = {0};
    for (size_t u = 0; u < 2; u++) {
        bleed_cell_add(&sum, bleed_rings_load(rings, i + u, above[u]), 1);
        bleed_cell_add(&sum, bleed_rings_load(rings, i + width + u, below[u]), 1);
    }
    return bleed_cell_average(&sum);
}

// Only of those of the four cells that are in the box.
static BleedCell average_cells(const BleedLevel *from, int y, int x) {
    const BleedBox *box = &from->box;
    BleedSum sum = {0};
    for (int v = y < box->y0 ? box->y0 : y; v < y + 2 && v < box->y1; v++) {
        for (int u = x < box->x0 ? box->x0 : x; u < x + 2 && u < box->x1; u++)
            bleed_cell_add(&sum, cell_row(from, v)[u - box->x0], 1);
    }
    return bleed_cell_average(&sum);
}

void bleed_pyramid_pull(const BleedPyramid *pyramid, int level, int y) {
    const BleedLevel *to = &pyramid->levels[level];
    BleedCell *cell = cell_row(to, y);
    for (int x = to->box.x0; x < to->box.x1; x++) {
        *cell++ = level == 1 ? average_pixels(pyramid->rings, 2 * y, 2 * x)
                             : average_cells(&pyramid->levels[level - 1], 2 * y, 2 * x);
    }
}

// ---- down

// 3/4 of the nearer row and 1/4 of the other.
static void blend(const uint16_t *restrict near, const uint16_t *restrict other, int n, uint32_t *restrict to) {
    for (int i = 0; i < n; i++) to[i] = 3u * near[i] + other[i];
}

// The same between two cells of such a row: each becomes two cells.
static void spread(const uint32_t *restrict blended, int n, uint16_t *restrict to) {
    for (int x = 0; x < n; x++, blended += 4, to += 8) {
        for (int c = 0; c < 4; c++) to[c] = (uint16_t)((3 * blended[c] + blended[c - 4] + 8) >> 4);
        for (int c = 0; c < 4; c++) to[4 + c] = (uint16_t)((3 * blended[c] + blended[c + 4] + 8) >> 4);
    }
}

static const BleedCell *row_of(BleedPyramid *pyramid, int level, int y);

// Interpolates row `y` of a level, or of the picture, from the level above, in which every cell is filled. Edge cells
// are repeated beyond the edge.
static void interpolate(BleedPyramid *pyramid, int level, int y, uint16_t *to) {
    const BleedLevel *above = &pyramid->levels[level + 1];
    const int near_y = y / 2, other_y = y & 1 ? near_y + 1 : near_y - 1, n = above->width;
    const bool is_edge = other_y < 0 || other_y >= above->height;
    const BleedCell *near = row_of(pyramid, level + 1, near_y);
    const BleedCell *other = is_edge ? near : row_of(pyramid, level + 1, other_y);
    uint32_t *blended = pyramid->blended;
    blend(near->colour, other->colour, n * 4, blended);
    memcpy(blended - 4, blended, 4 * sizeof *blended);
    memcpy(blended + n * 4, blended + (n - 1) * 4, 4 * sizeof *blended);
    spread(blended, n, to);
}

// A whole row of a level; it stays until the fourth one after it.
static const BleedCell *row_of(BleedPyramid *pyramid, int level, int y) {
    BleedLevel *at = &pyramid->levels[level];
    BleedCell *row = at->rows[y % N_ROWS];
    if (at->row_y[y % N_ROWS] == y) return row;
    at->row_y[y % N_ROWS] = y;
    if (level + 1 < pyramid->n_levels) interpolate(pyramid, level, y, row->colour);
    const BleedBox *box = &at->box;
    if (y < box->y0 || y >= box->y1) return row;
    const BleedCell *cell = cell_row(at, y);
    for (int x = box->x0; x < box->x1; x++, cell++) {
        if (cell->weight) row[x] = (BleedCell){{cell->colour[0], cell->colour[1], cell->colour[2]}, 0};
    }
    return row;
}

// Pixels that are FAR have alpha 0, and every cell here has weight 0.
static void store(const BleedPyramid *pyramid, int y, int x0, int x1) {
    const Image *image = pyramid->rings->image;
    const uint16_t *from = pyramid->row + x0 * 4;
    const size_t at = ((size_t)y * (size_t)image->width + (size_t)x0) * 4, n = (size_t)(x1 - x0) * 4;
    if (image->bits == 16) {
        memcpy((uint16_t *)(void *)image->pixels + at, from, n * sizeof *from);
        return;
    }
    uint8_t *restrict to = image->pixels + at;
    for (size_t i = 0; i < n; i++) to[i] = bleed_cell_to_8_bits(from[i]);
}

void bleed_pyramid_push(BleedPyramid *pyramid, int y) {
    const BleedRings *rings = pyramid->rings;
    const BleedBox *box = &rings->box;
    const bool is_beside = y >= box->y0 && y < box->y1;
    interpolate(pyramid, 0, y, pyramid->row);
    store(pyramid, y, 0, is_beside ? box->x0 : rings->image->width);
    if (!is_beside) return;
    const uint8_t *row = bleed_rings_row(rings, y);
    for (int x = box->x0, end; x < box->x1; x = end + 1) {
        for (end = x; end < box->x1 && row[end - box->x0] == FAR;) end++;
        store(pyramid, y, x, end);
    }
    store(pyramid, y, box->x1, rings->image->width);
}
