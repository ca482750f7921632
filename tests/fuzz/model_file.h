// A safetensors file that fits together after any change: of a tiny network of tests/golden, whose tensors and metadata
// are changed as the input says before it is written again.
#ifndef TESTS_FUZZ_MODEL_FILE_H
#define TESTS_FUZZ_MODEL_FILE_H

#include "core/bytes.h"
#include "fuzz.h"
#include "weights/safetensors.h"

enum { MODEL_MAX_TENSORS = 200, MODEL_N_KEYS = 24 };

static const char *const model_keys[MODEL_N_KEYS] = {"vision_config.hidden_size",
                                                     "vision_config.image_size",
                                                     "vision_config.intermediate_size",
                                                     "vision_config.layer_norm_eps",
                                                     "vision_config.num_attention_heads",
                                                     "vision_config.num_hidden_layers",
                                                     "vision_config.patch_size",
                                                     "vision_config.hidden_act",
                                                     "text_config.eos_token_id",
                                                     "text_config.hidden_size",
                                                     "text_config.layer_norm_eps",
                                                     "text_config.num_attention_heads",
                                                     "text_config.num_hidden_layers",
                                                     "text_config.hidden_act",
                                                     "text_config.max_position_embeddings",
                                                     "hidden_size",
                                                     "max_position_embeddings",
                                                     "max_seq_length",
                                                     "num_attention_heads",
                                                     "num_hidden_layers",
                                                     "hidden_act",
                                                     "input_side",
                                                     "feature_block",
                                                     "style_blocks"};

typedef struct ModelTensor {
    char *name; // NULL: left out
    TensorSpec spec;
    const uint8_t *data; // as it was; NULL: changed
    uint32_t fill;       // what data that was changed is full of
} ModelTensor;

typedef struct ModelFile {
    ModelTensor tensors[MODEL_MAX_TENSORS];
    char texts[MODEL_N_KEYS][24]; // "": not there
    int n;
} ModelFile;

static inline const char *model_file_text(const ModelFile *model, const char *key) {
    for (int i = 0; i < MODEL_N_KEYS; i++) {
        if (!strcmp(model_keys[i], key)) return model->texts[i];
    }
    return "";
}

static inline void model_file_set_text(ModelFile *model, const char *key, const char *text) {
    for (int i = 0; i < MODEL_N_KEYS; i++) {
        if (!strcmp(model_keys[i], key)) snprintf(model->texts[i], sizeof model->texts[i], "%s", text);
    }
}

// ---- reading

static inline Status model_file_begin(void *context, const TensorTable *file) {
    ModelFile *model = context;
    model->n = (int)file->n;
    MUST(model->n <= MODEL_MAX_TENSORS);
    for (int i = 0; i < model->n; i++) {
        model->tensors[i].spec = *tensor_table_at(file, i);
        model->tensors[i].name = strdup(tensor_table_at(file, i)->name);
    }
    for (int i = 0; i < MODEL_N_KEYS; i++) {
        const char *text = tensor_table_text(file, model_keys[i]);
        snprintf(model->texts[i], sizeof model->texts[i], "%s", text ? text : "");
    }
    return STATUS_OK;
}

static inline uint8_t *model_file_bytes(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) abort();
    *size = (size_t)ftell(file);
    uint8_t *bytes = malloc(*size);
    rewind(file);
    if (!bytes || fread(bytes, 1, *size, file) != *size) abort();
    fclose(file);
    return bytes;
}

// Reads a file that is right and stays in memory for good.
static inline void model_file_read(const char *path, ModelFile *model) {
    size_t size;
    const uint8_t *bytes = model_file_bytes(path, &size);
    const TensorSink sink = {.context = model, .begin = model_file_begin};
    MUST(!safetensors_read(bytes, size, &sink));
    size_t all = 0;
    for (int i = 0; i < model->n; i++) all += model->tensors[i].spec.bytes;
    for (int i = 0; i < model->n; i++) {
        model->tensors[i].data = bytes + size - all;
        all -= model->tensors[i].spec.bytes;
    }
}

// ---- writing

// False: more than can be counted.
static inline bool model_file_tensor_bytes(TensorSpec *spec) {
    spec->bytes = dtype_bytes(spec->dtype);
    for (int k = 0; k < spec->n_dims; k++) {
        if (__builtin_mul_overflow(spec->bytes, spec->dims[k], &spec->bytes)) return false;
    }
    return spec->bytes < SIZE_MAX / MODEL_MAX_TENSORS / 2;
}

static inline void model_file_add(Bytes *to, const char *text) {
    if (bytes_append(to, text, strlen(text))) abort();
}

static inline void model_file_add_tensor(Bytes *json, const ModelTensor *tensor, size_t *at) {
    char text[TENSOR_SHAPE_TEXT + 64], shape[TENSOR_SHAPE_TEXT];
    if (!tensor->name) return;
    model_file_add(json, ",\"");
    model_file_add(json, tensor->name);
    snprintf(text, sizeof text, "\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[", dtype_name(tensor->spec.dtype),
             tensor_table_shape(&tensor->spec, shape));
    model_file_add(json, text);
    snprintf(text, sizeof text, "%zu,%zu]}", *at, *at + tensor->spec.bytes);
    model_file_add(json, text);
    *at += tensor->spec.bytes;
}

// The length and the header.
static inline Bytes model_file_header(const ModelFile *model) {
    Bytes json = {0}, file = {0};
    size_t at = 0;
    model_file_add(&json, "{\"__metadata__\":{\"format\":\"pt\"");
    for (int i = 0; i < MODEL_N_KEYS; i++) {
        char text[96];
        if (!model->texts[i][0]) continue;
        snprintf(text, sizeof text, ",\"%s\":\"%s\"", model_keys[i], model->texts[i]);
        model_file_add(&json, text);
    }
    model_file_add(&json, "}");
    for (int i = 0; i < model->n; i++) model_file_add_tensor(&json, &model->tensors[i], &at);
    model_file_add(&json, "}");
    const uint64_t length = json.size;
    for (int i = 0; i < 8; i++) {
        const uint8_t byte = (uint8_t)(length >> 8 * i);
        if (bytes_append(&file, &byte, 1)) abort();
    }
    if (bytes_append(&file, json.data, json.size)) abort();
    bytes_free(&json);
    return file;
}

// Bytes `at` to `at + n` of a tensor's data.
static inline void model_file_data(const ModelTensor *tensor, size_t at, uint8_t *to, size_t n) {
    if (tensor->data)
        memcpy(to, tensor->data + at, n);
    else
        for (size_t i = 0; i < n; i++) to[i] = (uint8_t)(tensor->fill >> 8 * ((at + i) % 4));
}

// ---- changing

static inline size_t model_file_draw_dim(Draw *draw) {
    static const size_t edges[] = {
        0,       1,     2,     3,     7,     9,     17,    64,      255,           1024,
        16384,   19503, 32768, 46341, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, (size_t)1 << 31,
        SIZE_MAX};
    const size_t n = sizeof edges / sizeof *edges, i = draw_byte(draw);
    return i < n ? edges[i] : i < 192 ? i - n : (size_t)draw_bits(draw, 2);
}

// All that has the value of one dimension gets another: so a network with other sizes than it had.
static inline void model_file_resize(ModelFile *model, size_t from, size_t to) {
    char old[24], new[24];
    for (int i = 0; i < model->n; i++) {
        for (int k = 0; k < model->tensors[i].spec.n_dims; k++) {
            size_t *dim = &model->tensors[i].spec.dims[k];
            if (*dim == from) *dim = to;
        }
    }
    snprintf(old, sizeof old, "%zu", from);
    snprintf(new, sizeof new, "%zu", to);
    for (int i = 0; i < MODEL_N_KEYS; i++) {
        if (!strcmp(model->texts[i], old)) memcpy(model->texts[i], new, sizeof new);
    }
}

static inline void model_file_draw_text(Draw *draw, char text[24]) {
    if (draw_byte(draw) & 1) {
        snprintf(text, 24, "%d", draw_any_int(draw));
        return;
    }
    const Draw part = draw_part(draw, (size_t)draw_int(draw, 0, 23));
    for (size_t i = 0; i < part.left; i++)
        text[i] = part.at[i] >= ' ' && part.at[i] < 127 && !strchr("\"\\", part.at[i]) ? (char)part.at[i] : ',';
    text[part.left] = 0;
}

// The bits of a value that fills a tensor of its dtype.
static inline uint32_t model_file_draw_fill(Draw *draw, Dtype dtype) {
    static const uint16_t halves[] = {0x7c00, 0x7e00, 0xfc00, 0x7bff, 0x0001, 0x3c00, 0x0000, 0xbc00};
    const float value = draw_any_float(draw);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (dtype == DTYPE_F16) return halves[bits % 8] * 0x10001u;
    return dtype == DTYPE_BF16 ? (bits >> 16) * 0x10001u : bits;
}

static inline void model_file_change_tensor(ModelFile *model, ModelTensor *tensor, unsigned what, Draw *draw) {
    TensorSpec *spec = &tensor->spec;
    const int k = spec->n_dims ? draw_byte(draw) % spec->n_dims : 0;
    switch (what) {
        case 0:
            if (spec->n_dims) model_file_resize(model, spec->dims[k], model_file_draw_dim(draw));
            break;
        case 1: spec->dims[k] = model_file_draw_dim(draw); break;
        case 2: spec->dtype = (Dtype)(draw_byte(draw) % DTYPE_COUNT); break;
        case 3: tensor->name = NULL; break;
        case 4: spec->n_dims = draw_int(draw, 0, TENSOR_MAX_DIMS); break;
        default: tensor->fill = model_file_draw_fill(draw, spec->dtype); tensor->data = NULL;
    }
}

// Changes as many as the input has. False: what comes out cannot be written.
static inline bool model_file_change(ModelFile *model, Draw *draw, int n_changes) {
    for (int i = 0; i < n_changes; i++) {
        const unsigned what = draw_byte(draw) % 8;
        ModelTensor *tensor = &model->tensors[draw_byte(draw) % model->n];
        if (what < 6)
            model_file_change_tensor(model, tensor, what, draw);
        else if (what == 6)
            model_file_draw_text(draw, model->texts[draw_byte(draw) % MODEL_N_KEYS]);
        else
            model_file_resize(model, model_file_draw_dim(draw), model_file_draw_dim(draw));
    }
    for (int i = 0; i < model->n; i++) {
        TensorSpec *spec = &model->tensors[i].spec;
        const size_t before = spec->bytes;
        if (!model_file_tensor_bytes(spec)) return false;
        if (spec->bytes != before) model->tensors[i].data = NULL;
    }
    return true;
}

#endif
