// The one-dimensional transforms; winograd_passes.h runs them down the columns, then along the rows.
#include "ops/winograd_f32.h"

#include "core/simd.h"
#include "ops/winograd_passes.h"

static const float constants[] = {5.25f,     -4.25f,    -1.25f,    0.25f,     -5,         4,          2,
                                  0.5f,      8,         0.125f,    16,        0.0625f,    32,         0.03125f,
                                  -2 / 9.0f, 1 / 90.0f, 1 / 45.0f, 2 / 45.0f, 32 / 45.0f, 16 / 45.0f, 8 / 45.0f};
enum {
    K_5_25,
    K_M4_25,
    K_M1_25,
    K_1_4,
    K_M5,
    K_4,
    K_2,
    K_1_2,
    K_8,
    K_1_8,
    K_16,
    K_1_16,
    K_32,
    K_1_32,
    K_M2_9,
    K_1_90,
    K_1_45,
    K_2_45,
    K_32_45,
    K_16_45,
    K_8_45
};

// Hides the constants from the compiler: V8 would build each from general registers every time, where a load is one
// instruction (with loads, the input's transform takes 0.7 of the time).
static inline const float *hidden_constants(void) {
    const float *k = constants;
    __asm__("" : "+r"(k));
    return k;
}

// d[i * step] for i in [0, 8) to out[i * out_step].
static inline __attribute__((always_inline)) void input_line(const float *k, const float *d, size_t step, float *out,
                                                             size_t out_step) {
    const f32x4 d0 = f32x4_load(d), d1 = f32x4_load(d + step), d2 = f32x4_load(d + 2 * step),
                d3 = f32x4_load(d + 3 * step);
    const f32x4 d4 = f32x4_load(d + 4 * step), d5 = f32x4_load(d + 5 * step), d6 = f32x4_load(d + 6 * step);
    const f32x4 d7 = f32x4_load(d + 7 * step);
    f32x4_store(out, f32x4_madd(f32x4_sub(d4, d2), f32x4_load_splat(k + K_5_25), f32x4_sub(d0, d6)));
    f32x4_store(out + 7 * out_step, f32x4_madd(f32x4_sub(d3, d5), f32x4_load_splat(k + K_5_25), f32x4_sub(d7, d1)));
    f32x4 even = f32x4_madd(d4, f32x4_load_splat(k + K_M4_25), f32x4_add(d2, d6)),
          odd = f32x4_madd(d3, f32x4_load_splat(k + K_M4_25), f32x4_add(d1, d5));
    f32x4_store(out + out_step, f32x4_add(even, odd));
    f32x4_store(out + 2 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(d2, f32x4_load_splat(k + K_1_4), f32x4_madd(d4, f32x4_load_splat(k + K_M1_25), d6));
    odd = f32x4_mul(f32x4_load_splat(k + K_2),
                    f32x4_madd(d1, f32x4_load_splat(k + K_1_4), f32x4_madd(d3, f32x4_load_splat(k + K_M1_25), d5)));
    f32x4_store(out + 3 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 4 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(d2, f32x4_load_splat(k + K_4), f32x4_madd(d4, f32x4_load_splat(k + K_M5), d6));
    odd = f32x4_mul(f32x4_load_splat(k + K_1_2),
                    f32x4_madd(d1, f32x4_load_splat(k + K_4), f32x4_madd(d3, f32x4_load_splat(k + K_M5), d5)));
    f32x4_store(out + 5 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 6 * out_step, f32x4_sub(even, odd));
}

void winograd_f32_input(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride) {
    winograd_passes_input(input_line, WINOGRAD_IN, hidden_constants(), in, row_stride, n_channels, planes,
                          plane_stride);
}

// g[i * step] for i in [0, 3) to out[i * out_step] for i in [0, 8).
static inline __attribute__((always_inline)) void kernel_line(const float *k, const float *g, size_t step, float *out,
                                                              size_t out_step) {
    const f32x4 g0 = f32x4_load(g), g1 = f32x4_load(g + step), g2 = f32x4_load(g + 2 * step);
    f32x4_store(out, g0);
    f32x4_store(out + 7 * out_step, g2);
    const f32x4 factor = f32x4_load_splat(k + K_M2_9);
    f32x4 even = f32x4_mul(f32x4_add(g0, g2), factor), odd = f32x4_mul(g1, factor);
    f32x4_store(out + out_step, f32x4_add(even, odd));
    f32x4_store(out + 2 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(g0, f32x4_load_splat(k + K_1_90), f32x4_mul(g2, f32x4_load_splat(k + K_2_45)));
    odd = f32x4_mul(g1, f32x4_load_splat(k + K_1_45));
    f32x4_store(out + 3 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 4 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(g0, f32x4_load_splat(k + K_32_45), f32x4_mul(g2, f32x4_load_splat(k + K_8_45)));
    odd = f32x4_mul(g1, f32x4_load_splat(k + K_16_45));
    f32x4_store(out + 5 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 6 * out_step, f32x4_sub(even, odd));
}

void winograd_f32_kernels(const float *kernels, size_t tap_stride, size_t n, float *planes, size_t plane_stride) {
    winograd_passes_kernels(kernel_line, WINOGRAD_IN, hidden_constants(), kernels, tap_stride, n, planes, plane_stride);
}

// m[i * step] for i in [0, 8) to six values.
static inline __attribute__((always_inline)) void output_line(const float *k, const float *m, size_t step, f32x4 *y) {
    const f32x4 m1 = f32x4_load(m + step), m2 = f32x4_load(m + 2 * step);
    const f32x4 sum1 = f32x4_add(m1, m2), difference1 = f32x4_sub(m1, m2);
    const f32x4 m3 = f32x4_load(m + 3 * step), m4 = f32x4_load(m + 4 * step);
    const f32x4 sum2 = f32x4_add(m3, m4), difference2 = f32x4_sub(m3, m4);
    const f32x4 m5 = f32x4_load(m + 5 * step), m6 = f32x4_load(m + 6 * step);
    const f32x4 sum3 = f32x4_add(m5, m6), difference3 = f32x4_sub(m5, m6);
    y[0] = f32x4_add(f32x4_add(f32x4_load(m), sum1), f32x4_add(sum2, sum3));
    y[1] = f32x4_madd(difference3, f32x4_load_splat(k + K_1_2),
                      f32x4_madd(difference2, f32x4_load_splat(k + K_2), difference1));
    y[2] = f32x4_madd(sum3, f32x4_load_splat(k + K_1_4), f32x4_madd(sum2, f32x4_load_splat(k + K_4), sum1));
    y[3] = f32x4_madd(difference3, f32x4_load_splat(k + K_1_8),
                      f32x4_madd(difference2, f32x4_load_splat(k + K_8), difference1));
    y[4] = f32x4_madd(sum3, f32x4_load_splat(k + K_1_16), f32x4_madd(sum2, f32x4_load_splat(k + K_16), sum1));
    y[5] = f32x4_madd(
        difference3, f32x4_load_splat(k + K_1_32),
        f32x4_madd(difference2, f32x4_load_splat(k + K_32), f32x4_add(difference1, f32x4_load(m + 7 * step))));
}

void winograd_f32_output(float *planes, size_t plane_stride, const WinogradOutput *out) {
    winograd_passes_output(output_line, WINOGRAD_OUT, true, hidden_constants(), planes, plane_stride, out);
}
