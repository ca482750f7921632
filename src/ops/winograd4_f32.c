// The one-dimensional transforms; winograd_passes.h runs them down the columns, then along the rows.
#include "ops/winograd4_f32.h"

#include "core/simd.h"
#include "ops/winograd_passes.h"

#define ROOT_2 1.41421356237309505f
static const float constants[] = {-2.5f,    -2,          -0.5f,      2,          0.5f,
                                  ROOT_2,   ROOT_2 / 2,  -2 / 3.0f,  1 / 6.0f,   -1 / 3.0f,
                                  1 / 3.0f, -ROOT_2 / 3, ROOT_2 / 6, ROOT_2 * 2, ROOT_2 / 4};
enum { K_M5_2, K_M2, K_M1_2, K_2, K_1_2, K_R2, K_R1_2, K_M2_3, K_1_6, K_M1_3, K_1_3, K_MR2_3, K_R2_6, K_2R2, K_R2_4 };

// Hides the constants from the compiler, as in winograd_f32.c.
static inline const float *hidden_constants(void) {
    const float *k = constants;
    __asm__("" : "+r"(k));
    return k;
}

// d[i * step] for i in [0, 6) to out[i * out_step].
static inline __attribute__((always_inline)) void input_line(const float *k, const float *d, size_t step, float *out,
                                                             size_t out_step) {
    const f32x4 d1 = f32x4_load(d + step), d2 = f32x4_load(d + 2 * step);
    const f32x4 d3 = f32x4_load(d + 3 * step), d4 = f32x4_load(d + 4 * step);
    f32x4_store(out, f32x4_madd(d2, f32x4_load_splat(k + K_M5_2), f32x4_add(f32x4_load(d), d4)));
    f32x4_store(out + 5 * out_step,
                f32x4_madd(d3, f32x4_load_splat(k + K_M5_2), f32x4_add(d1, f32x4_load(d + 5 * step))));
    f32x4 even = f32x4_madd(d2, f32x4_load_splat(k + K_M2), d4);
    f32x4 odd = f32x4_mul(f32x4_load_splat(k + K_R1_2), f32x4_madd(d1, f32x4_load_splat(k + K_M2), d3));
    f32x4_store(out + out_step, f32x4_add(even, odd));
    f32x4_store(out + 2 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(d2, f32x4_load_splat(k + K_M1_2), d4);
    odd = f32x4_mul(f32x4_load_splat(k + K_R2), f32x4_madd(d1, f32x4_load_splat(k + K_M1_2), d3));
    f32x4_store(out + 3 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 4 * out_step, f32x4_sub(even, odd));
}

void winograd4_f32_input(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride) {
    winograd_passes_input(input_line, WINOGRAD4_IN, hidden_constants(), in, row_stride, n_channels, planes,
                          plane_stride);
}

// g[i * step] for i in [0, 3) to out[i * out_step] for i in [0, 6).
static inline __attribute__((always_inline)) void kernel_line(const float *k, const float *g, size_t step, float *out,
                                                              size_t out_step) {
    const f32x4 g0 = f32x4_load(g), g1 = f32x4_load(g + step), g2 = f32x4_load(g + 2 * step);
    f32x4_store(out, g0);
    f32x4_store(out + 5 * out_step, g2);
    f32x4 even = f32x4_madd(g0, f32x4_load_splat(k + K_M2_3), f32x4_mul(g2, f32x4_load_splat(k + K_M1_3)));
    f32x4 odd = f32x4_mul(g1, f32x4_load_splat(k + K_MR2_3));
    f32x4_store(out + out_step, f32x4_add(even, odd));
    f32x4_store(out + 2 * out_step, f32x4_sub(even, odd));
    even = f32x4_madd(g0, f32x4_load_splat(k + K_1_6), f32x4_mul(g2, f32x4_load_splat(k + K_1_3)));
    odd = f32x4_mul(g1, f32x4_load_splat(k + K_R2_6));
    f32x4_store(out + 3 * out_step, f32x4_add(even, odd));
    f32x4_store(out + 4 * out_step, f32x4_sub(even, odd));
}

void winograd4_f32_kernels(const float *kernels, size_t tap_stride, size_t n, float *planes, size_t plane_stride) {
    winograd_passes_kernels(kernel_line, WINOGRAD4_IN, hidden_constants(), kernels, tap_stride, n, planes,
                            plane_stride);
}

// m[i * step] for i in [0, 6) to four values.
static inline __attribute__((always_inline)) void output_line(const float *k, const float *m, size_t step, f32x4 *y) {
    const f32x4 m1 = f32x4_load(m + step), m2 = f32x4_load(m + 2 * step);
    const f32x4 m3 = f32x4_load(m + 3 * step), m4 = f32x4_load(m + 4 * step);
    const f32x4 sum1 = f32x4_add(m1, m2), difference1 = f32x4_sub(m1, m2);
    const f32x4 sum2 = f32x4_add(m3, m4), difference2 = f32x4_sub(m3, m4);
    y[0] = f32x4_add(f32x4_load(m), f32x4_add(sum1, sum2));
    y[1] = f32x4_madd(difference2, f32x4_load_splat(k + K_R2), f32x4_mul(difference1, f32x4_load_splat(k + K_R1_2)));
    y[2] = f32x4_madd(sum2, f32x4_load_splat(k + K_2), f32x4_mul(sum1, f32x4_load_splat(k + K_1_2)));
    y[3] = f32x4_madd(difference2, f32x4_load_splat(k + K_2R2),
                      f32x4_madd(difference1, f32x4_load_splat(k + K_R2_4), f32x4_load(m + 5 * step)));
}

void winograd4_f32_output(float *planes, size_t plane_stride, const WinogradOutput *out) {
    winograd_passes_output(output_line, WINOGRAD4_OUT, false, hidden_constants(), planes, plane_stride, out);
}
