// ncnn's .param and .bin. Format: ncnn's docs/developer-guide/param-and-model-file-structure.md.
#include "weights/ncnn.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"
#include "core/simd_int.h"

enum { FLAG_HALF = 0x01306B47, FLAG_FLOAT = 0x0002C056, MAX_CHANNELS = 65536, MAX_KERNEL = 64, ARRAY_KEYS = -23300 };

// The text, word by word, and whether a word ends its line.
typedef struct Words {
    const char *at, *end;
    bool line_ended; // by the last word
} Words;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Copies the next word; false at the end of the text, or if it is longer than any word of the format.
static bool next_word(Words *words, char *word, size_t size) {
    size_t n = 0;
    while (words->at < words->end && (is_blank(*words->at) || *words->at == '\n')) words->at++;
    while (words->at < words->end && !is_blank(*words->at) && *words->at != '\n') {
        if (n + 1 >= size) return false;
        word[n++] = *words->at++;
    }
    word[n] = 0;
    while (words->at < words->end && is_blank(*words->at)) words->at++;
    words->line_ended = words->at == words->end || *words->at == '\n';
    return n > 0;
}

static bool next_int(Words *words, long min, long max, long *value) {
    char word[32], *end;
    if (!next_word(words, word, sizeof word)) return false;
    *value = strtol(word, &end, 10);
    return !*end && *value >= min && *value <= max;
}

typedef struct Keys {
    bool has[NCNN_N_KEYS];
    double values[NCNN_N_KEYS]; // of an array: its first element
} Keys;

// "key=value", or an array as "-233kk=n,v,…" or "kk=v,v".
static bool read_key(const char *word, Keys *keys) {
    char *end;
    long key = strtol(word, &end, 10);
    if (*end++ != '=') return false;
    const bool is_array = key <= ARRAY_KEYS && key > ARRAY_KEYS - NCNN_N_KEYS;
    if (is_array) key = ARRAY_KEYS - key;
    if (key < 0 || key >= NCNN_N_KEYS) return false;
    const char *comma = is_array ? strchr(end, ',') : NULL;
    if (is_array && !comma) return true; // an empty array
    const char *value = is_array ? comma + 1 : end;
    keys->values[key] = strtod(value, &end);
    keys->has[key] = true;
    return end != value && (!*end || *end == ',') && isfinite(keys->values[key]);
}

static double value_or(const Keys *keys, int key, double otherwise) {
    return keys->has[key] ? keys->values[key] : otherwise;
}

static bool key_int(const Keys *keys, int key, double otherwise, int min, int max, int *value) {
    double v = value_or(keys, key, otherwise);
    if (!(v >= min && v <= max) || v != floor(v)) return false;
    *value = (int)v;
    return true;
}

static NcnnType type_of(const char *word) {
    if (!strcmp(word, "Convolution")) return NCNN_CONVOLUTION;
    if (!strcmp(word, "Deconvolution")) return NCNN_DECONVOLUTION;
    if (!strcmp(word, "InnerProduct")) return NCNN_INNER_PRODUCT;
    return NCNN_OTHER;
}

// Fills in what the keys say. False: a value is missing or senseless.
static bool describe(NcnnLayer *layer, const Keys *keys) {
    const bool is_product = layer->type == NCNN_INNER_PRODUCT;
    int kernel_h, stride_h, pad_h, has_bias, n_weights;
    layer->kernel = layer->stride = 1;
    layer->pad = 0;
    if (!key_int(keys, 0, 0, 1, MAX_CHANNELS, &layer->out)) return false;
    if (!is_product) {
        if (!key_int(keys, 1, 0, 1, MAX_KERNEL, &layer->kernel)) return false;
        if (!key_int(keys, 11, layer->kernel, layer->kernel, layer->kernel, &kernel_h)) return false;
        if (!key_int(keys, 3, 1, 1, MAX_KERNEL, &layer->stride)) return false;
        if (!key_int(keys, 13, layer->stride, layer->stride, layer->stride, &stride_h)) return false;
        if (!key_int(keys, 4, 0, 0, MAX_KERNEL, &layer->pad)) return false;
        if (!key_int(keys, 14, layer->pad, layer->pad, layer->pad, &pad_h)) return false;
        if (value_or(keys, 2, 1) != 1) return false; // dilation
    }
    if (!key_int(keys, is_product ? 1 : 5, 0, 1, 1, &has_bias)) return false;
    if (!key_int(keys, is_product ? 2 : 6, 0, 1, 1 << 28, &n_weights)) return false;
    if (!key_int(keys, 9, 0, 0, 4, &layer->activation)) return false;
    layer->n_weights = (size_t)n_weights;
    layer->activation_slope = (float)value_or(keys, 10, 0);
    return n_weights % (layer->out * layer->kernel * layer->kernel) == 0;
}

static Status read_layer(Words *words, int number, NcnnLayer *layer) {
    char word[96], type[32];
    long n_in, n_out;
    *layer = (NcnnLayer){0};
    if (!next_word(words, type, sizeof type) || !next_word(words, layer->name, sizeof layer->name) ||
        !next_int(words, 0, 64, &n_in) || !next_int(words, 0, 64, &n_out)) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .param ends or is broken at layer %d.", number);
    }
    layer->type = type_of(type);
    Keys keys = {0};
    for (long i = 0; i < n_in + n_out; i++) {
        if (words->line_ended || !next_word(words, word, sizeof word)) {
            return status_fail(STATUS_BAD_FORMAT, "The model's .param names too few blobs for layer %s.", layer->name);
        }
    }
    while (!words->line_ended) {
        if (!next_word(words, word, sizeof word) || !read_key(word, &keys)) {
            return status_fail(STATUS_BAD_FORMAT, "The model's .param has an unreadable value for layer %s.",
                               layer->name);
        }
    }
    if (layer->type != NCNN_OTHER && !describe(layer, &keys)) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .param describes layer %s in a way that makes no sense.",
                           layer->name);
    }
    return STATUS_OK;
}

// Reads the text, and keeps the layers that have weights.
static Status read_param(const char *param, size_t size, NcnnModel *model) {
    Words words = {param, param + size, false};
    long magic, n_layers, n_blobs;
    if (!next_int(&words, 0, LONG_MAX, &magic) || magic != 7767517) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected the model's .param to begin with 7767517: this is not an ncnn model.");
    }
    if (!next_int(&words, 1, NCNN_MAX_LAYERS, &n_layers) || !next_int(&words, 1, 4096, &n_blobs)) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .param has no sensible count of layers.");
    }
    model->layers = calloc((size_t)n_layers, sizeof *model->layers);
    if (!model->layers) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a model's layers.");
    for (int i = 0; i < n_layers; i++) {
        NcnnLayer *layer = &model->layers[model->n_layers];
        Status status = read_layer(&words, i, layer);
        if (status) return status;
        if (layer->type != NCNN_OTHER) model->n_layers++;
    }
    return STATUS_OK;
}

static uint32_t read_u32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static float read_float(const uint8_t *p) {
    uint32_t bits = read_u32(p);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// What is left of the .bin.
typedef struct Rest {
    const uint8_t *at;
    size_t size;
} Rest;

static const uint8_t *take(Rest *rest, size_t size) {
    if (size > rest->size) return NULL;
    const uint8_t *at = rest->at;
    rest->at += size;
    rest->size -= size;
    return at;
}

// In pieces, since browsers do not replace a running function by its optimised version.
enum { PIECE = 2048 };

typedef struct Halves {
    const uint8_t *data; // two bytes each, aligned to nothing
    float *to;
    size_t n;
} Halves;

static void read_piece(void *context, int i) {
    const Halves *all = context;
    const size_t first = (size_t)i * PIECE, n = all->n - first < PIECE ? all->n - first : PIECE;
    uint16_t halves[PIECE + SIMD_LANES];
    memcpy(halves, all->data + 2 * first, 2 * n);
    memset(halves + n, 0, SIMD_LANES * sizeof *halves);
    float *to = all->to + first;
    for (size_t k = 0; k < n; k += SIMD_LANES) f32x4_store_part(to + k, f32x4_load_half(halves + k), (int)(n - k));
}

static Status read_weights(Rest *rest, const NcnnLayer *layer, float *weights, float *bias) {
    const uint8_t *flag_at = take(rest, 4), *data = NULL;
    const uint32_t flag = flag_at ? read_u32(flag_at) : 0;
    const size_t n = layer->n_weights, n_bias = (size_t)layer->out;
    if (flag_at && flag != FLAG_HALF && flag != FLAG_FLOAT && flag != 0) {
        return status_fail(STATUS_UNSUPPORTED,
                           "Layer %s of the model is stored in a way (%08x) that is not float16 or float32.",
                           layer->name, (unsigned)flag);
    }
    if (flag_at) data = take(rest, flag == FLAG_HALF ? (2 * n + 3) / 4 * 4 : 4 * n);
    const uint8_t *bias_data = data ? take(rest, 4 * n_bias) : NULL;
    if (!bias_data)
        return status_fail(STATUS_BAD_FORMAT, "The model's .bin ends before the weights of layer %s do.", layer->name);
    if (flag == FLAG_HALF) {
        parallel_for(read_piece, &(Halves){data, weights, n}, (int)((n + PIECE - 1) / PIECE));
    } else {
        for (size_t i = 0; i < n; i++) weights[i] = read_float(data + 4 * i);
    }
    for (size_t i = 0; i < n_bias; i++) bias[i] = read_float(bias_data + 4 * i);
    return STATUS_OK;
}

// SIZE_MAX: more than can be counted.
static size_t count_floats(const NcnnModel *model) {
    size_t n = 0;
    for (int i = 0; i < model->n_layers; i++)
        n = checked_add_or_max(n, model->layers[i].n_weights + (size_t)model->layers[i].out);
    return n;
}

static Status read_bin(const uint8_t *bin, size_t size, NcnnModel *model) {
    const size_t n_floats = count_floats(model);
    size_t bytes;
    // No weight takes less than two bytes, so a text that lies about sizes is found before memory is asked for.
    if (n_floats / 2 > size) {
        return status_fail(STATUS_BAD_FORMAT, "Expected the model's .bin to hold %zu values but it has only %zu bytes.",
                           n_floats, size);
    }
    model->memory = checked_mul(n_floats, sizeof(float), &bytes) ? malloc(bytes) : NULL;
    if (!model->memory) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a model's weights.");
    Rest rest = {bin, size};
    float *next = model->memory;
    for (int i = 0; i < model->n_layers; i++) {
        NcnnLayer *layer = &model->layers[i];
        float *bias = next + layer->n_weights;
        Status status = read_weights(&rest, layer, next, bias);
        if (status) return status;
        layer->weights = next;
        layer->bias = bias;
        next = bias + layer->out;
    }
    if (rest.size)
        return status_fail(STATUS_BAD_FORMAT, "The model's .bin has %zu bytes more than its .param describes.",
                           rest.size);
    return STATUS_OK;
}

Status ncnn_open(const char *param, size_t param_size, const uint8_t *bin, size_t bin_size, NcnnModel *out) {
    NcnnModel model = {0};
    Status status = read_param(param, param_size, &model);
    if (!status) status = read_bin(bin, bin_size, &model);
    if (status) {
        ncnn_close(&model);
        return status;
    }
    *out = model;
    return STATUS_OK;
}

void ncnn_close(NcnnModel *model) {
    free(model->layers);
    free(model->memory);
    *model = (NcnnModel){0};
}
