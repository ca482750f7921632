// What convolutional networks have in common: layers asked for by name, maps in the arena, taps. Knows no network.
#ifndef NETS_CONVNET_H
#define NETS_CONVNET_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"

// The real networks have up to 4096 channels.
enum { CONVNET_MAX_LAYERS = 1024, CONVNET_MAX_CHANNELS = 8192, CONVNET_NAME = 96 };

// A list of all convolutions of a network. Owned by the weight store.
typedef struct ConvnetLayers {
    int n;
    const Conv *all[CONVNET_MAX_LAYERS];
} ConvnetLayers;

// One picture on its way.
typedef struct ConvnetRun {
    Arena *arena;
    void *scratch; // of the layers, in the arena
    Tensor x;      // what the last step made, in the arena
} ConvnetRun;

// The side of the square input that the metadata give (input_side), or `otherwise`: 8 to 2048.
int convnet_ask_side(WeightStore *store, int otherwise);
// Asks for the convolution `<block><name>`; in_c, the kernel, the stride, the padding and the map's side are of
// `spec`, the rest is the file's. Refuses more than CONVNET_MAX_CHANNELS outputs. NULL after a failure.
const Conv *convnet_ask_conv(ConvnetLayers *layers, WeightStore *store, const char *block, const char *name,
                             ConvSpec spec);
// Whether the file has a weight or a bias of any of the block's layers `<block><name>`, so that one that lacks another
// is refused and not taken for the end.
bool convnet_has_block(const WeightStore *store, const char *block, const char *const *names, int n);
// Asks for the dense layer `name` and the bias it may have.
const Linear *convnet_ask_dense(WeightStore *store, const char *name, int in_c);
// Refuses a block whose last layer `name` does not make as many channels as what it is added to.
void convnet_check_sum(WeightStore *store, const char *block, const char *name, int out_c, int shortcut_c);
// Channels that come out of a layer: 0 for NULL.
int convnet_out_c(const Conv *conv);

// Begins a run in an arena, which is reset: takes the scratch of all layers and of the `dense` ones.
MUST_CHECK Status convnet_begin(const ConvnetLayers *layers, const Linear *const *dense, int n_dense, Arena *arena,
                                ConvnetRun *run);
static inline bool convnet_is_measuring(const ConvnetRun *run) { return arena_is_measuring(run->arena); }
Tensor convnet_take(const ConvnetRun *run, int side, int c);
void convnet_give(const ConvnetRun *run, Tensor t);

// What a convolution gives, in the arena; `activation` is ACTIVATION_RELU or ACTIVATION_NONE.
Tensor convnet_conv(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation);
// to = activation(to + convolution of `in`).
void convnet_conv_add(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation, Tensor to);
// y [out_c] of one row x.
void convnet_dense(const ConvnetRun *run, const Linear *dense, const float *x, Activation activation, float *y);

// Calls the tap, if there is one and the run is no measurement, for `<block><name>`.
void convnet_tap(const TensorTap *tap, const ConvnetRun *run, const char *block, const char *name, Tensor t);

#endif
