// A network is one constant struct that tells a task everything it needs to know. registry.h lists all networks.
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
    NETWORK_TO_ENLARGE,   // a picture to a larger one; its `self` is an Upscaler (upscaler.h)
} NetworkKind;

// The format of the files with its weights.
typedef enum NetworkFormat { NETWORK_SAFETENSORS, NETWORK_NCNN } NetworkFormat;

// How a picture is made to fit the square input.
typedef enum NetworkFraming {
    NETWORK_CENTRE,       // Pillow's bicubic resizes the shorter side to the square's, then the middle is cut out
    NETWORK_STRETCH,      // tf.image.resize to the square; or, if the caller wants that, with the proportions kept as
                          // DeepDanbooru keeps them
    NETWORK_WHITE_SQUARE, // laid on white and padded with white to a square, then Pillow's bicubic
} NetworkFraming;

typedef struct NetworkPicture {
    NetworkFraming framing;
    bool is_bgr;                   // the network's input has blue first
    float means[3], deviations[3]; // R, G, B from 0 to 1 become (value - mean) / deviation; all 0: they stay
} NetworkPicture;

typedef enum NetworkTokenizer { NETWORK_CLIP_BPE, NETWORK_WORDPIECE, NETWORK_TOKENIZERS } NetworkTokenizer;

typedef struct NetworkOutput {
    const char *name;
    bool is_vector; // false: probabilities, which are never scaled to length 1
} NetworkOutput;

// Known once a network is loaded. 0: it has no such thing.
typedef struct NetworkSizes {
    int side;          // of the square input, in pixels
    int vocabulary;    // token ids are from 0 to vocabulary - 1
    int max_tokens;    // of a text
    float logit_scale; // the logarithm of the factor of cosines
} NetworkSizes;

// One picture, or some texts, that run through a network together.
typedef struct NetworkRun {
    // The caller fills these, and keeps them until the run has ended.
    Arena *arena;                        // `begin` resets it
    const float *pixels;                 // [side][side][3]; not needed after the first step
    int n_texts;                         // 0: a picture
    const int *lengths;                  // [n_texts], tokens of each, from 1 to max_tokens
    const int32_t *ids;                  // [sum of lengths], of all texts, including start and end tokens
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

    // Creates a network without weights, and fills `sink`, which then receives them. The network may be used once the
    // sink's `finish` has succeeded.
    Status (*create)(TensorSink *sink, void **out);
    void (*free)(void *network); // accepts NULL, and a network at any stage of loading

    // Networks that enlarge have none of the following.

    NetworkSizes (*sizes)(const void *network);
    int (*output_dim)(const void *network, int output); // values of an output; 0: not in this file

    // The number of steps to the run's outputs. A step is at most one layer or block.
    int (*n_steps)(const void *network, const NetworkRun *run);
    // Begins a run in an arena of at least the bytes that network_plan returns, or in a measuring one. The run must not
    // be moved until it has ended.
    Status (*begin)(const void *network, NetworkRun *run);
    // To be called for steps 0 to n_steps - 1, in this order.
    void (*step)(const void *network, NetworkRun *run, int step);
    // To be called after the last step: completes the outputs. NULL: the last step does that.
    void (*end)(const void *network, NetworkRun *run);

    void (*set_tap)(void *network, TensorTap tap); // for tests
} Network;

// A network with the weights of one file.
typedef struct Net {
    const Network *network;
    void *self;
} Net;

// For `create` and `free` of a network. Its struct has `size` bytes, begins with a WeightStore * (or an Upscaler), and
// is zeroed before `ask` gets it.
MUST_CHECK Status network_create(size_t size, WeightStoreOptions options, WeightStoreAsk *ask, TensorSink *sink,
                                 void **out);
void network_free(void *network);

// Finds a network of registry.h by its name. STATUS_BAD_ARGUMENT: there is none.
MUST_CHECK Status network_find(const char *name, const Network **out);

// The bytes of the arena that a run needs. Of `run` only n_texts, lengths and which outputs are wanted are read.
// STATUS_NO_MEMORY.
MUST_CHECK Status network_plan(Net net, const NetworkRun *run, size_t *scratch_bytes);

#endif
