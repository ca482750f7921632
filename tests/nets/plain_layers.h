// Networks of ncnn's files with random weights, and slow plain layers that read the same weights one after the other:
// what the upscaling networks are compared with. Sums are in double precision.
#ifndef TESTS_NETS_PLAIN_LAYERS_H
#define TESTS_NETS_PLAIN_LAYERS_H

#include <math.h>

#include "core/tensor.h"
#include "test.h"

enum { PLAIN_MAX_LAYERS = 128, PLAIN_LINE = 128, PLAIN_MAX_FLOATS = 5 << 20 };

// A network's files while they are made, and then while its layers are run.
typedef struct PlainNetwork {
    char param[PLAIN_MAX_LAYERS * PLAIN_LINE + 64];
    size_t param_size;
    char lines[PLAIN_MAX_LAYERS * PLAIN_LINE];
    int n_layers;
    float *bin; // float32 throughout, each layer behind a flag of zero
    size_t n_floats;
    size_t next; // of the running
    unsigned random;
} PlainNetwork;

static inline float plain_draw(PlainNetwork *network, float most) {
    network->random = network->random * 1664525u + 1013904223u; // Numerical Recipes
    return ((float)(network->random >> 8) / (float)(1 << 23) - 1) * most;
}

static inline PlainNetwork plain_begin(void) {
    PlainNetwork network = {.bin = malloc(PLAIN_MAX_FLOATS * sizeof(float)), .random = 1};
    assert_non_null(network.bin);
    return network;
}

// Weights of which layer after layer neither grows without bounds nor dies out.
static inline void plain_add_values(PlainNetwork *network, size_t n_weights, int out_c, int fan_in) {
    assert_true(network->n_floats + n_weights + (size_t)out_c < PLAIN_MAX_FLOATS);
    const float most = 1.7f / sqrtf((float)fan_in);
    float *to = network->bin + network->n_floats;
    *to++ = 0;
    for (size_t i = 0; i < n_weights; i++) *to++ = plain_draw(network, most);
    for (int i = 0; i < out_c; i++) *to++ = plain_draw(network, 0.1f);
    network->n_floats += 1 + n_weights + (size_t)out_c;
}

static inline void plain_add_line(PlainNetwork *network, const char *type, const char *keys) {
    char *to = network->lines + strlen(network->lines);
    assert_true(network->n_layers < PLAIN_MAX_LAYERS);
    snprintf(to, PLAIN_LINE, "%s layer%d 1 1 a b %s\n", type, network->n_layers++, keys);
}

static inline void plain_add_conv(PlainNetwork *network, int in_c, int out_c, int kernel, int stride, int padding) {
    char keys[64];
    const int n = in_c * out_c * kernel * kernel;
    snprintf(keys, sizeof keys, "0=%d 1=%d 3=%d 4=%d 5=1 6=%d", out_c, kernel, stride, padding, n);
    plain_add_line(network, "Convolution", keys);
    plain_add_values(network, (size_t)n, out_c, in_c * kernel * kernel);
}

static inline void plain_add_deconv(PlainNetwork *network, int in_c, int out_c, int kernel, int stride, int crop) {
    char keys[64];
    const int n = in_c * out_c * kernel * kernel;
    snprintf(keys, sizeof keys, "0=%d 1=%d 3=%d 4=%d 5=1 6=%d", out_c, kernel, stride, crop, n);
    plain_add_line(network, "Deconvolution", keys);
    plain_add_values(network, (size_t)n, out_c, in_c * kernel * kernel / (stride * stride));
}

static inline void plain_add_product(PlainNetwork *network, int in_c, int out_c) {
    char keys[64];
    snprintf(keys, sizeof keys, "0=%d 1=1 2=%d", out_c, in_c * out_c);
    plain_add_line(network, "InnerProduct", keys);
    plain_add_values(network, (size_t)(in_c * out_c), out_c, in_c);
}

// No flag, no bias.
static inline void plain_add_prelu(PlainNetwork *network, int c) {
    char keys[64];
    snprintf(keys, sizeof keys, "0=%d", c);
    plain_add_line(network, "PReLU", keys);
    for (int i = 0; i < c; i++) network->bin[network->n_floats++] = plain_draw(network, 0.5f);
}

// One that resizes, without weights.
static inline void plain_add_resize(PlainNetwork *network, int kind, double factor) {
    char keys[64];
    snprintf(keys, sizeof keys, "0=%d 1=%e 2=%e", kind, factor, factor);
    plain_add_line(network, "Interp", keys);
}

// All layers are there. The last one's bias, of `out_c` channels, makes pictures of a middle grey.
static inline void plain_end(PlainNetwork *network, int out_c) {
    for (int c = 1; c <= out_c; c++) network->bin[network->n_floats - (size_t)c] = 0.5f;
    snprintf(network->param, sizeof network->param, "7767517\n%d %d\n%s", network->n_layers, network->n_layers,
             network->lines);
    network->param_size = strlen(network->param);
}

static inline void plain_free(PlainNetwork *network) { free(network->bin); }

// ---- running: each takes the weights that come next

static inline Tensor plain_tensor(int h, int w, int c) {
    Tensor t = {calloc((size_t)(h * w * c), sizeof(float)), h, w, c};
    assert_non_null(t.data);
    return t;
}

static inline const float *plain_take(PlainNetwork *network, size_t n) {
    const float *at = network->bin + network->next;
    network->next += n;
    return at;
}

static inline float plain_leaky(double x, float slope) { return (float)(x > 0 ? x : x * slope); }

// Zeros beyond the edge.
static inline double plain_dot(Tensor in, const float *weights, int kernel, int top, int left) {
    double sum = 0;
    for (int ky = 0; ky < kernel; ky++) {
        for (int kx = 0; kx < kernel; kx++) {
            const int y = top + ky, x = left + kx;
            if (y < 0 || x < 0 || y >= in.h || x >= in.w) continue;
            const float *pixel = tensor_at(in, y, x);
            for (int c = 0; c < in.c; c++) sum += (double)pixel[c] * weights[(c * kernel + ky) * kernel + kx];
        }
    }
    return sum;
}

// `in` is freed.
static inline Tensor plain_conv(PlainNetwork *network, Tensor in, int out_c, int kernel, int stride, int padding,
                                float slope) {
    const size_t n = (size_t)(in.c * kernel * kernel);
    const float *weights = plain_take(network, 1 + n * (size_t)out_c) + 1, *bias = plain_take(network, (size_t)out_c);
    const Tensor out =
        plain_tensor((in.h + 2 * padding - kernel) / stride + 1, (in.w + 2 * padding - kernel) / stride + 1, out_c);
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            for (int o = 0; o < out_c; o++) {
                const double sum =
                    plain_dot(in, weights + n * (size_t)o, kernel, y * stride - padding, x * stride - padding);
                tensor_at(out, y, x)[o] = plain_leaky(bias[o] + sum, slope);
            }
        }
    }
    free(in.data);
    return out;
}

// `in` is freed.
static inline Tensor plain_deconv(PlainNetwork *network, Tensor in, int out_c, int kernel, int stride, int crop,
                                  float slope) {
    const int n = in.c * kernel * kernel;
    const float *weights = plain_take(network, (size_t)(1 + n * out_c)) + 1, *bias = plain_take(network, (size_t)out_c);
    const Tensor out =
        plain_tensor((in.h - 1) * stride + kernel - 2 * crop, (in.w - 1) * stride + kernel - 2 * crop, out_c);
    for (int o = 0; o < out_c; o++) {
        double *sums = calloc((size_t)(out.h * out.w), sizeof *sums);
        assert_non_null(sums);
        for (int y = 0; y < in.h * kernel; y++) {
            for (int x = 0; x < in.w * kernel; x++) {
                const int to_y = y / kernel * stride + y % kernel - crop,
                          to_x = x / kernel * stride + x % kernel - crop;
                if (to_y < 0 || to_x < 0 || to_y >= out.h || to_x >= out.w) continue;
                const float *pixel = tensor_at(in, y / kernel, x / kernel);
                const float *tap = weights + o * n + y % kernel * kernel + x % kernel;
                for (int c = 0; c < in.c; c++) sums[to_y * out.w + to_x] += (double)pixel[c] * tap[c * kernel * kernel];
            }
        }
        for (int i = 0; i < out.h * out.w; i++) out.data[i * out_c + o] = plain_leaky(bias[o] + sums[i], slope);
        free(sums);
    }
    free(in.data);
    return out;
}

static inline void plain_prelu(PlainNetwork *network, Tensor t) {
    const float *slopes = plain_take(network, (size_t)t.c);
    for (int i = 0; i < t.h * t.w * t.c; i++) t.data[i] = plain_leaky(t.data[i], slopes[i % t.c]);
}

// Blocks of r x r pixels of channels; `in` is freed.
static inline Tensor plain_shuffle(Tensor in, int r) {
    const Tensor out = plain_tensor(in.h * r, in.w * r, in.c / (r * r));
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            for (int c = 0; c < out.c; c++)
                tensor_at(out, y, x)[c] = tensor_at(in, y / r, x / r)[(c * r + y % r) * r + x % r];
        }
    }
    free(in.data);
    return out;
}

// Both are freed.
static inline Tensor plain_join(Tensor a, Tensor b) {
    const Tensor out = plain_tensor(a.h, a.w, a.c + b.c);
    for (int i = 0; i < a.h * a.w; i++) {
        memcpy(out.data + i * out.c, a.data + i * a.c, (size_t)a.c * sizeof(float));
        memcpy(out.data + i * out.c + a.c, b.data + i * b.c, (size_t)b.c * sizeof(float));
    }
    free(a.data);
    free(b.data);
    return out;
}

// to = to * factor + from; `from` is freed.
static inline void plain_scale_add(Tensor to, float factor, Tensor from) {
    for (int i = 0; i < to.h * to.w * to.c; i++) to.data[i] = to.data[i] * factor + from.data[i];
    free(from.data);
}

// Twice the size by the nearest neighbour; `in` is freed.
static inline Tensor plain_twice(Tensor in) {
    const Tensor out = plain_tensor(2 * in.h, 2 * in.w, in.c);
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++)
            memcpy(tensor_at(out, y, x), tensor_at(in, y / 2, x / 2), (size_t)in.c * sizeof(float));
    }
    free(in.data);
    return out;
}

static inline double plain_cubic(double x) {
    x = fabs(x);
    if (x <= 1) return 1.25 * x * x * x - 2.25 * x * x + 1;
    return x < 2 ? -0.75 * (x * x * x - 5 * x * x + 8 * x - 4) : 0;
}

// Bicubic, without smoothing beforehand; the sample at the edge stands for those beyond it. `in` is freed.
static inline Tensor plain_resize(Tensor in, int h, int w) {
    const Tensor out = plain_tensor(h, w, in.c);
    for (int i = 0; i < h * w * in.c; i++) {
        const double at_y = (i / in.c / w + 0.5) * in.h / h - 0.5, at_x = (i / in.c % w + 0.5) * in.w / w - 0.5;
        double sum = 0;
        for (int y = (int)floor(at_y) - 1; y < at_y + 3; y++) {
            for (int x = (int)floor(at_x) - 1; x < at_x + 3; x++) {
                const int from_y = y < 0 ? 0 : y < in.h ? y : in.h - 1, from_x = x < 0 ? 0 : x < in.w ? x : in.w - 1;
                sum += plain_cubic(at_y - y) * plain_cubic(at_x - x) * tensor_at(in, from_y, from_x)[i % in.c];
            }
        }
        out.data[i] = (float)sum;
    }
    free(in.data);
    return out;
}

static inline Tensor plain_copy(Tensor t) {
    const Tensor copy = plain_tensor(t.h, t.w, t.c);
    memcpy(copy.data, t.data, tensor_count(t) * sizeof(float));
    return copy;
}

// to += from without `crop` rows and columns on each side; `from` is freed.
static inline void plain_add(Tensor to, Tensor from, int crop) {
    assert_true(from.h == to.h + 2 * crop && from.w == to.w + 2 * crop && from.c == to.c);
    for (int y = 0; y < to.h; y++) {
        for (int i = 0; i < to.w * to.c; i++) tensor_at(to, y, 0)[i] += tensor_at(from, y + crop, crop)[i];
    }
    free(from.data);
}

// Squeeze-and-excite: t times its gates, which come from its means.
static inline void plain_squeeze(PlainNetwork *network, Tensor t, int hidden_c) {
    double means[128] = {0}, hidden[32];
    const float *weights = plain_take(network, (size_t)(1 + t.c * hidden_c)) + 1,
                *bias = plain_take(network, (size_t)hidden_c);
    for (int i = 0; i < t.h * t.w * t.c; i++) means[i % t.c] += t.data[i] / (double)(t.h * t.w);
    for (int h = 0; h < hidden_c; h++) {
        double sum = bias[h];
        for (int c = 0; c < t.c; c++) sum += means[c] * weights[h * t.c + c];
        hidden[h] = sum > 0 ? sum : 0;
    }
    weights = plain_take(network, (size_t)(1 + t.c * hidden_c)) + 1;
    bias = plain_take(network, (size_t)t.c);
    for (int c = 0; c < t.c; c++) {
        double sum = bias[c];
        for (int h = 0; h < hidden_c; h++) sum += hidden[h] * weights[c * hidden_c + h];
        for (int i = c; i < t.h * t.w * t.c; i += t.c) t.data[i] = (float)(t.data[i] / (1 + exp(-sum)));
    }
}

#endif
