// Enlarges a picture with a network, tile by tile, and hands out the result from the top down while it works.
#ifndef PIPELINE_UPSCALE_H
#define PIPELINE_UPSCALE_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/status.h"
#include "image/image.h"
#include "nets/upscaler.h"
#include "pipeline/consistency.h"
#include "pipeline/map_store.h"
#include "pipeline/pixels.h"

// What the output's bytes are: bare rows, or a picture file (encode.h). A PNG has as many bits a sample as the picture,
// the others 8; files carry the picture's colour profile. A lossless WebP is quality 100.
typedef enum UpscaleFormat { UPSCALE_PIXELS, UPSCALE_PNG, UPSCALE_JPEG, UPSCALE_WEBP } UpscaleFormat;

// Which means the squeeze-and-excite blocks of a tile use.
typedef enum UpscaleSync {
    UPSCALE_OFF,   // the tile's own: fast, but colours visibly differ from tile to tile
    UPSCALE_EXACT, // the whole picture's: the result is that of one tile, but for rounding
    UPSCALE_FAST,  // an estimate of the whole picture's, from patches spread over it (patches.h)
} UpscaleSync;

// How the output fits into a size that was asked for.
typedef enum UpscaleFit {
    UPSCALE_INSIDE,  // the largest of the picture's proportions that fits inside
    UPSCALE_OUTSIDE, // the smallest of the picture's proportions that covers it
    UPSCALE_FILL,    // exactly that size
} UpscaleFit;

enum { UPSCALE_MIN_TILE = 16, UPSCALE_MAX_TILE = 4096 };

typedef struct UpscaleOptions {
    PixelLevels levels; // what black and white are to the network; both 0: 0 and 1
    int tile;           // side in input pixels, UPSCALE_MIN_TILE to UPSCALE_MAX_TILE, or 0: chosen by upscale_begin
    float strength;     // 0.5 to 1.5; 1 = as published
    int width, height; // of the output, in pixels; 0: follows from the other, or both are as the network enlarges. What
                       // the network makes becomes another size with Lanczos' filter in linear light (lanczos.h)
    UpscaleFit fit;
    UpscaleFormat format;
    int quality;         // of JPEG and WebP, 1 to 100
    bool keeps_metadata; // EXIF, XMP and text, beside the colour profile, which is kept unless `is_srgb`
    bool is_srgb;        // the caller converts the picture, or each frame, to sRGB before its first step
    UpscaleSync sync;
    bool guard;     // areas of grossly wrong colour are enlarged without the network (consistency.h)
    bool tta;       // test-time augmentation: the average of the results of the eight views of the picture (view.h)
    bool all_tiles; // for tests: also runs tiles whose input equals that of another
    bool is_plan;  // plans only: the task answers the same questions, but takes hardly any memory and cannot be stepped
    size_t memory; // bytes for the picture and the work on it, or 0: UPSCALE_DEFAULT_MEMORY. If the maps between two
                   // passes of exact tiles do not fit, they are kept at 16 bits, or spilled, or computed again (2.87
                   // times the work). If nothing fits, a limit that was asked for is an error, STATUS_NO_MEMORY; but a
                   // tile that was asked for is taken even if it needs more, and so is the default limit.
    uint64_t spill; // bytes that may be spilled to a file by whoever runs the task (upscale_to_read, upscale_to_write)
} UpscaleOptions;

// Measured: everything else in the engine's memory is about 60 MiB, so that the whole stays below 768 MiB.
#define UPSCALE_DEFAULT_MEMORY ((size_t)640 << 20)

typedef struct UpscaleTile {
    int x, y, width, height; // of what the network makes, in pixels; width 0: the last step finished none
    int bits;                // of a sample: 8, or 16 in the machine's order
    size_t stride_bytes;
    const uint8_t *pixels; // valid until the next step
} UpscaleTile;

typedef struct Upscale Upscale;

// `image` may have 16 bits only if the output is a PNG. Network and picture are not copied: both are needed until
// upscale_end. One task at a time may use a network.
MUST_CHECK Status upscale_begin(Upscaler *upscaler, const Image *image, UpscaleOptions options, Upscale **out);
void upscale_end(Upscale *task); // accepts an unfinished task, and NULL

int upscale_width(const Upscale *task); // of the output
int upscale_height(const Upscale *task);
int upscale_channels(const Upscale *task);
int upscale_tile_side(const Upscale *task);
// The most bytes that the work takes, beside picture and network; may be more than the address space has.
uint64_t upscale_memory(const Upscale *task);
// Bytes of the file, up to the end of the last part that is written there; 0: nothing is spilled.
uint64_t upscale_spilled(const Upscale *task);
// Where the means of tiles come from: "whole", "off", "fast", "exact", "exact16", "exact-file", "twice", "twice16",
// "twice-file" or "again".
const char *upscale_plan(const Upscale *task);
long long upscale_total(const Upscale *task); // the work in all; a tile that is run once is 1000
long long upscale_done(const Upscale *task);  // the work finished
// How far the output so far is from the picture, for consistency_warn.
ConsistencyCount upscale_consistency(const Upscale *task);
// What the time depends on: the input pixels, with halos, that run through the network.
double upscale_cost(const Upscale *task);

// How far the work is: in pass `pass` of n_passes over the picture, all tiles before `tile` (counted row by row of the
// grid) are done.
typedef struct UpscaleWork {
    int pass, n_passes;
    int tile, columns, rows;
} UpscaleWork;
UpscaleWork upscale_work(const Upscale *task);

// One step: one stage of one tile, or, if upscale_spilled is not 0, a phase of that (map_store.h).
// STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status upscale_step(Upscale *task);
UpscaleTile upscale_tile(const Upscale *task);
// If upscale_spilled is not 0: the part that may be read from the file from now on, and the one that may be written
// there, while the next steps run; size 0: none. The caller may use the bytes until the transfer is complete. It must
// be complete before the next step that awaits it, and before upscale_end. Never more than one of each is under way.
MapTransfer upscale_to_read(const Upscale *task);
MapTransfer upscale_to_write(const Upscale *task);
// Which transfers must be complete before the next step.
bool upscale_awaits_read(const Upscale *task);
bool upscale_awaits_write(const Upscale *task);

// The next bytes of the output, from the top down; those of the last call are dropped. To be called after each step
// until there are none. It encodes a part of a band at a time, so that a band of large tiles is not in memory twice.
MUST_CHECK Status upscale_output(Upscale *task, const Bytes **out);

#endif
