// What convolutional networks have in common: layers asked for by name, maps in the arena, layers run over them. Knows
// no network.
#ifndef NETS_CONVNET_H
#define NETS_CONVNET_H

#include "core/arena.h"
#include "core/tensor.h"
#include "nets/weight_store.h"

// For tests: what is called with every layer's output, under the layer's name.
typedef struct ConvnetTap {
    void (*call)(void *context, const char *name, Tensor t);
    void *context;
} ConvnetTap;

// One picture on its way, in an arena that the run resets. Begins as {.arena = …}.
typedef struct ConvnetRun {
    Arena *arena;
    void *scratch; // of the layers, in the arena
    Tensor x;      // what the last step made, in the arena
} ConvnetRun;

#endif
