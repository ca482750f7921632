// Enlarges a picture with Real-CUGAN, tile by tile, and hands out the result from the top down while it works.
#ifndef PIPELINE_UPSCALE_H
#define PIPELINE_UPSCALE_H

#include "core/bytes.h"
#include "core/status.h"
#include "image/image.h"
#include "nets/cugan.h"

typedef enum UpscaleFormat { UPSCALE_PIXELS, UPSCALE_PNG } UpscaleFormat;

enum { UPSCALE_MIN_TILE = 16, UPSCALE_MAX_TILE = 4096 };

typedef struct UpscaleOptions {
    int tile;       // side in input pixels, UPSCALE_MIN_TILE to UPSCALE_MAX_TILE, or 0: chosen by upscale_begin
    float strength; // 0.5 to 1.5; 1 = as published
    UpscaleFormat format;
} UpscaleOptions;

typedef struct UpscaleTile {
    int x, y, width, height; // of the output, in pixels; width 0: the last step finished none
    size_t stride_bytes;
    const uint8_t *pixels; // valid until the next step
} UpscaleTile;

typedef struct Upscale Upscale;

// Neither network nor picture is kept, but both are needed until upscale_end. One task at a time may use a network.
MUST_CHECK Status upscale_begin(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out);
void upscale_end(Upscale *task); // accepts an unfinished task, and NULL

int upscale_width(const Upscale *task); // of the output
int upscale_height(const Upscale *task);
int upscale_channels(const Upscale *task);
int upscale_tile_side(const Upscale *task);
size_t upscale_memory(const Upscale *task); // scratch and band, in bytes
int upscale_total(const Upscale *task);     // steps in all
int upscale_done(const Upscale *task);      // steps finished

// One step: one stage of one tile. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status upscale_step(Upscale *task);
UpscaleTile upscale_tile(const Upscale *task);
// The output so far, from the top: the caller clears what it took. PNG file or bare rows.
Bytes *upscale_output(Upscale *task);

#endif
