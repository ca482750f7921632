// pix2score's network: a pre-activation residual network with three heads (He et al. 2016, Identity Mappings; Keras's
// applications/resnet.py, ResNet101V2). All sizes come from the file, in safetensors with Keras's names.
#ifndef NETS_RESNET_V2_H
#define NETS_RESNET_V2_H

#include "core/arena.h"
#include "nets/convnet.h"
#include "weights/safetensors.h"

// The heads, in the order of the outputs. Each gives probabilities: a softmax's.
enum { RESNET_V2_BOOKMARK, RESNET_V2_VIEW, RESNET_V2_SANITY, RESNET_V2_OUTPUTS };

typedef struct ResnetV2 ResnetV2;

// A network without weights: they come through the sink, into which it writes its functions. `use_ref` runs plain twins
// of the layers (slow). It may be run once the sink's `finish` has succeeded.
MUST_CHECK Status resnet_v2_create(bool use_ref, TensorSink *sink, ResnetV2 **out);
void resnet_v2_free(ResnetV2 *net); // accepts NULL, and a network at any stage of loading

int resnet_v2_side(const ResnetV2 *net);                 // of the square input, in pixels
int resnet_v2_output_dim(const ResnetV2 *net, int head); // classes

// Scratch bytes that a run takes.
MUST_CHECK Status resnet_v2_plan(const ResnetV2 *net, size_t *scratch_bytes);
// Begins a run, in an arena of at least the planned bytes, which is reset.
MUST_CHECK Status resnet_v2_begin(const ResnetV2 *net, Arena *arena, ConvnetRun *run);
// Steps of a run: the stem, each block, the heads.
int resnet_v2_n_steps(const ResnetV2 *net);
// One step; they come in their order. `pixels` [side][side][3] from 0 to 1 are read by step 0; the heads that
// outputs[head] is not NULL for are written there by the last.
void resnet_v2_step(const ResnetV2 *net, ConvnetRun *run, int step, const float *pixels, float *const *outputs);

// For tests: see ConvnetTap.
void resnet_v2_set_tap(ResnetV2 *net, ConvnetTap tap);

#endif
