// A network of ncnn: its .param up to the first zero byte, its .bin behind it, which comes in parts of changing size.
#include "fuzz.h"
#include "nets/cugan.h"
#include "taker.h"
#include "weights/ncnn.h"

static Status begin(void *context, const TensorTable *file) {
    (void)context;
    for (int i = 0; i < (int)file->n; i++) {
        const TensorSpec *spec = tensor_table_at(file, i);
        size_t n = sizeof(float);
        for (int k = 0; k < spec->n_dims; k++) n *= spec->dims[k];
        MUST(n == spec->bytes && n > 0);
        MUST(tensor_table_find(file, spec->name) == spec);
    }
    for (size_t i = 0; i < file->n_texts; i++)
        MUST(strlen(file->texts[i].key) < 32 && strlen(tensor_table_text(file, file->texts[i].key)) < NCNN_DESCRIPTION);
    return STATUS_OK;
}

static Status place(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    Taker *taker = context;
    const Status status = taker_check(spec);
    if (status) return status;
    *destination = NULL;
    if (!have && ++taker->n_placed % 3 == 0) return STATUS_OK; // this one is not wanted
    // a byte more each time, in memory that ends there
    *room = spec->bytes - have < have + 1 ? spec->bytes - have : have + 1;
    taker->memory = realloc(taker->memory, have + *room);
    *destination = taker->memory + have;
    return STATUS_OK;
}

static void read_in_parts(Ncnn *ncnn, const char *param, size_t param_size, const uint8_t *bin, size_t bin_size) {
    Status status = ncnn_param(ncnn, param, param_size);
    for (size_t at = 0, n, part = 1; at < bin_size && !status; at += n, part = part * 5 % 61 + 1) {
        void *to;
        const size_t wanted = ncnn_want(ncnn, &to);
        n = bin_size - at < part ? bin_size - at : part;
        if (n > wanted) n = wanted;
        memcpy(to, bin + at, n);
        status = ncnn_took(ncnn, n);
    }
    if (!status)
        status = ncnn_end(ncnn);
    else
        MUST(ncnn_end(ncnn) == status);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    const uint8_t *zero = size ? memchr(bytes, 0, size) : NULL;
    const size_t param_size = zero ? (size_t)(zero - bytes) : size;
    const size_t bin_size = zero ? size - param_size - 1 : 0;
    Taker taker = {0};
    TensorSink sink = {&taker, begin, place, taker_placed, NULL};
    Ncnn *ncnn;
    void *cugan;
    // copies, so that a sanitizer sees what is read behind their ends
    char *param = malloc(param_size + 1);
    uint8_t *bin = malloc(bin_size + 1);
    memcpy(param + 1, bytes, param_size);
    memcpy(bin + 1, bytes + size - bin_size, bin_size);
    if (!ncnn_create(&sink, &ncnn)) {
        read_in_parts(ncnn, param + 1, param_size, bin + 1, bin_size);
        ncnn_free(ncnn);
        free(taker.memory);
    }
    if (!cugan_network.create(&sink, &cugan)) {
        (void)!ncnn_read(param + 1, param_size, bin + 1, bin_size, &sink);
        cugan_network.free(cugan);
    }
    free(param);
    free(bin);
}
