// The parts that convolutional networks share: layers asked for by name, maps in the arena, taps. Knows no network.
#ifndef NETS_CONVNET_H
#define NETS_CONVNET_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"

// The real networks have up to 4096 channels.
enum { CONVNET_MAX_LAYERS = 1024, CONVNET_MAX_CHANNELS = 8192, CONVNET_NAME = 96 };

// All convolutions of a network. The weight store owns them.
typedef struct ConvnetLayers {
    int n;
    const Conv *all[CONVNET_MAX_LAYERS];
} ConvnetLayers;

// The run of one picture.
typedef struct ConvnetRun {
    Arena *arena;
    void *scratch; // of the layers, in the arena
    Tensor x;      // the output of the last step, in the arena
} ConvnetRun;

// The side of the square input, 8 to 2048 pixels: `input_side` of the metadata, or `otherwise`.
int convnet_ask_side(WeightStore *store, int otherwise);
// Asks for the convolution `<block><name>`. `spec` gives in_c, the kernel, the stride, the padding and in_side; the
// rest comes from the file. Refuses more than CONVNET_MAX_CHANNELS outputs. NULL after a failure.
const Conv *convnet_ask_conv(ConvnetLayers *layers, WeightStore *store, const char *block, const char *name,
                             ConvSpec spec);
// Whether the file has a weight or a bias of any of the block's layers `<block><name>`. One tensor is enough: then a
// block that lacks others is refused, and not mistaken for the end of the network.
bool convnet_has_block(const WeightStore *store, const char *block, const char *const *names, int n);
// Asks for the dense layer `name`, and for its bias if the file has one.
const Linear *convnet_ask_dense(WeightStore *store, const char *name, int in_c);
// Refuses a block if its last layer `name` has not as many output channels as its shortcut.
void convnet_check_sum(WeightStore *store, const char *block, const char *name, int out_c, int shortcut_c);
// The output channels of a layer; 0 for NULL.
int convnet_out_c(const Conv *conv);

// Begins a run: resets the arena, and takes scratch memory that is large enough for each convolution and each `dense`
// layer.
MUST_CHECK Status convnet_begin(const ConvnetLayers *layers, const Linear *const *dense, int n_dense, Arena *arena,
                                ConvnetRun *run);
static inline bool convnet_is_measuring(const ConvnetRun *run) { return arena_is_measuring(run->arena); }
// A map [side][side][c] from the arena, and back to it.
Tensor convnet_take(const ConvnetRun *run, int side, int c);
void convnet_give(const ConvnetRun *run, Tensor t);

// Takes the convolution's output from the arena. `activation` is ACTIVATION_RELU or ACTIVATION_NONE.
Tensor convnet_conv(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation);
// to = activation(to + convolution of `in`).
void convnet_conv_add(const ConvnetRun *run, const Conv *conv, Tensor in, Activation activation, Tensor to);
// One row: x [in_c] -> y [out_c].
void convnet_dense(const ConvnetRun *run, const Linear *dense, const float *x, Activation activation, float *y);

// Calls the tap, if there is one, with the layer's name `<block><name>`; not on a measuring arena.
void convnet_tap(const TensorTap *tap, const ConvnetRun *run, const char *block, const char *name, Tensor t);

#endif
