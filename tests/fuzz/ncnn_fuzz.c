// A network of ncnn: its .param up to the first zero byte, its .bin behind it.
#include "fuzz.h"
#include "nets/cugan.h"
#include "weights/ncnn.h"

static void read_layers(const NcnnModel *model) {
    for (int i = 0; i < model->n_layers; i++) {
        const NcnnLayer *layer = &model->layers[i];
        MUST(layer->type != NCNN_OTHER && layer->out > 0 && layer->kernel > 0 && layer->stride > 0 && layer->pad >= 0);
        MUST(layer->n_weights % (size_t)layer->out == 0);
        MUST(memchr(layer->name, 0, sizeof layer->name));
        read_all(layer->weights, layer->n_weights * sizeof *layer->weights);
        read_all(layer->bias, (size_t)layer->out * sizeof *layer->bias);
    }
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    const uint8_t *zero = size ? memchr(bytes, 0, size) : NULL;
    const size_t param_size = zero ? (size_t)(zero - bytes) : size;
    const size_t bin_size = zero ? size - param_size - 1 : 0;
    NcnnModel model;
    Cugan *cugan;
    // copies, so that a sanitizer sees what is read behind their ends
    char *param = malloc(param_size + 1);
    uint8_t *bin = malloc(bin_size + 1);
    memcpy(param + 1, bytes, param_size);
    memcpy(bin + 1, bytes + size - bin_size, bin_size);
    if (!ncnn_open(param + 1, param_size, bin + 1, bin_size, &model)) {
        read_layers(&model);
        if (!cugan_create(&model, &cugan)) cugan_free(cugan);
        ncnn_close(&model);
    }
    free(param);
    free(bin);
}
