// Bands of feature maps, as floats or as 16-bit integers with a scale for each pixel.
#include "pipeline/map_store.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"

enum { SHORT_MAX = 32767 };

// A pixel of a MAP_SHORT band: its scale, then its samples.
static size_t pixel_bytes(size_t c, MapFormat format) {
    return format == MAP_FLOAT ? c * sizeof(float) : sizeof(float) + (c + 1) / 2 * 2 * sizeof(int16_t);
}

size_t map_store_bytes(size_t h, size_t w, size_t c, MapFormat format) {
    size_t n;
    if (!checked_mul(h, w, &n) || !checked_mul(n, pixel_bytes(c, format), &n)) return SIZE_MAX;
    return n;
}

Status map_store_create(int h, int w, int c, int band_rows, int n_bands, MapFormat format, MapStore *out) {
    MapStore store = {h, w, c, band_rows, n_bands, format, calloc((size_t)n_bands, sizeof(void *))};
    if (!store.bands) return status_fail(STATUS_NO_MEMORY, "Not enough memory to keep what is between two passes.");
    *out = store;
    return STATUS_OK;
}

void map_store_free(MapStore *store) {
    for (int i = 0; i < store->n_bands; i++) free(store->bands[i]);
    free(store->bands);
    *store = (MapStore){0};
}

void map_store_forget(MapStore *store, int band) {
    free(store->bands[band]);
    store->bands[band] = NULL;
}

static int band_of(const MapStore *store, int y) {
    const int band = y / store->band_rows;
    return band < store->n_bands ? band : store->n_bands - 1;
}

static uint8_t *pixel_at(const MapStore *store, int y, int x) {
    const int band = band_of(store, y), row = y - band * store->band_rows;
    uint8_t *memory = store->bands[band];
    return memory + ((size_t)row * (size_t)store->w + (size_t)x) * pixel_bytes((size_t)store->c, store->format);
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Both loops are integer arithmetic so that the compiler may do four samples at once: magnitudes compare as their bits
// do, and adding 3 * 2^22 leaves the rounded value in the low bits.
static void write_short(const float *from, int c, uint8_t *to) {
    const float rounder = 0x1.8p23f;
    uint32_t largest_bits = 0;
    for (int i = 0; i < c; i++) {
        const uint32_t magnitude = bits_of(from[i]) & 0x7fffffff;
        largest_bits = magnitude > largest_bits ? magnitude : largest_bits;
    }
    float largest;
    memcpy(&largest, &largest_bits, sizeof largest);
    const float scale = largest / SHORT_MAX, per_scale = largest > 0 ? SHORT_MAX / largest : 0;
    int16_t *samples = (int16_t *)(void *)(to + sizeof scale);
    memcpy(to, &scale, sizeof scale);
    for (int i = 0; i < c; i++) samples[i] = (int16_t)(uint16_t)bits_of(from[i] * per_scale + rounder);
}

static void read_short(const uint8_t *from, int c, float *to) {
    float scale;
    memcpy(&scale, from, sizeof scale);
    const int16_t *samples = (const int16_t *)(const void *)(from + sizeof scale);
    for (int i = 0; i < c; i++) to[i] = (float)samples[i] * scale;
}

typedef struct Copy {
    const MapStore *store;
    Tensor tensor;
    int y, x, n_columns;
} Copy;

static void write_row(void *context, int row) {
    const Copy *copy = context;
    const float *from = tensor_at(copy->tensor, row, 0);
    const int c = copy->store->c;
    uint8_t *to = pixel_at(copy->store, copy->y + row, copy->x);
    if (copy->store->format == MAP_FLOAT) {
        memcpy(to, from, (size_t)copy->n_columns * (size_t)c * sizeof(float));
        return;
    }
    for (int x = 0; x < copy->n_columns; x++)
        write_short(from + x * c, c, to + (size_t)x * pixel_bytes((size_t)c, MAP_SHORT));
}

static void read_row(void *context, int row) {
    const Copy *copy = context;
    float *to = tensor_at(copy->tensor, row, 0);
    const int c = copy->store->c;
    const uint8_t *from = pixel_at(copy->store, copy->y + row, copy->x);
    if (copy->store->format == MAP_FLOAT) {
        memcpy(to, from, (size_t)copy->n_columns * (size_t)c * sizeof(float));
        return;
    }
    for (int x = 0; x < copy->n_columns; x++)
        read_short(from + (size_t)x * pixel_bytes((size_t)c, MAP_SHORT), c, to + x * c);
}

Status map_store_write(MapStore *store, Tensor from, int n_rows, int n_columns, int y, int x) {
    const int band = band_of(store, y);
    if (!store->bands[band]) {
        const int rows = band == store->n_bands - 1 ? store->h - band * store->band_rows : store->band_rows;
        const size_t size = map_store_bytes((size_t)rows, (size_t)store->w, (size_t)store->c, store->format);
        store->bands[band] = malloc(size);
        if (!store->bands[band]) {
            return status_fail(STATUS_NO_MEMORY,
                               "Not enough memory to keep %zu MiB between two passes. Allow less memory, or tiles "
                               "without --sync exact.",
                               size >> 20);
        }
    }
    Copy copy = {store, from, y, x, n_columns};
    parallel_for(write_row, &copy, n_rows);
    return STATUS_OK;
}

void map_store_read(const MapStore *store, int y, int x, Tensor to) {
    Copy copy = {store, to, y, x, to.w};
    parallel_for(read_row, &copy, to.h);
}
