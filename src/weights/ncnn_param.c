// The text, line by line: each layer's type, name, blobs and keys.
#include "weights/ncnn_param.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 65536, MAX_KERNEL = 64, ARRAY_KEYS = -23300 };

// The text, word by word, and whether a word ends its line.
typedef struct Words {
    const char *at, *end;
    bool line_ended; // by the last word
} Words;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Copies the next word; false at the end of the text, or if it is longer than any word of the format.
// Not inlined: a dozen copies of it would be half of this file's code. Likewise key_int.
static __attribute__((noinline)) bool next_word(Words *words, char *word, size_t size) {
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

static __attribute__((noinline)) bool key_int(const Keys *keys, int key, double otherwise, int min, int max,
                                              int *value) {
    double v = value_or(keys, key, otherwise);
    if (!(v >= min && v <= max) || v != floor(v)) return false;
    *value = (int)v;
    return true;
}

static NcnnType type_of(const char *word) {
    if (!strcmp(word, "Convolution")) return NCNN_CONVOLUTION;
    if (!strcmp(word, "Deconvolution")) return NCNN_DECONVOLUTION;
    if (!strcmp(word, "InnerProduct")) return NCNN_INNER_PRODUCT;
    if (!strcmp(word, "PReLU")) return NCNN_PRELU;
    return NCNN_OTHER;
}

// Fills in the values of the keys. False: a value is missing or makes no sense.
static bool describe(NcnnLayer *layer, const Keys *keys) {
    const bool is_product = layer->type == NCNN_INNER_PRODUCT, is_prelu = layer->type == NCNN_PRELU;
    int kernel_h, stride_h, pad_h, has_bias, n_weights;
    layer->kernel = layer->stride = 1;
    layer->pad = 0;
    if (!key_int(keys, 0, 0, 1, MAX_CHANNELS, &layer->out)) return false;
    layer->n_weights = (size_t)layer->out;
    if (is_prelu) return true;
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

// Records what the last layer that resizes does, if it makes sense.
static void read_resize(const char *type, const Keys *keys, NcnnParam *param) {
    if (strcmp(type, "Interp") != 0) return;
    if (!key_int(keys, 0, 0, 0, 3, &param->resize)) param->resize = 0;
    param->resize_factor = value_or(keys, 1, 1);
}

static Status read_layer(Words *words, int number, NcnnParam *param) {
    NcnnLayer *layer = &param->layers[param->n_layers];
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
    read_resize(type, &keys, param);
    if (layer->type != NCNN_OTHER && !describe(layer, &keys)) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .param describes layer %s in a way that makes no sense.",
                           layer->name);
    }
    return STATUS_OK;
}

// Reads the text, and keeps the layers that have weights.
static Status read_layers(const char *text, size_t size, NcnnParam *param) {
    Words words = {text, text + size, false};
    long magic, n_layers, n_blobs;
    if (!next_int(&words, 0, LONG_MAX, &magic) || magic != 7767517) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected the model's .param to begin with 7767517: this is not an ncnn model.");
    }
    if (!next_int(&words, 1, NCNN_MAX_LAYERS, &n_layers) || !next_int(&words, 1, 4096, &n_blobs)) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .param has no sensible count of layers.");
    }
    param->layers = calloc((size_t)n_layers, sizeof *param->layers);
    if (!param->layers) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a model's layers.");
    for (int i = 0; i < n_layers; i++) {
        const Status status = read_layer(&words, i, param);
        if (status) return status;
        if (param->layers[param->n_layers].type != NCNN_OTHER) param->n_layers++;
    }
    return STATUS_OK;
}

Status ncnn_param_read(const char *text, size_t size, NcnnParam *out) {
    NcnnParam param = {0};
    const Status status = read_layers(text, size, &param);
    if (status) {
        ncnn_param_free(&param);
        return status;
    }
    *out = param;
    return STATUS_OK;
}

void ncnn_param_free(NcnnParam *param) {
    free(param->layers);
    *param = (NcnnParam){0};
}
