// CLIP's image network: a vision transformer over square patches (Radford et al. 2021; OpenAI CLIP, clip/model.py,
// VisionTransformer). All sizes come from the file, in safetensors with Hugging Face's names.
#ifndef NETS_CLIP_VISION_H
#define NETS_CLIP_VISION_H

#include "core/arena.h"
#include "nets/transformer.h"
#include "weights/safetensors.h"

enum { CLIP_VISION_MAX_SIDE = 2048 }; // of the picture, in pixels; the real networks have up to 336

typedef struct ClipVision ClipVision;

// A network without weights: they come through the sink, into which it writes its functions. `use_ref` runs the plain
// twins of the linear layers (slow). It may be run once the sink's `finish` has succeeded. A file for larger pictures
// than CLIP_VISION_MAX_SIDE, or of more than TRANSFORMER_MAX_TOKENS, is refused.
MUST_CHECK Status clip_vision_create(bool use_ref, TensorSink *sink, ClipVision **out);
void clip_vision_free(ClipVision *vision); // accepts NULL, and a network at any stage of loading

int clip_vision_side(const ClipVision *vision); // of the square input, in pixels
int clip_vision_dim(const ClipVision *vision);  // of the vector
int clip_vision_n_layers(const ClipVision *vision);
// The logarithm of what cosines are multiplied by, or 0 if the file has none (logit_scale).
float clip_vision_logit_scale(const ClipVision *vision);

// Scratch bytes that a run takes.
MUST_CHECK Status clip_vision_plan(const ClipVision *vision, size_t *scratch_bytes);

// One picture on its way, in an arena of at least the planned bytes, which is given back as a whole.
typedef struct ClipVisionRun {
    TransformerRows rows;
    int length;
} ClipVisionRun;

// pixels [side][side][3], normalised; no longer needed afterwards. The run may not be moved.
MUST_CHECK Status clip_vision_begin(const ClipVision *vision, Arena *arena, const float *pixels, ClipVisionRun *run);
// Layers 0 to n_layers - 1, in this order.
void clip_vision_layer(const ClipVision *vision, ClipVisionRun *run, int layer);
// vector [dim], not normalised.
void clip_vision_end(const ClipVision *vision, ClipVisionRun *run, float *vector);

// For tests: see TransformerTap.
void clip_vision_set_tap(ClipVision *vision, TransformerTap tap);

#endif
