// What a network is: one constant struct for each, which tells a task all that it needs to know. registry.h lists them.
#ifndef NETS_NETWORK_H
#define NETS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/status.h"
#include "core/tensor.h"
#include "nets/convnet.h"
#include "nets/transformer.h"
#include "nets/weight_store.h"
#include "weights/tensor_sink.h"

enum { NETWORK_MAX_OUTPUTS = 8 };

typedef enum NetworkKind {
    NETWORK_FOR_PICTURES, // a picture to vectors and probabilities
    NETWORK_FOR_TEXTS,    // each text to a vector
    NETWORK_TO_ENLARGE,   // a picture to a larger one: an Upscaler (upscaler.h)
} NetworkKind;

// In what files its weights come.
typedef enum NetworkFormat { NETWORK_SAFETENSORS, NETWORK_NCNN } NetworkFormat;

// How a picture is made to fit the square input.
typedef enum NetworkFraming {
    NETWORK_CENTRE,       // Pillow's bicubic for the shorter side, then the middle is cut out
    NETWORK_STRETCH,      // tf.image.resize; if the caller wants the proportions kept, as DeepDanbooru keeps them
    NETWORK_WHITE_SQUARE, // laid on white, with white margins to a square; then Pillow's bicubic
} NetworkFraming;

typedef struct NetworkPicture {
    NetworkFraming framing;
    bool is_bgr;                   // blue comes first
    float means[3], deviations[3]; // each channel from 0 to 1 becomes (value - mean) / deviation; 0: it stays
} NetworkPicture;

typedef enum NetworkTokenizer { NETWORK_CLIP_BPE, NETWORK_WORDPIECE, NETWORK_TOKENIZERS } NetworkTokenizer;

typedef struct NetworkOutput {
    const char *name;
    bool is_vector; // otherwise probabilities, which are never made of length 1
} NetworkOutput;

// What a network tells once it is loaded; 0 where it has none of it.
typedef struct NetworkSizes {
    int side;          // of the square input, in pixels
    int vocabulary;    // ids are below it
    int max_tokens;    // of a text
    float logit_scale; // the logarithm of what cosines are multiplied by; 0: the file has none
} NetworkSizes;

// What goes through a network at once: one picture, or some texts.
typedef struct NetworkRun {
    // The caller fills these, and keeps them until the run has ended.
    Arena *arena;                        // which is given back as a whole
    const float *pixels;                 // [side][side][3]; not needed after the first step
    int n_texts;                         // 0: a picture
    const int *lengths;                  // [n_texts], tokens of each, from 1 to max_tokens
    const int32_t *ids;                  // of all texts, one after the other, start and end tokens among them
    float *outputs[NETWORK_MAX_OUTPUTS]; // [n_texts or 1][output_dim] each; NULL: not wanted
    // The network uses one of these.
    union {
        TransformerRows rows;
        ConvnetRun convnet;
    };
} NetworkRun;

typedef struct Network {
    const char *name; // `network` in the metadata of its files and in models/manifest.json
    NetworkKind kind;
    NetworkFormat format;
    NetworkPicture picture;     // if it is for pictures
    NetworkTokenizer tokenizer; // if it is for texts
    int n_outputs;
    const NetworkOutput *outputs; // [n_outputs]

    // A network without weights: they come through the sink, into which it writes its functions. It may
    // be used once the sink's `finish` has succeeded.
    Status (*create)(TensorSink *sink, void **out);
    void (*free)(void *network); // accepts NULL, and a network at any stage of loading

    // The rest is of those for pictures and for texts.

    NetworkSizes (*sizes)(const void *network);
    int (*output_dim)(const void *network, int output); // 0: not in this file

    // Steps of a run to its outputs: each at most one layer or block.
    int (*n_steps)(const void *network, const NetworkRun *run);
    // Begins a run in an arena of at least the bytes that network_plan tells, or in a measuring one. Until it has
    // ended, the run may not be moved.
    Status (*begin)(const void *network, NetworkRun *run);
    // Steps 0 to n_steps - 1, in this order.
    void (*step)(const void *network, NetworkRun *run, int step);
    // After the last step: completes the outputs. NULL: the steps have done it.
    void (*end)(const void *network, NetworkRun *run);

    void (*set_tap)(void *network, TensorTap tap); // for tests
} Network;

// A network with what one file holds of it.
typedef struct Net {
    const Network *network;
    void *self;
} Net;

// For `create` and `free` of a network whose struct, of `size` bytes, begins with its WeightStore * (or an Upscaler).
// `ask` gets the struct, which is zeroed before.
MUST_CHECK Status network_create(size_t size, WeightStoreOptions options, WeightStoreAsk *ask, TensorSink *sink,
                                 void **out);
void network_free(void *network);

// The one of the registry that has this name (registry.h). STATUS_BAD_ARGUMENT: there is none.
MUST_CHECK Status network_find(const char *name, const Network **out);

// Scratch bytes that the run takes: its arena does not count, nor what its texts and pixels are.
MUST_CHECK Status network_plan(Net net, const NetworkRun *run, size_t *scratch_bytes);

#endif
