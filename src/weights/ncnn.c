// The position in the .bin is a layer and a part of it: flag, weights, padding to four bytes, bias.
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
    NAME_BYTES = 48,                            // of a tensor: its layer's name with .weight or .bias
    STRINGS = NCNN_DESCRIPTION + 2 * NAME_BYTES // bytes of all texts of a layer
};

typedef enum Part { PART_FLAG, PART_WEIGHTS, PART_FILLER, PART_BIAS, PART_END } Part;

struct Ncnn {
    TensorSink sink;
    Status status; // of the first failure
    NcnnParam param;
    TensorTable table; // of each layer the weights and, if it has one, the bias
    bool has_param;
    int layer;
    size_t tensor; // the one that is coming, or comes next
    Part part;
    bool is_half;
    size_t left;       // values of the part that have not come
    size_t placed;     // bytes of the tensor that the sink has been given, as float32
    uint8_t *at;       // the destination of the next ones; NULL with room: they are not wanted
    size_t room;       // bytes
    size_t n_buffered; // bytes of an unfinished value, at the buffer's beginning
    uint8_t buffer[BUFFER];
};

// ---- the table

const char *ncnn_describe(NcnnType type, int in_c, int out_c, int kernel, int stride, int padding,
                          char text[NCNN_DESCRIPTION]) {
    static const char *const names[] = {[NCNN_CONVOLUTION] = "Convolution",
                                        [NCNN_DECONVOLUTION] = "Deconvolution",
                                        [NCNN_INNER_PRODUCT] = "InnerProduct",
                                        [NCNN_PRELU] = "PReLU"};
    snprintf(text, NCNN_DESCRIPTION, "%s %d to %d, kernel %d, stride %d, padding %d", names[type], in_c, out_c, kernel,
             stride, padding);
    return text;
}

static bool has_bias(const NcnnLayer *layer) { return layer->type != NCNN_PRELU; }

static int dims_of(NcnnType type) { return type == NCNN_PRELU ? 1 : type == NCNN_INNER_PRODUCT ? 2 : 4; }

static TensorSpec *add_tensor(Ncnn *ncnn, const char *layer, const char *part, char *name) {
    TensorSpec *spec = &ncnn->table.tensors[ncnn->table.n++];
    snprintf(name, NAME_BYTES, "%s.%s", layer, part);
    *spec = (TensorSpec){.name = name, .dtype = DTYPE_F32};
    return spec;
}

static void add_layer(Ncnn *ncnn, const NcnnLayer *layer, char *strings) {
    const size_t out = (size_t)layer->out, kernel = (size_t)layer->kernel,
                 in = layer->n_weights / (out * kernel * kernel);
    const size_t dims[] = {out, in, kernel, kernel};
    ncnn_describe(layer->type, (int)in, layer->out, layer->kernel, layer->stride, layer->pad, strings);
    ncnn->table.texts[ncnn->table.n_texts++] = (TensorText){layer->name, strings};
    TensorSpec *weight = add_tensor(ncnn, layer->name, "weight", strings + NCNN_DESCRIPTION);
    weight->n_dims = dims_of(layer->type);
    memcpy(weight->dims, dims, sizeof dims);
    weight->bytes = layer->n_weights * sizeof(float); // at most 2^30
    if (!has_bias(layer)) return;
    TensorSpec *bias = add_tensor(ncnn, layer->name, "bias", strings + NCNN_DESCRIPTION + NAME_BYTES);
    bias->n_dims = 1;
    bias->dims[0] = out;
    bias->bytes = out * sizeof(float);
}

static Status fill_table(Ncnn *ncnn) {
    const NcnnParam *param = &ncnn->param;
    const size_t n = (size_t)param->n_layers;
    const Status status = tensor_table_create(2 * n, n + 1, (n + 1) * STRINGS, &ncnn->table);
    if (status) return status_fail(status, "Not enough memory for a network's layers.");
    char *strings = ncnn->table.strings;
    ncnn->table.n = ncnn->table.n_texts = 0;
    for (size_t i = 0; i < n; i++, strings += STRINGS) add_layer(ncnn, &param->layers[i], strings);
    snprintf(strings, STRINGS, "%d by %g", param->resize, param->resize_factor);
    ncnn->table.texts[ncnn->table.n_texts++] = (TensorText){NCNN_RESIZE, strings};
    return tensor_table_sort(&ncnn->table);
}

// ---- the position in the .bin

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

static const TensorSpec *coming(const Ncnn *ncnn) { return &ncnn->table.tensors[ncnn->tensor]; }

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

// Passes the next bytes of a tensor to the sink.
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
        case PART_FLAG: return layer->type != NCNN_PRELU;
        case PART_WEIGHTS: return layer->n_weights;
        case PART_FILLER: return ncnn->is_half && layer->n_weights % 2;
        case PART_BIAS: return has_bias(layer) ? (size_t)layer->out : 0;
        default: return 0;
    }
}

// Goes to the first part from here on that has values.
static void begin_part(Ncnn *ncnn) {
    while (ncnn->layer < ncnn->param.n_layers && !(ncnn->left = count(ncnn))) {
        if (++ncnn->part < PART_END) continue;
        ncnn->part = PART_FLAG;
        ncnn->is_half = false;
        ncnn->layer++;
    }
    if (ncnn->layer == ncnn->param.n_layers) ncnn->part = PART_END;
}

static Status end_part(Ncnn *ncnn) {
    const TensorSink *sink = &ncnn->sink;
    Status status = STATUS_OK;
    if (ncnn->part == PART_WEIGHTS || ncnn->part == PART_BIAS) {
        if (ncnn->at && sink->placed) status = sink->placed(sink->context, coming(ncnn));
        ncnn->placed = 0;
        ncnn->tensor++;
    }
    ncnn->part++;
    begin_part(ncnn);
    return status;
}

// Takes n values of the current part.
static Status take(Ncnn *ncnn, const uint8_t *from, size_t n) {
    Status status = STATUS_OK;
    if (ncnn->part == PART_FLAG) status = read_flag(ncnn, from);
    if (ncnn->part == PART_WEIGHTS || ncnn->part == PART_BIAS) status = put_values(ncnn, from, n);
    ncnn->left -= n;
    return status || ncnn->left ? status : end_part(ncnn);
}

// Takes the whole values in the buffer.
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

static Status read_param(Ncnn *ncnn, const char *text, size_t size) {
    Status status = ncnn_param_read(text, size, &ncnn->param);
    if (!status) status = fill_table(ncnn);
    if (status) return status;
    ncnn->has_param = true;
    begin_part(ncnn);
    return ncnn->sink.begin ? ncnn->sink.begin(ncnn->sink.context, &ncnn->table) : STATUS_OK;
}

// ---- exported functions

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

// Without a .param the bytes are dropped; ncnn_end reports the error.
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
