// Pixels as floats, or as a scale and 16-bit integers; row by row on all threads.
#include "pipeline/packed_map.h"

#include <stdint.h>
#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"

enum { SHORT_MAX = 32767 };

// A pixel of MAP_SHORT: its scale, then its samples.
static size_t pixel_bytes(size_t c, MapFormat format) {
    return format == MAP_FLOAT ? c * sizeof(float) : sizeof(float) + (c + 1) / 2 * 2 * sizeof(int16_t);
}

size_t packed_map_bytes(size_t h, size_t w, size_t c, MapFormat format) {
    size_t n;
    if (!checked_mul(h, w, &n) || !checked_mul(n, pixel_bytes(c, format), &n)) return SIZE_MAX;
    return n;
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Both loops use the bits of the floats so that the compiler can process four samples at a time: magnitudes compare as
// their bits do, and adding 3 * 2^22 leaves the rounded value in the low bits.
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
    Tensor tensor;
    MapPart part; // of the tensor
    MapFormat format;
    uint8_t *packed;
    size_t packed_stride; // in bytes
} Copy;

static Copy copy_of(Tensor tensor, MapPart part, MapFormat format, const void *packed, int packed_w) {
    const size_t stride = (size_t)packed_w * pixel_bytes((size_t)tensor.c, format);
    return (Copy){tensor, part, format, (uint8_t *)packed, stride};
}

static void write_row(void *context, int row) {
    const Copy *copy = context;
    const float *from = tensor_at(copy->tensor, copy->part.y + row, copy->part.x);
    const int c = copy->tensor.c, w = copy->part.w;
    const size_t step = pixel_bytes((size_t)c, copy->format);
    uint8_t *to = copy->packed + (size_t)row * copy->packed_stride;
    if (copy->format == MAP_FLOAT)
        memcpy(to, from, (size_t)w * step);
    else
        for (int x = 0; x < w; x++) write_short(from + x * c, c, to + (size_t)x * step);
}

static void read_row(void *context, int row) {
    const Copy *copy = context;
    float *to = tensor_at(copy->tensor, copy->part.y + row, copy->part.x);
    const int c = copy->tensor.c, w = copy->part.w;
    const size_t step = pixel_bytes((size_t)c, copy->format);
    const uint8_t *from = copy->packed + (size_t)row * copy->packed_stride;
    if (copy->format == MAP_FLOAT)
        memcpy(to, from, (size_t)w * step);
    else
        for (int x = 0; x < w; x++) read_short(from + (size_t)x * step, c, to + x * c);
}

void packed_map_write(Tensor from, int h, int w, MapFormat format, void *to) {
    Copy copy = copy_of(from, (MapPart){0, 0, h, w}, format, to, w);
    parallel_for(write_row, &copy, h);
}

void packed_map_read(const void *from, int from_w, MapFormat format, Tensor to, MapPart part) {
    Copy copy = copy_of(to, part, format, from, from_w);
    parallel_for(read_row, &copy, part.h);
}
