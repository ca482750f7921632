// The reader of safetensors files: the file comes in parts of changing size, and each tensor goes where a sink says.
#include "fuzz.h"
#include "taker.h"
#include "weights/safetensors.h"

typedef struct FileTaker {
    Taker taker;
    const Safetensors *file;
} FileTaker;

static Status begin(void *context, const TensorTable *file) {
    const FileTaker *own = context;
    size_t bytes = 0;
    for (int i = 0; i < (int)file->n; i++) {
        const TensorSpec *spec = tensor_table_at(file, i);
        char shape[TENSOR_SHAPE_TEXT];
        size_t n = dtype_bytes(spec->dtype);
        MUST(spec->n_dims >= 0 && spec->n_dims <= TENSOR_MAX_DIMS);
        for (int k = 0; k < spec->n_dims; k++) n *= spec->dims[k];
        MUST(n == spec->bytes);
        MUST(tensor_table_find(file, spec->name));
        MUST(strlen(tensor_table_shape(spec, shape)) < sizeof shape);
        MUST(bytes + n >= bytes);
        bytes += n;
    }
    MUST(safetensors_bytes(own->file) > bytes && safetensors_table(own->file) == file);
    if (tensor_table_text(file, "format")) read_all(tensor_table_text(file, "format"), 1);
    return STATUS_OK;
}

static Status place(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    Taker *taker = context;
    const Status status = taker_check(spec);
    if (status) return status;
    *destination = NULL;
    *room = spec->bytes - have;
    if (have) return STATUS_INTERNAL;                 // all of it was given room for
    if (++taker->n_placed % 3 == 0) return STATUS_OK; // this one is not wanted
    *destination = taker->memory = malloc(spec->bytes + 1);
    return STATUS_OK;
}

static Status finish(void *context) { return ((Taker *)context)->memory ? STATUS_INTERNAL : STATUS_OK; }

void fuzz_one(const uint8_t *bytes, size_t size) {
    FileTaker own = {0};
    const TensorSink sink = {&own, begin, place, taker_placed, finish};
    Safetensors *file;
    Status status = safetensors_create(&sink, &file);
    own.file = file;
    void *to;
    for (size_t at = 0, n, part = 1; at < size && !status; at += n, part = part * 5 % 61 + 1) {
        const size_t wanted = safetensors_want(file, &to);
        n = size - at < part * 16 ? size - at : part * 16;
        if (wanted && n > wanted) n = wanted;
        if (wanted) memcpy(to, bytes + at, n);
        status = safetensors_took(file, n);
    }
    if (!status)
        status = safetensors_end(file);
    else
        MUST(safetensors_end(file) == status);
    free(own.taker.memory);
    safetensors_free(file);
}
