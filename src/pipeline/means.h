// Means of feature maps for squeeze-and-excite, gathered tile by tile.
#ifndef PIPELINE_MEANS_H
#define PIPELINE_MEANS_H

#include "nets/upscaler.h"

typedef struct Means {
    double sums[UPSCALER_MAX_CHANNELS];
    double n_samples; // of each channel
} Means;

// Adds the first n_rows rows and n_columns columns of the tile's body.
void means_add(Means *means, NetworkTile *tile, int n_rows, int n_columns);
// Adds the sums of others.
void means_join(Means *means, const Means *others);
// Computes the gates of `barrier` from the means: see upscaler_gates.
void means_to_gates(const Means *means, const Upscaler *upscaler, int barrier, float strength, float *gates);

#endif
