// Winograd's transforms: each is one-dimensional, first down the columns, then along the rows.
#include "ops/winograd_f32.h"

#include "core/simd.h"

enum { KERNEL = 3 };

void winograd_f32_weights(const float *kernel, float *planes) {
    static const double g[WINOGRAD_IN][KERNEL] = {
        {1, 0, 0},
        {-2 / 9.0, -2 / 9.0, -2 / 9.0},
        {-2 / 9.0, 2 / 9.0, -2 / 9.0},
        {1 / 90.0, 1 / 45.0, 2 / 45.0},
        {1 / 90.0, -1 / 45.0, 2 / 45.0},
        {32 / 45.0, 16 / 45.0, 8 / 45.0},
        {32 / 45.0, -16 / 45.0, 8 / 45.0},
        {0, 0, 1},
    };
    for (int i = 0; i < WINOGRAD_IN; i++) {
        for (int j = 0; j < WINOGRAD_IN; j++) {
            double sum = 0;
            for (int y = 0; y < KERNEL; y++) {
                for (int x = 0; x < KERNEL; x++) sum += g[i][y] * g[j][x] * (double)kernel[y * KERNEL + x];
            }
            planes[i * WINOGRAD_IN + j] = (float)sum;
        }
    }
}

// d[i * step] for i in [0, 8) to out[i * out_step].
static inline __attribute__((always_inline)) void input_line(const float *d, size_t step, float *out, size_t out_step) {
    const f32x4 d0 = f32x4_load(d), d1 = f32x4_load(d + step), d2 = f32x4_load(d + 2 * step), d3 = f32x4_load(d + 3 * step);
    const f32x4 d4 = f32x4_load(d + 4 * step), d5 = f32x4_load(d + 5 * step), d6 = f32x4_load(d + 6 * step);
    const f32x4 d7 = f32x4_load(d + 7 * step);
    const f32x4 c525 = f32x4_splat(5.25f), c425 = f32x4_splat(-4.25f), c125 = f32x4_splat(-1.25f), c025 = f32x4_splat(0.25f);
    const f32x4 two = f32x4_splat(2), four = f32x4_splat(4), minus_five = f32x4_splat(-5), half = f32x4_splat(0.5f);
    f32x4_store(out, f32x4_madd(f32x4_sub(d4, d2), c525, f32x4_sub(d0, d6)));
    f32x4_store(out + 7 * out_step, f32x4_madd(f32x4_sub(d3, d5), c525, f32x4_sub(d7, d1)));
    f32x4 even = f32x4_madd(d4, c425, f32x4_add(d2, d6)), odd = f32x4_madd(d3, c425, f32x4_add(d1, d5));
    f32x4_store(out + out_step, f32x4_add(even, odd));
    f32x4_store(out + 2 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(d2, c025, f32x4_madd(d4, c125, d6));
    odd = f32x4_mul(two, f32x4_madd(d1, c025, f32x4_madd(d3, c125, d5)));
    f32x4_store(out + 3 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 4 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(d2, four, f32x4_madd(d4, minus_five, d6));
    odd = f32x4_mul(half, f32x4_madd(d1, four, f32x4_madd(d3, minus_five, d5)));
    f32x4_store(out + 5 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 6 * out_step, f32x4_sub(even, odd));
}

void winograd_f32_input(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride) {
    float columns[WINOGRAD_PLANES * SIMD_LANES];
    for (int c = 0; c < n_channels; c += SIMD_LANES) {
        SIMD_NO_UNROLL
        for (int x = 0; x < WINOGRAD_IN; x++) {
            input_line(in + x * n_channels + c, row_stride, columns + x * SIMD_LANES, WINOGRAD_IN * SIMD_LANES);
        }
        SIMD_NO_UNROLL
        for (int y = 0; y < WINOGRAD_IN; y++) {
            input_line(columns + y * WINOGRAD_IN * SIMD_LANES, SIMD_LANES, planes + (size_t)y * WINOGRAD_IN * plane_stride + c,
                       plane_stride);
        }
    }
}

typedef struct Line {
    f32x4 y[WINOGRAD_OUT];
} Line;

// m[i * step] for i in [0, 8) to six values; `bias` is added to each of them, since point 1 is in all of them once.
static inline __attribute__((always_inline)) Line output_line(const float *m, size_t step, f32x4 bias) {
    const f32x4 m1 = f32x4_add(f32x4_load(m + step), bias), m2 = f32x4_load(m + 2 * step);
    const f32x4 sum1 = f32x4_add(m1, m2), difference1 = f32x4_sub(m1, m2);
    const f32x4 m3 = f32x4_load(m + 3 * step), m4 = f32x4_load(m + 4 * step);
    const f32x4 sum2 = f32x4_add(m3, m4), difference2 = f32x4_sub(m3, m4);
    const f32x4 m5 = f32x4_load(m + 5 * step), m6 = f32x4_load(m + 6 * step);
    const f32x4 sum3 = f32x4_add(m5, m6), difference3 = f32x4_sub(m5, m6);
    return (Line){{
        f32x4_add(f32x4_add(f32x4_load(m), sum1), f32x4_add(sum2, sum3)),
        f32x4_madd(difference3, f32x4_splat(0.5f), f32x4_madd(difference2, f32x4_splat(2), difference1)),
        f32x4_madd(sum3, f32x4_splat(0.25f), f32x4_madd(sum2, f32x4_splat(4), sum1)),
        f32x4_madd(difference3, f32x4_splat(0.125f), f32x4_madd(difference2, f32x4_splat(8), difference1)),
        f32x4_madd(sum3, f32x4_splat(0.0625f), f32x4_madd(sum2, f32x4_splat(16), sum1)),
        f32x4_madd(difference3, f32x4_splat(0.03125f),
                   f32x4_madd(difference2, f32x4_splat(32), f32x4_add(difference1, f32x4_load(m + 7 * step)))),
    }};
}

static inline __attribute__((always_inline)) void output_columns(const float *planes, size_t plane_stride, const float *bias,
                                                                 float *columns) {
    SIMD_NO_UNROLL
    for (int x = 0; x < WINOGRAD_IN; x++) {
        const Line line = output_line(planes + (size_t)x * plane_stride, WINOGRAD_IN * plane_stride,
                                      x == 1 ? f32x4_load(bias) : f32x4_splat(0));
        for (int y = 0; y < WINOGRAD_OUT; y++) f32x4_store(columns + (y * WINOGRAD_IN + x) * SIMD_LANES, line.y[y]);
    }
}

// Whole tiles and whole groups of channels: nearly all of the work.
static void output_whole(const float *columns, const WinogradOutput *out, float *to) {
    const f32x4 slope = f32x4_splat(out->slope);
    const size_t step = (size_t)out->n_channels;
    SIMD_NO_UNROLL
    for (int y = 0; y < WINOGRAD_OUT; y++, to += out->row_stride) {
        const Line line = output_line(columns + y * WINOGRAD_IN * SIMD_LANES, SIMD_LANES, f32x4_splat(0));
        for (int x = 0; x < WINOGRAD_OUT; x++) f32x4_store(to + (size_t)x * step, f32x4_leaky_relu(line.y[x], slope));
    }
}

static void output_part(const float *columns, const WinogradOutput *out, float *to, int n_channels) {
    const f32x4 slope = f32x4_splat(out->slope);
    for (int y = 0; y < out->n_rows; y++) {
        const Line line = output_line(columns + y * WINOGRAD_IN * SIMD_LANES, SIMD_LANES, f32x4_splat(0));
        for (int x = 0; x < out->n_columns; x++) {
            float *pixel = to + (size_t)y * out->row_stride + (size_t)(x * out->n_channels);
            f32x4_store_part(pixel, f32x4_leaky_relu(line.y[x], slope), n_channels);
        }
    }
}

// Reads what will be written. The stores go to 36 places at a time, and would wait for each line of the cache on its own; loads
// wait for many at once, and WebAssembly has no prefetch.
static void fetch_output(const WinogradOutput *out) {
    enum { LINE = 16 }; // floats
    for (int y = 0; y < out->n_rows; y++) {
        const volatile float *row = out->data + (size_t)y * out->row_stride;
        for (int i = 0; i < out->n_columns * out->n_channels; i += LINE) (void)row[i];
    }
}

void winograd_f32_output(const float *planes, size_t plane_stride, const WinogradOutput *out) {
    float columns[WINOGRAD_OUT * WINOGRAD_IN * SIMD_LANES];
    fetch_output(out);
    const int is_whole = out->n_rows == WINOGRAD_OUT && out->n_columns == WINOGRAD_OUT;
    for (int c = 0; c < out->n_channels; c += SIMD_LANES) {
        const int left = out->n_channels - c;
        output_columns(planes + c, plane_stride, out->bias + c, columns);
        if (is_whole && left >= SIMD_LANES) {
            output_whole(columns, out, out->data + c);
        } else {
            output_part(columns, out, out->data + c, left < SIMD_LANES ? left : SIMD_LANES);
        }
    }
}
