// Where the .bin has come to is a layer, and a part of it: flag, weights, what fills them up to four bytes, bias.
#include "weights/ncnn.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/simd_int.h"

enum {
    FLAG_HALF = 0x01306B47,
    FLAG_FLOAT = 0x0002C056,
    BUFFER = 65536,
    PIECE = 2048, // values converted at once, since browsers do not replace a running function by its optimised version
    STRINGS = 256 // bytes for the names and the text of a layer
};

typedef enum Part { PART_FLAG, PART_WEIGHTS, PART_FILLER, PART_BIAS, PART_END } Part;

struct Ncnn {
    TensorSink sink;
    Status status; // of the first failure
    NcnnParam param;
    TensorTable table; // a layer's weights and bias at 2 * layer and behind
    bool has_param;
    int layer;
    Part part;
    bool is_half;
    size_t left;       // values of the part that have not come
    size_t placed;     // bytes of the tensor that the sink has been given, as float32
    uint8_t *at;       // where the next go; NULL with room: they are not wanted
    size_t room;       // bytes
    size_t n_buffered; // bytes of an unfinished value, at the buffer's beginning
    uint8_t buffer[BUFFER];
};

// ---- the table

const char *ncnn_describe(NcnnType type, int in_c, int out_c, int kernel, int stride, int padding,
                          char text[NCNN_DESCRIPTION]) {
    static const char *const names[] = {[NCNN_CONVOLUTION] = "Convolution",
                                        [NCNN_DECONVOLUTION] = "Deconvolution",
                                        [NCNN_INNER_PRODUCT] = "InnerProduct"};
    snprintf(text, NCNN_DESCRIPTION, "%s %d to %d, kernel %d, stride %d, padding %d", names[type], in_c, out_c, kernel,
             stride, padding);
    return text;
}

static TensorSpec *spec_of(Ncnn *ncnn, int layer, bool is_bias) { return &ncnn->table.tensors[2 * layer + is_bias]; }

static void fill_layer(Ncnn *ncnn, int i) {
    const NcnnLayer *layer = &ncnn->param.layers[i];
    const size_t out = (size_t)layer->out, kernel = (size_t)layer->kernel,
                 in = layer->n_weights / (out * kernel * kernel);
    char *strings = ncnn->table.strings + (size_t)i * STRINGS, *weight = strings + NCNN_DESCRIPTION;
    char *bias = weight + sizeof layer->name + sizeof ".weight";
    snprintf(weight, sizeof layer->name + sizeof ".weight", "%s.weight", layer->name);
    snprintf(bias, sizeof layer->name + sizeof ".bias", "%s.bias", layer->name);
    ncnn_describe(layer->type, (int)in, layer->out, layer->kernel, layer->stride, layer->pad, strings);
    ncnn->table.texts[i] = (TensorText){layer->name, strings};
    *spec_of(ncnn, i, false) = (TensorSpec){
        .name = weight,
        .dtype = DTYPE_F32,
        .n_dims = layer->type == NCNN_INNER_PRODUCT ? 2 : 4,
        .dims = {out, in, kernel, kernel},
        .bytes = layer->n_weights * sizeof(float), // at most 2^30
    };
    *spec_of(ncnn, i, true) =
        (TensorSpec){.name = bias, .dtype = DTYPE_F32, .n_dims = 1, .dims = {out}, .bytes = out * sizeof(float)};
}

static Status read_param(Ncnn *ncnn, const char *text, size_t size) {
    Status status = ncnn_param_read(text, size, &ncnn->param);
    if (status) return status;
    const size_t n = (size_t)ncnn->param.n_layers;
    status = tensor_table_create(2 * n, n, n * STRINGS, &ncnn->table);
    if (status) return status_fail(status, "Not enough memory for a network's layers.");
    for (int i = 0; i < ncnn->param.n_layers; i++) fill_layer(ncnn, i);
    status = tensor_table_sort(&ncnn->table);
    if (status) return status;
    ncnn->has_param = true;
    ncnn->part = n ? PART_FLAG : PART_END;
    ncnn->left = 1;
    return ncnn->sink.begin ? ncnn->sink.begin(ncnn->sink.context, &ncnn->table) : STATUS_OK;
}

// ---- the way through the .bin

static size_t value_bytes(const Ncnn *ncnn) {
    const bool is_half = ncnn->is_half && (ncnn->part == PART_WEIGHTS || ncnn->part == PART_FILLER);
    return is_half ? sizeof(uint16_t) : sizeof(float);
}

static uint32_t read_u32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static Status read_flag(Ncnn *ncnn, const uint8_t *from) {
    const uint32_t flag = read_u32(from);
    ncnn->is_half = flag == FLAG_HALF;
    if (flag == FLAG_HALF || flag == FLAG_FLOAT || flag == 0) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Layer %s of the model is stored in a way (%08x) that is not float16 or float32.",
                       ncnn->param.layers[ncnn->layer].name, (unsigned)flag);
}

// n values, at most PIECE, as float32.
static void convert(const uint8_t *from, bool is_half, size_t n, float *to) {
    uint16_t halves[PIECE + SIMD_LANES];
    if (!is_half) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    memcpy(halves, from, n * sizeof *halves);
    memset(halves + n, 0, SIMD_LANES * sizeof *halves);
    for (size_t i = 0; i < n; i += SIMD_LANES) f32x4_store_part(to + i, f32x4_load_half(halves + i), (int)(n - i));
}

static const TensorSpec *coming(Ncnn *ncnn) { return spec_of(ncnn, ncnn->layer, ncnn->part == PART_BIAS); }

// Asks for memory for the next bytes of the tensor.
static Status place_more(Ncnn *ncnn, const TensorSpec *spec) {
    const TensorSink *sink = &ncnn->sink;
    const size_t missing = spec->bytes - ncnn->placed;
    void *destination = NULL;
    size_t room = missing;
    const Status status = sink->place ? sink->place(sink->context, spec, ncnn->placed, &destination, &room) : STATUS_OK;
    ncnn->at = destination;
    ncnn->room = destination && room < missing ? room : missing;
    return status;
}

// Hands the next bytes of a tensor on.
static Status put(Ncnn *ncnn, const void *values, size_t bytes) {
    for (const uint8_t *from = values; bytes;) {
        if (!ncnn->room) {
            const Status status = place_more(ncnn, coming(ncnn));
            if (status) return status;
        }
        const size_t n = bytes < ncnn->room ? bytes : ncnn->room;
        if (ncnn->at) memcpy(ncnn->at, from, n);
        if (ncnn->at) ncnn->at += n;
        ncnn->room -= n;
        ncnn->placed += n;
        from += n;
        bytes -= n;
    }
    return STATUS_OK;
}

// n values of a tensor.
static Status put_values(Ncnn *ncnn, const uint8_t *from, size_t n) {
    float values[PIECE];
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t count = n - i < PIECE ? n - i : PIECE;
        convert(from + i * value_bytes(ncnn), value_bytes(ncnn) == sizeof(uint16_t), count, values);
        const Status status = put(ncnn, values, count * sizeof *values);
        if (status) return status;
    }
    return STATUS_OK;
}

// Values that a part has.
static size_t count(const Ncnn *ncnn) {
    const NcnnLayer *layer = &ncnn->param.layers[ncnn->layer];
    switch (ncnn->part) {
        case PART_FLAG: return 1;
        case PART_WEIGHTS: return layer->n_weights;
        case PART_FILLER: return ncnn->is_half && layer->n_weights % 2;
        case PART_BIAS: return (size_t)layer->out;
        default: return 0;
    }
}

static Status end_part(Ncnn *ncnn) {
    const TensorSink *sink = &ncnn->sink;
    const bool is_tensor = ncnn->part == PART_WEIGHTS || ncnn->part == PART_BIAS;
    Status status = STATUS_OK;
    if (is_tensor && ncnn->at && sink->placed) status = sink->placed(sink->context, coming(ncnn));
    if (is_tensor) ncnn->placed = 0;
    ncnn->part++;
    if (ncnn->part == PART_END && ++ncnn->layer < ncnn->param.n_layers) ncnn->part = PART_FLAG;
    ncnn->left = count(ncnn);
    return status;
}

// Takes n values of the present part.
static Status take(Ncnn *ncnn, const uint8_t *from, size_t n) {
    Status status = STATUS_OK;
    if (ncnn->part == PART_FLAG) status = read_flag(ncnn, from);
    if (ncnn->part == PART_WEIGHTS || ncnn->part == PART_BIAS) status = put_values(ncnn, from, n);
    ncnn->left -= n;
    while (!status && !ncnn->left && ncnn->part != PART_END) status = end_part(ncnn);
    return status;
}

// Takes what is in the buffer, as far as it is whole values.
static Status take_buffer(Ncnn *ncnn) {
    size_t at = 0;
    while (ncnn->part != PART_END) {
        const size_t bytes = value_bytes(ncnn), there = (ncnn->n_buffered - at) / bytes;
        const size_t n = there < ncnn->left ? there : ncnn->left;
        if (!n) break;
        const Status status = take(ncnn, ncnn->buffer + at, n);
        if (status) return status;
        at += n * bytes;
    }
    ncnn->n_buffered -= at;
    memmove(ncnn->buffer, ncnn->buffer + at, ncnn->n_buffered);
    if (ncnn->part != PART_END || !ncnn->n_buffered) return STATUS_OK;
    return status_fail(STATUS_BAD_FORMAT, "The model's .bin has more bytes than its .param describes.");
}

// ---- from outside

Status ncnn_create(const TensorSink *sink, Ncnn **out) {
    Ncnn *ncnn = calloc(1, sizeof *ncnn);
    if (!ncnn) return status_fail(STATUS_NO_MEMORY, "Not enough memory to read a network of ncnn.");
    ncnn->sink = *sink;
    *out = ncnn;
    return STATUS_OK;
}

void ncnn_free(Ncnn *ncnn) {
    if (!ncnn) return;
    tensor_table_free(&ncnn->table);
    ncnn_param_free(&ncnn->param);
    free(ncnn);
}

Status ncnn_param(Ncnn *ncnn, const char *text, size_t size) {
    if (ncnn->has_param) return status_fail(STATUS_BAD_ARGUMENT, "The model's .param has come already.");
    if (!ncnn->status) ncnn->status = read_param(ncnn, text, size);
    return ncnn->status;
}

size_t ncnn_want(Ncnn *ncnn, void **at) {
    *at = ncnn->buffer + ncnn->n_buffered;
    return ncnn->status ? 0 : BUFFER - ncnn->n_buffered;
}

// Without a .param, which ncnn_end will miss, nothing can be done with the bytes.
Status ncnn_took(Ncnn *ncnn, size_t n) {
    const size_t room = BUFFER - ncnn->n_buffered;
    if (n > room)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected at most %zu bytes at once but received %zu.", room, n);
    if (ncnn->status || !ncnn->has_param) return ncnn->status;
    ncnn->n_buffered += n;
    ncnn->status = take_buffer(ncnn);
    return ncnn->status;
}

static Status end(const Ncnn *ncnn) {
    if (!ncnn->has_param) return status_fail(STATUS_BAD_FORMAT, "Expected the model's .param before its .bin.");
    if (ncnn->part != PART_END) {
        return status_fail(STATUS_BAD_FORMAT, "The model's .bin ends before the weights of layer %s do.",
                           ncnn->param.layers[ncnn->layer].name);
    }
    return ncnn->sink.finish ? ncnn->sink.finish(ncnn->sink.context) : STATUS_OK;
}

Status ncnn_end(Ncnn *ncnn) {
    if (!ncnn->status) ncnn->status = end(ncnn);
    return ncnn->status;
}

Status ncnn_read(const char *param, size_t param_size, const void *bin, size_t bin_size, const TensorSink *sink) {
    Ncnn *ncnn;
    Status status = ncnn_create(sink, &ncnn);
    if (status) return status;
    status = ncnn_param(ncnn, param, param_size);
    for (const uint8_t *from = bin; bin_size && !status;) {
        void *at;
        size_t n = ncnn_want(ncnn, &at);
        if (n > bin_size) n = bin_size;
        memcpy(at, from, n);
        from += n;
        bin_size -= n;
        status = ncnn_took(ncnn, n);
    }
    if (!status) status = ncnn_end(ncnn);
    ncnn_free(ncnn);
    return status;
}
