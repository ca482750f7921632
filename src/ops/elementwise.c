// Elementwise passes, divided among the threads by rows.
#include "ops/elementwise.h"

#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "core/simd.h"

typedef struct Pass {
    Tensor to, from;
    const float *factors, *shifts;
    float slope;
    int crop, r;
} Pass;

static size_t row_count(Tensor t) { return (size_t)t.w * (size_t)t.c; }

static void leaky_relu_row(void *context, int y) {
    const Pass *pass = context;
    float *p = tensor_at(pass->to, y, 0);
    const size_t n = row_count(pass->to);
    const f32x4 slope = f32x4_splat(pass->slope);
    size_t i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) {
        f32x4 x = f32x4_load(p + i);
        f32x4_store(p + i, f32x4_max(x, f32x4_mul(x, slope)));
    }
    for (; i < n; i++) p[i] = p[i] > 0 ? p[i] : p[i] * pass->slope;
}

void elementwise_leaky_relu(Tensor t, float slope) {
    if (slope == 1) return;
    Pass pass = {.to = t, .slope = slope};
    parallel_for(leaky_relu_row, &pass, t.h);
}

static void prelu_row(void *context, int y) {
    const Pass *pass = context;
    float *p = tensor_at(pass->to, y, 0);
    const int n_channels = pass->to.c;
    const f32x4 zero = f32x4_splat(0);
    for (int x = 0; x < pass->to.w; x++, p += n_channels) {
        int c = 0;
        for (; c + SIMD_LANES <= n_channels; c += SIMD_LANES) {
            const f32x4 value = f32x4_load(p + c), slopes = f32x4_load(pass->factors + c);
            f32x4_store(p + c, f32x4_madd(f32x4_min(value, zero), slopes, f32x4_max(value, zero)));
        }
        for (; c < n_channels; c++) p[c] = p[c] > 0 ? p[c] : p[c] * pass->factors[c];
    }
}

void elementwise_prelu(Tensor t, const float *slopes) {
    Pass pass = {.to = t, .factors = slopes};
    parallel_for(prelu_row, &pass, t.h);
}

static void scale_shift_relu_row(void *context, int y) {
    const Pass *pass = context;
    const int n_channels = pass->to.c;
    const float *from = tensor_at(pass->from, y, 0), *factors = pass->factors, *shifts = pass->shifts;
    float *to = tensor_at(pass->to, y, 0);
    for (int x = 0; x < pass->to.w; x++, from += n_channels, to += n_channels) {
        int c = 0;
        for (; c + SIMD_LANES <= n_channels; c += SIMD_LANES) {
            const f32x4 value = f32x4_madd(f32x4_load(from + c), f32x4_load(factors + c), f32x4_load(shifts + c));
            f32x4_store(to + c, f32x4_max(value, f32x4_splat(0)));
        }
        for (; c < n_channels; c++) {
            const float value = from[c] * factors[c] + shifts[c];
            to[c] = value > 0 ? value : 0;
        }
    }
}

void elementwise_scale_shift_relu(Tensor in, const float *factors, const float *shifts, Tensor out) {
    Pass pass = {.to = out, .from = in, .factors = factors, .shifts = shifts};
    parallel_for(scale_shift_relu_row, &pass, out.h);
}

static void scale_channels_row(void *context, int y) {
    const Pass *pass = context;
    float *p = tensor_at(pass->to, y, 0);
    const int n_channels = pass->to.c;
    for (int x = 0; x < pass->to.w; x++, p += n_channels) {
        for (int c = 0; c < n_channels; c++) p[c] *= pass->factors[c];
    }
}

void elementwise_scale_channels(Tensor t, const float *factors) {
    Pass pass = {.to = t, .factors = factors};
    parallel_for(scale_channels_row, &pass, t.h);
}

static void scale_add_row(void *context, int y) {
    const Pass *pass = context;
    float *to = tensor_at(pass->to, y, 0);
    const float *from = tensor_at(pass->from, y, 0);
    const size_t n = row_count(pass->to);
    for (size_t i = 0; i < n; i++) to[i] = to[i] * pass->slope + from[i];
}

void elementwise_scale_add(Tensor to, float factor, Tensor from) {
    Pass pass = {.to = to, .from = from, .slope = factor};
    parallel_for(scale_add_row, &pass, to.h);
}

typedef struct Join {
    Tensor a, b, out;
} Join;

static void join_row(void *context, int y) {
    const Join *join = context;
    const size_t a_c = (size_t)join->a.c, b_c = (size_t)join->b.c;
    for (int x = 0; x < join->out.w; x++) {
        float *to = tensor_at(join->out, y, x);
        memcpy(to, tensor_at(join->a, y, x), a_c * sizeof *to);
        memcpy(to + a_c, tensor_at(join->b, y, x), b_c * sizeof *to);
    }
}

void elementwise_join(Tensor a, Tensor b, Tensor out) {
    Join join = {a, b, out};
    parallel_for(join_row, &join, out.h);
}

static void add_cropped_row(void *context, int y) {
    const Pass *pass = context;
    float *to = tensor_at(pass->to, y, 0);
    const float *from = tensor_at(pass->from, y + pass->crop, pass->crop);
    const size_t n = row_count(pass->to);
    size_t i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES)
        f32x4_store(to + i, f32x4_add(f32x4_load(to + i), f32x4_load(from + i)));
    for (; i < n; i++) to[i] += from[i];
}

void elementwise_add_cropped(Tensor to, Tensor from, int crop) {
    Pass pass = {.to = to, .from = from, .crop = crop};
    parallel_for(add_cropped_row, &pass, to.h);
}

static void add_nearest_row(void *context, int y) {
    const Pass *pass = context;
    for (int x = 0; x < pass->to.w; x++) {
        const float *from = tensor_at(pass->from, pass->crop + y / pass->r, pass->crop + x / pass->r);
        float *to = tensor_at(pass->to, y, x);
        for (int c = 0; c < pass->to.c; c++) to[c] += from[c];
    }
}

void elementwise_add_nearest(Tensor to, Tensor from, int crop, int r) {
    Pass pass = {.to = to, .from = from, .crop = crop, .r = r};
    parallel_for(add_nearest_row, &pass, to.h);
}

static void pixel_shuffle_row(void *context, int y) {
    const Pass *pass = context;
    const int r = pass->r, i = y % r;
    for (int x = 0; x < pass->to.w; x++) {
        const float *from = tensor_at(pass->from, y / r + pass->crop, x / r + pass->crop);
        float *to = tensor_at(pass->to, y, x);
        for (int q = 0; q < pass->to.c; q++) to[q] = from[(q * r + i) * r + x % r];
    }
}

void elementwise_pixel_shuffle(Tensor out, Tensor from, int crop, int r) {
    Pass pass = {.to = out, .from = from, .crop = crop, .r = r};
    parallel_for(pixel_shuffle_row, &pass, out.h);
}

static void clear(Tensor t, int y, int x, int n) {
    if (n > 0) memset(tensor_at(t, y, x), 0, (size_t)n * (size_t)t.c * sizeof(float));
}

void elementwise_clear_edges(Tensor t, int top, int left, int bottom, int right) {
    for (int y = 0; y < t.h; y++) {
        const bool is_all = y < top || y >= t.h - bottom;
        const int n_left = is_all ? t.w : min(left, t.w), n_right = is_all ? 0 : min(right, t.w);
        clear(t, y, 0, n_left);
        clear(t, y, t.w - n_right, n_right);
    }
}
