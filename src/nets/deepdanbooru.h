// DeepDanbooru's network (deepdanbooru/model/resnet.py, "resnet_custom"): tags of a picture, and the vectors that
// ACG2vec takes from its inside. All sizes come from the file, in safetensors; it may end where illust2vec does.
#ifndef NETS_DEEPDANBOORU_H
#define NETS_DEEPDANBOORU_H

#include "core/arena.h"
#include "nets/convnet.h"
#include "weights/safetensors.h"

// The outputs, each computed only if it is asked for.
enum {
    DEEPDANBOORU_TAGS,       // a sigmoid's probability for each tag; none in a file without head
    DEEPDANBOORU_ILLUST2VEC, // the mean of one block's sum before its ReLU, over the map
    DEEPDANBOORU_STYLE,      // Gram matrices of early blocks: the largest of each column, over all rows and blocks
    DEEPDANBOORU_OUTPUTS,
};

typedef struct Deepdanbooru Deepdanbooru;

// A network without weights: they come through the sink, into which it writes its functions. `use_ref` runs plain twins
// of the layers (slow). It may be run once the sink's `finish` has succeeded.
MUST_CHECK Status deepdanbooru_create(bool use_ref, TensorSink *sink, Deepdanbooru **out);
void deepdanbooru_free(Deepdanbooru *net); // accepts NULL, and a network at any stage of loading

int deepdanbooru_side(const Deepdanbooru *net);                   // of the square input, in pixels
int deepdanbooru_output_dim(const Deepdanbooru *net, int output); // 0: not in this file

// Scratch bytes that a run to the outputs of the mask `wanted` takes.
MUST_CHECK Status deepdanbooru_plan(const Deepdanbooru *net, int wanted, size_t *scratch_bytes);
// Begins such a run, in an arena of at least the planned bytes, which is reset.
MUST_CHECK Status deepdanbooru_begin(const Deepdanbooru *net, Arena *arena, ConvnetRun *run);
// Steps of that run: the stem, each block as far as it is needed, and the head for tags.
int deepdanbooru_n_steps(const Deepdanbooru *net, int wanted);
// One step; they come in their order. `pixels` [side][side][3] from 0 to 1 are read by step 0. The outputs that
// outputs[output] is not NULL for are written there, complete after the last step.
void deepdanbooru_step(const Deepdanbooru *net, ConvnetRun *run, int step, const float *pixels, float *const *outputs);

// For tests: see ConvnetTap.
void deepdanbooru_set_tap(Deepdanbooru *net, ConvnetTap tap);

#endif
