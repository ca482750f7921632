// Means of feature maps, gathered tile by tile, as squeeze-and-excite wants them.
#ifndef PIPELINE_MEANS_H
#define PIPELINE_MEANS_H

#include "nets/upscaler.h"

typedef struct Means {
    double sums[UPSCALER_MAX_CHANNELS];
    double n_samples; // of each channel
} Means;

// Adds the first n_rows x n_columns of the tile's body.
void means_add(Means *means, NetworkTile *tile, int n_rows, int n_columns);
// Adds what others gathered.
void means_join(Means *means, const Means *others);
// The gates of `barrier` from all that was added: upscaler_gates.
void means_to_gates(const Means *means, const Upscaler *upscaler, int barrier, float strength, float *gates);

#endif
