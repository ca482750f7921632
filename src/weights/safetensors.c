// The position in the file is a part (length, header, tensor, end), and the number of bytes left of that part.
#include "weights/safetensors.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "weights/safetensors_header.h"

enum {
    LENGTH_BYTES = 8,
    MAX_HEADER_BYTES = 100000000, // as the format's own library
    HEADER_STEP_BYTES = 65536,    // the memory for a header grows in such steps, as its bytes come
    DISCARD_BYTES = 65536,
};

typedef enum Part { PART_LENGTH, PART_HEADER, PART_TENSOR, PART_END } Part;

struct Safetensors {
    TensorSink sink;
    Status status; // of the first failure
    Part part;
    uint8_t *at; // NULL: the next bytes are not wanted
    size_t left; // of the part; of a header and of a tensor, of the memory for it
    uint8_t length[LENGTH_BYTES];
    char *text; // owned: the JSON, until it is parsed
    size_t text_bytes, text_capacity;
    TensorTable table;
    size_t data_bytes;
    size_t tensor; // the one that is coming
    size_t placed; // of its bytes, those that had memory
    uint8_t discard[DISCARD_BYTES];
};

Status safetensors_create(const TensorSink *sink, Safetensors **out) {
    Safetensors *file = calloc(1, sizeof *file);
    if (!file) return status_fail(STATUS_NO_MEMORY, "Not enough memory to read a safetensors file.");
    file->sink = *sink;
    file->at = file->length;
    file->left = LENGTH_BYTES;
    *out = file;
    return STATUS_OK;
}

void safetensors_free(Safetensors *file) {
    if (!file) return;
    free(file->text);
    tensor_table_free(&file->table);
    free(file);
}

// The next piece of memory for the header.
static Status grow_text(Safetensors *file) {
    const size_t have = file->text_capacity, missing = file->text_bytes - have;
    size_t more = have < HEADER_STEP_BYTES ? HEADER_STEP_BYTES : have;
    if (more > missing) more = missing;
    char *grown = realloc(file->text, have + more);
    if (!grown)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for the safetensors file's header of %zu bytes.",
                           file->text_bytes);
    file->text = grown;
    file->text_capacity = have + more;
    file->at = (uint8_t *)grown + have;
    file->left = more;
    return STATUS_OK;
}

static Status read_length(Safetensors *file) {
    uint64_t length = 0;
    for (int i = LENGTH_BYTES; i-- > 0;) length = length << 8 | file->length[i];
    if (length < 2 || length > MAX_HEADER_BYTES) {
        return status_fail(
            STATUS_BAD_FORMAT,
            "Expected a safetensors file, whose header has 2 to %d bytes, but found %llu as its header's length.",
            MAX_HEADER_BYTES, (unsigned long long)length);
    }
    file->text_bytes = (size_t)length;
    file->part = PART_HEADER;
    return grow_text(file);
}

// Asks for memory for the next bytes of the tensor.
static Status place_more(Safetensors *file, const TensorSpec *spec) {
    const TensorSink *sink = &file->sink;
    const size_t missing = spec->bytes - file->placed;
    void *destination = NULL;
    size_t room = missing;
    Status status = sink->place ? sink->place(sink->context, spec, file->placed, &destination, &room) : STATUS_OK;
    file->at = destination;
    file->left = destination && room < missing ? room : missing;
    file->placed += file->left;
    return status;
}

// Goes to the tensor `file->tensor`, and over those that have no bytes.
static Status place_tensors(Safetensors *file) {
    const TensorSink *sink = &file->sink;
    for (; file->tensor < file->table.n; file->tensor++) {
        const TensorSpec *spec = &file->table.tensors[file->tensor];
        file->placed = 0;
        Status status = place_more(file, spec);
        if (status || file->left) return status;
        if (file->at && sink->placed) status = sink->placed(sink->context, spec);
        if (status) return status;
    }
    file->part = PART_END;
    return STATUS_OK;
}

static Status read_header(Safetensors *file) {
    if (file->text_capacity < file->text_bytes) return grow_text(file);
    Status status = safetensors_header_parse(file->text, file->text_bytes, &file->table, &file->data_bytes);
    free(file->text);
    file->text = NULL;
    size_t total;
    if (!status && !checked_add(file->data_bytes, LENGTH_BYTES + file->text_bytes, &total)) {
        status = status_fail(STATUS_BAD_FORMAT,
                             "Expected a safetensors file that memory can hold but its header describes a longer one.");
    }
    if (status) return status;
    file->part = PART_TENSOR;
    if (file->sink.begin) status = file->sink.begin(file->sink.context, &file->table);
    return status ? status : place_tensors(file);
}

// The memory for a tensor is full.
static Status end_tensor(Safetensors *file, bool wanted) {
    const TensorSpec *spec = &file->table.tensors[file->tensor];
    if (file->placed < spec->bytes) return place_more(file, spec);
    Status status = wanted && file->sink.placed ? file->sink.placed(file->sink.context, spec) : STATUS_OK;
    file->tensor++;
    return status ? status : place_tensors(file);
}

size_t safetensors_want(Safetensors *file, void **at) {
    const bool discards = !file->at;
    *at = discards ? file->discard : file->at;
    if (file->status || file->part == PART_END) return 0;
    return discards && file->left > DISCARD_BYTES ? DISCARD_BYTES : file->left;
}

static Status took(Safetensors *file, size_t n) {
    if (n > file->left || (n && file->part == PART_END)) {
        return status_fail(STATUS_BAD_FORMAT, "Expected the safetensors file to end after %zu bytes but found more.",
                           safetensors_bytes(file));
    }
    file->left -= n;
    const bool wanted = file->at != NULL;
    if (wanted) file->at += n;
    if (file->left) return STATUS_OK;
    switch (file->part) {
        case PART_LENGTH: return read_length(file);
        case PART_HEADER: return read_header(file);
        case PART_TENSOR: return end_tensor(file, wanted);
        case PART_END: break;
    }
    return STATUS_OK;
}

Status safetensors_took(Safetensors *file, size_t n) {
    if (!file->status) file->status = took(file, n);
    return file->status;
}

static Status end(const Safetensors *file) {
    switch (file->part) {
        case PART_LENGTH:
            return status_fail(STATUS_BAD_FORMAT, "Expected a safetensors file but found fewer than %d bytes.",
                               LENGTH_BYTES);
        case PART_HEADER: {
            const size_t found = file->text_capacity - file->left;
            return status_fail(STATUS_BAD_FORMAT,
                               "The safetensors file ends too early: expected a header of %zu bytes but found %zu.",
                               file->text_bytes, found);
        }
        case PART_TENSOR: {
            const TensorSpec *spec = &file->table.tensors[file->tensor];
            return status_fail(
                STATUS_BAD_FORMAT,
                "The safetensors file ends too early: expected %zu bytes for tensor %.150s but found %zu.", spec->bytes,
                spec->name, file->placed - file->left);
        }
        case PART_END: break;
    }
    return file->sink.finish ? file->sink.finish(file->sink.context) : STATUS_OK;
}

Status safetensors_end(Safetensors *file) {
    if (!file->status) file->status = end(file);
    return file->status;
}

Status safetensors_read(const void *bytes, size_t size, const TensorSink *sink) {
    Safetensors *file;
    Status status = safetensors_create(sink, &file);
    if (status) return status;
    for (const uint8_t *from = bytes; size && !status;) {
        void *at;
        size_t n = safetensors_want(file, &at);
        if (n > size) n = size;
        if (n) memcpy(at, from, n);
        from += n;
        size -= n;
        status = safetensors_took(file, n ? n : size); // bytes after the last wanted one are an error
    }
    if (!status) status = safetensors_end(file);
    safetensors_free(file);
    return status;
}

size_t safetensors_bytes(const Safetensors *file) {
    return file->part < PART_TENSOR ? 0 : LENGTH_BYTES + file->text_bytes + file->data_bytes;
}

const TensorTable *safetensors_table(const Safetensors *file) { return &file->table; }
