// Winograd's transforms of tiles and kernels, over one-dimensional ones: first down the columns, then along the rows.
// `line` and `side` (of a tile in Winograd's domain) should be constants for the compiler.
#ifndef OPS_WINOGRAD_PASSES_H
#define OPS_WINOGRAD_PASSES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/prefetch.h"
#include "core/simd.h"
#include "ops/winograd_f32.h"

#define WINOGRAD_PASSES_INLINE static inline __attribute__((always_inline))

// from[i * step] to to[i * to_step], i below `side`; k: the constants.
typedef void (*WinogradLine)(const float *k, const float *from, size_t step, float *to, size_t to_step);
// from[i * step], i below `side`, to y.
typedef void (*WinogradOutputLine)(const float *k, const float *from, size_t step, f32x4 *y);

// The planes lie pages apart, and a core has few TLB entries for stores. So the planes of one row of the tile get a
// whole cache line each (16 channels) before those of the next row.
enum { WINOGRAD_PASSES_GROUP = 4 * SIMD_LANES, WINOGRAD_PASSES_MAX = WINOGRAD_IN, WINOGRAD_PASSES_KERNEL = 3 };

// Channels of a tile that are prefetched at a time: 16 KiB.
enum { WINOGRAD_PASSES_AHEAD = 64 };

WINOGRAD_PASSES_INLINE void winograd_passes_input_group(WinogradLine line, int side, const float *k, const float *in,
                                                        size_t row_stride, int pixel_stride, int n, float *planes,
                                                        size_t plane_stride) {
    enum { GROUP = WINOGRAD_PASSES_GROUP };
    float columns[WINOGRAD_PASSES_MAX * WINOGRAD_PASSES_MAX * GROUP];
    SIMD_NO_UNROLL
    for (int x = 0; x < side; x++) {
        SIMD_NO_UNROLL
        for (int c = 0; c < n; c += SIMD_LANES)
            line(k, in + x * pixel_stride + c, row_stride, columns + x * GROUP + c, (size_t)side * GROUP);
    }
    SIMD_NO_UNROLL
    for (int y = 0; y < side; y++, planes += (size_t)side * plane_stride) {
        SIMD_NO_UNROLL
        for (int c = 0; c < n; c += SIMD_LANES)
            line(k, columns + y * side * GROUP + c, GROUP, planes + c, plane_stride);
    }
}

static inline void winograd_passes_prefetch(const float *in, size_t row_stride, int pixel_stride, int side, int n) {
    for (int y = 0; y < side; y++, in += row_stride) {
        for (int x = 0; x < side; x++) prefetch_floats(in + x * pixel_stride, (size_t)n);
    }
}

WINOGRAD_PASSES_INLINE void winograd_passes_input(WinogradLine line, int side, const float *k, const float *in,
                                                  size_t row_stride, int n_channels, float *planes,
                                                  size_t plane_stride) {
    for (int c = 0; c < n_channels; c += WINOGRAD_PASSES_GROUP) {
        const int left = n_channels - c, n = left < WINOGRAD_PASSES_GROUP ? left : WINOGRAD_PASSES_GROUP;
        if (c % WINOGRAD_PASSES_AHEAD == 0)
            winograd_passes_prefetch(in + c, row_stride, n_channels, side,
                                     left < WINOGRAD_PASSES_AHEAD ? left : WINOGRAD_PASSES_AHEAD);
        winograd_passes_input_group(line, side, k, in + c, row_stride, n_channels, n, planes + c, plane_stride);
    }
}

WINOGRAD_PASSES_INLINE void winograd_passes_kernels(WinogradLine line, int side, const float *k, const float *kernels,
                                                    size_t tap_stride, size_t n, float *planes, size_t plane_stride) {
    enum { GROUP = WINOGRAD_PASSES_GROUP, KERNEL = WINOGRAD_PASSES_KERNEL };
    float columns[WINOGRAD_PASSES_MAX * KERNEL * GROUP];
    for (size_t i = 0; i < n; i += GROUP) {
        SIMD_NO_UNROLL
        for (size_t x = 0; x < KERNEL; x++) {
            SIMD_NO_UNROLL
            for (size_t c = 0; c < GROUP; c += SIMD_LANES)
                line(k, kernels + x * tap_stride + i + c, KERNEL * tap_stride, columns + x * GROUP + c, KERNEL * GROUP);
        }
        float *to = planes + i;
        SIMD_NO_UNROLL
        for (int y = 0; y < side; y++, to += (size_t)side * plane_stride) {
            SIMD_NO_UNROLL
            for (size_t c = 0; c < GROUP; c += SIMD_LANES)
                line(k, columns + y * KERNEL * GROUP + c, GROUP, to + c, plane_stride);
        }
    }
}

// The memory that will be written: stores, too, would wait for each line in turn.
static inline void winograd_passes_prefetch_output(const WinogradOutput *out) {
    for (int y = 0; y < out->n_rows; y++) {
        for (int x = 0; x < out->n_columns; x++)
            prefetch_floats(out->data + (size_t)y * out->row_stride + (size_t)x * out->pixel_stride,
                            (size_t)out->n_channels);
    }
}

// Whole tiles and whole groups of channels: nearly all of the work.
WINOGRAD_PASSES_INLINE void winograd_passes_whole(WinogradOutputLine line, int n, const float *k, const float *columns,
                                                  const float *bias, const WinogradOutput *out, float *to) {
    const f32x4 slope = f32x4_splat(out->slope);
    const size_t step = out->pixel_stride;
    SIMD_NO_UNROLL
    for (int y = 0; y < n; y++, to += out->row_stride) {
        f32x4 pixels[WINOGRAD_OUT];
        line(k, columns + y * (n + 2) * SIMD_LANES, SIMD_LANES, pixels);
        SIMD_UNROLL
        for (int x = 0; x < n; x++) {
            const f32x4 pixel = bias ? f32x4_add(pixels[x], f32x4_load(bias)) : pixels[x];
            f32x4_store(to + (size_t)x * step, f32x4_leaky_relu(pixel, slope));
        }
    }
}

WINOGRAD_PASSES_INLINE void winograd_passes_part(WinogradOutputLine line, int n, const float *k, const float *columns,
                                                 const float *bias, const WinogradOutput *out, float *to,
                                                 int n_channels) {
    const f32x4 slope = f32x4_splat(out->slope);
    for (int y = 0; y < out->n_rows; y++) {
        f32x4 pixels[WINOGRAD_OUT] = {{0}}; // the compiler does not see that n_columns is at most n
        line(k, columns + y * (n + 2) * SIMD_LANES, SIMD_LANES, pixels);
        for (int x = 0; x < out->n_columns; x++) {
            float *pixel = to + (size_t)y * out->row_stride + (size_t)x * out->pixel_stride;
            const f32x4 sum = bias ? f32x4_add(pixels[x], f32x4_load(bias)) : pixels[x];
            f32x4_store_part(pixel, f32x4_leaky_relu(sum, slope), n_channels);
        }
    }
}

// n: the side of a tile's outputs, two less than in Winograd's domain. If the second point is 1, that plane is added
// to each output exactly once, so the bias can be added to the plane.
WINOGRAD_PASSES_INLINE void winograd_passes_output(WinogradOutputLine line, int n, bool has_point_1, const float *k,
                                                   float *planes, size_t plane_stride, const WinogradOutput *out) {
    const int side = n + 2;
    float columns[WINOGRAD_OUT * WINOGRAD_PASSES_MAX * SIMD_LANES];
    winograd_passes_prefetch_output(out);
    const int is_whole = out->n_rows == n && out->n_columns == n;
    for (int c = 0; c < out->n_channels; c += SIMD_LANES) {
        const int left = out->n_channels - c;
        const float *bias = has_point_1 ? NULL : out->bias + c;
        if (has_point_1) {
            float *point_1 = planes + (size_t)(side + 1) * plane_stride + c;
            f32x4_store(point_1, f32x4_add(f32x4_load(point_1), f32x4_load(out->bias + c)));
        }
        SIMD_NO_UNROLL
        for (int x = 0; x < side; x++) {
            f32x4 pixels[WINOGRAD_OUT];
            line(k, planes + (size_t)x * plane_stride + c, (size_t)side * plane_stride, pixels);
            SIMD_UNROLL
            for (int y = 0; y < n; y++) f32x4_store(columns + (y * side + x) * SIMD_LANES, pixels[y]);
        }
        if (is_whole && left >= SIMD_LANES) {
            winograd_passes_whole(line, n, k, columns, bias, out, out->data + c);
        } else {
            winograd_passes_part(line, n, k, columns, bias, out, out->data + c, left < SIMD_LANES ? left : SIMD_LANES);
        }
    }
}

#endif
