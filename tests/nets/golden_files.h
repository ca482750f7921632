// The tiny networks of tests/golden, and files made from them that differ in one thing. For programs with
// GOLDEN_FOLDER.
#ifndef TESTS_NETS_GOLDEN_FILES_H
#define TESTS_NETS_GOLDEN_FILES_H

#include <math.h>
#include <stdbool.h>

#include "core/half.h"
#include "weights.h"
#include "weights/safetensors.h"

// name: "clip/image.safetensors"
static inline File read_golden(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_FOLDER, name);
    File file = read_file(path);
    if (!file.data) fail_msg("%s is missing", path);
    return file;
}

// What is changed of a file. Names are those of one tensor.
typedef struct Edit {
    const char *drop, *flatten, *as_u8; // left out; [a, b …] written as [a * b …]; said to be of another dtype
    bool widen, narrow;                 // F16 written as F32, as BF16
    bool reverse;                       // tensors in the other order
    const char *drop_metadata;          // a key
    const char *input_side;             // what the metadata say of it
    const char *style_blocks;           // the same
    const char *lengthen;               // its rows repeated until there are n_rows
    size_t n_rows;
    const char *spoil; // its last value, of F32 or F16, is something else: of F16 rounded towards zero
    float spoilt;
} Edit;

typedef struct Writer {
    Edit edit;
    const unsigned char *data; // of the file that is read
    char *header;
    unsigned char *body;
    size_t body_size;
} Writer;

static bool is_name(const char *name, const char *other) { return name && !strcmp(name, other); }

static void write_body(Writer *writer, const TensorSpec *spec, const unsigned char *from) {
    unsigned char *to = writer->body + writer->body_size;
    if (spec->dtype == DTYPE_F16 && (writer->edit.widen || writer->edit.narrow)) {
        for (size_t i = 0; i < spec->bytes / 2; i++) {
            uint16_t half;
            memcpy(&half, from + 2 * i, 2);
            const float value = half_to_float(half);
            // the upper half of a float is a bfloat16, rounded towards zero
            if (writer->edit.widen) memcpy(to + 4 * i, &value, 4);
            if (writer->edit.narrow) memcpy(to + 2 * i, (const char *)&value + 2, 2);
        }
        writer->body_size += spec->bytes * (writer->edit.widen ? 2 : 1);
    } else {
        memcpy(to, from, spec->bytes);
        writer->body_size += spec->bytes;
    }
}

// Of a value beyond those of a half it is infinity.
static uint16_t to_half(float value) {
    uint16_t half = 0;
    if (isnan(value)) return 0x7e00;
    while (half < 0x7c00 && half_to_float((uint16_t)(half + 1)) <= fabsf(value)) half++;
    return half;
}

static void spoil(Dtype dtype, float value, unsigned char *end) {
    const uint16_t half = to_half(value);
    if (dtype == DTYPE_F32) memcpy(end - sizeof value, &value, sizeof value);
    if (dtype == DTYPE_F16) memcpy(end - sizeof half, &half, sizeof half);
}

static void write_tensor(Writer *writer, const TensorSpec *spec, const unsigned char *from) {
    const Edit *edit = &writer->edit;
    const size_t begin = writer->body_size;
    if (is_name(edit->drop, spec->name)) return;
    write_body(writer, spec, from);
    if (is_name(edit->spoil, spec->name)) spoil(spec->dtype, edit->spoilt, writer->body + writer->body_size);
    const char *dtype = dtype_name(spec->dtype);
    if (spec->dtype == DTYPE_F16 && edit->widen) dtype = "F32";
    if (spec->dtype == DTYPE_F16 && edit->narrow) dtype = "BF16";
    char shape[TENSOR_SHAPE_TEXT];
    TensorSpec shown = *spec;
    if (is_name(edit->lengthen, spec->name)) {
        const size_t row_bytes = spec->bytes / spec->dims[0];
        for (size_t i = spec->dims[0]; i < edit->n_rows; i++, writer->body_size += row_bytes)
            memcpy(writer->body + writer->body_size, from + i % spec->dims[0] * row_bytes, row_bytes);
        shown.dims[0] = edit->n_rows;
    }
    if (is_name(edit->flatten, spec->name)) {
        for (int i = 1; i < spec->n_dims; i++) shown.dims[0] *= spec->dims[i];
        shown.n_dims = 1;
    }
    if (is_name(edit->as_u8, spec->name)) {
        dtype = "U8";
        shown.dims[0] *= 2;
    }
    sprintf(writer->header + strlen(writer->header),
            ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%zu,%zu]}", spec->name, dtype,
            tensor_table_shape(&shown, shape), begin, writer->body_size);
}

static Status write_all(void *context, const TensorTable *file) {
    Writer *writer = context;
    sprintf(writer->header, "{\"__metadata__\":{");
    const char *comma = "";
    static const char *const keys[] = {"vision_config.num_attention_heads",
                                       "vision_config.hidden_act",
                                       "text_config.num_attention_heads",
                                       "text_config.hidden_act",
                                       "num_attention_heads",
                                       "hidden_act",
                                       "max_seq_length",
                                       "input_side",
                                       "feature_block",
                                       "style_blocks",
                                       "rotation"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *value = tensor_table_text(file, keys[i]);
        if (value && writer->edit.input_side && is_name(keys[i], "input_side")) value = writer->edit.input_side;
        if (value && writer->edit.style_blocks && is_name(keys[i], "style_blocks")) value = writer->edit.style_blocks;
        if (!value || is_name(writer->edit.drop_metadata, keys[i])) continue; // of another network, or to be left out
        sprintf(writer->header + strlen(writer->header), "%s\"%s\":\"%s\"", comma, keys[i], value);
        comma = ",";
    }
    strcat(writer->header, "}");
    const int n = (int)file->n;
    size_t offsets[257] = {0};
    assert_true(n < 256);
    for (int i = 0; i < n; i++) offsets[i + 1] = offsets[i] + tensor_table_at(file, i)->bytes;
    for (int i = 0; i < n; i++) {
        const int at = writer->edit.reverse ? n - 1 - i : i;
        write_tensor(writer, tensor_table_at(file, at), writer->data + offsets[at]);
    }
    strcat(writer->header, "}");
    return STATUS_OK;
}

static inline File edited(File file, Edit edit) {
    uint64_t header_size;
    memcpy(&header_size, file.data, 8);
    const size_t room = 4 * file.size + edit.n_rows * 1024;
    Writer writer = {edit, (unsigned char *)file.data + 8 + header_size, calloc(1, room), malloc(room), 0};
    const TensorSink sink = {.context = &writer, .begin = write_all};
    assert_int_equal(safetensors_read(file.data, file.size, &sink), STATUS_OK);
    const uint64_t size = strlen(writer.header);
    File made = {malloc(8 + size + writer.body_size), 8 + size + writer.body_size};
    memcpy(made.data, &size, 8);
    memcpy(made.data + 8, writer.header, size);
    memcpy(made.data + 8 + size, writer.body, writer.body_size);
    free(writer.header);
    free(writer.body);
    return made;
}

// What all of a file's tensors are called.
typedef struct GoldenNames {
    int n;
    char names[256][128];
} GoldenNames;

static Status collect_names(void *context, const TensorTable *file) {
    GoldenNames *names = context;
    names->n = (int)file->n;
    assert_true(names->n <= 256);
    for (int i = 0; i < names->n; i++) strcpy(names->names[i], tensor_table_at(file, i)->name);
    return STATUS_OK;
}

static inline GoldenNames golden_names(const char *name) {
    GoldenNames names;
    File file = read_golden(name);
    assert_int_equal(safetensors_read(file.data, file.size, &(TensorSink){.context = &names, .begin = collect_names}),
                     STATUS_OK);
    free(file.data);
    return names;
}

static inline File edited_golden(const char *name, Edit edit) {
    File file = read_golden(name);
    File made = edited(file, edit);
    free(file.data);
    return made;
}

#endif
