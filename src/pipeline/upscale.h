// Enlarges a picture with a network, tile by tile, and returns the result from the top down while it works.
//
//     upscale_begin(upscaler, &image, options, &task);
//     while (upscale_done(task) < upscale_total(task)) {
//         upscale_step(task);
//         do upscale_output(task, &bytes), write(bytes); while (bytes->size);
//     }
//     upscale_end(task);
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

// The format of the output: bare rows, or a picture file (encode.h). A PNG has as many bits a sample as the picture,
// the other files 8. Files contain the picture's colour profile. A WebP of quality 100 is lossless.
typedef enum UpscaleFormat { UPSCALE_PIXELS, UPSCALE_PNG, UPSCALE_JPEG, UPSCALE_WEBP } UpscaleFormat;

// Which means the squeeze-and-excite blocks of a tile use.
typedef enum UpscaleSync {
    UPSCALE_OFF,   // the tile's own: fast, but colours visibly differ from tile to tile
    UPSCALE_EXACT, // the whole picture's: except for rounding, the result is that of a single tile
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
    PixelLevels levels; // the network's values for black and white; both 0: 0 and 1
    int tile;           // side in input pixels, UPSCALE_MIN_TILE to UPSCALE_MAX_TILE, or 0: chosen by upscale_begin
    float strength;     // 0.5 to 1.5; 1 = as published
    // Of the output, in pixels. 0: follows from the other; both 0: the size that the network makes. For another size
    // the network's result is resized with Lanczos' filter in linear light (lanczos.h).
    int width, height;
    UpscaleFit fit;
    UpscaleFormat format;
    int quality;         // of JPEG and WebP, 1 to 100
    bool keeps_metadata; // EXIF, XMP and text; the colour profile is always kept, unless `is_srgb`
    bool is_srgb;        // the caller converts the picture, or each frame, to sRGB before its first step
    UpscaleSync sync;
    bool guard;     // areas of very wrong colour are enlarged without the network (consistency.h)
    bool tta;       // test-time augmentation: the average of the results of the eight views of the picture (view.h)
    bool all_tiles; // for tests: also runs tiles whose input equals that of another
    bool is_plan;   // only plan: the task answers the same questions, but needs hardly any memory and cannot run steps
    // Bytes for the picture and the work on it; 0: UPSCALE_DEFAULT_MEMORY. If the maps between two passes of exact
    // tiles do not fit, they are kept at 16 bits, or spilled, or computed again (2.87 times the work). If nothing fits:
    // STATUS_NO_MEMORY; but the limit is exceeded if it is the default, or if the caller has also chosen the tile.
    size_t memory;
    uint64_t spill; // bytes that the caller can keep in a file (upscale_to_read, upscale_to_write); 0: none
} UpscaleOptions;

// Measured: the rest of the engine's memory is about 60 MiB, so the total stays below 768 MiB.
#define UPSCALE_DEFAULT_MEMORY ((size_t)640 << 20)

typedef struct UpscaleTile {
    int x, y, width, height; // in pixels of the network's result; width 0: the last step finished none
    int bits;                // of a sample: 8, or 16 in the machine's order
    size_t stride_bytes;
    const uint8_t *pixels; // valid until the next step
} UpscaleTile;

typedef struct Upscale Upscale;

// `image` may have 16 bits only if the output is a PNG. Network and picture are not copied: both must stay until
// upscale_end. Only one task at a time may use a network. STATUS_BAD_ARGUMENT: an option is out of range;
// STATUS_UNSUPPORTED: the output is too large for its format or this build; STATUS_NO_MEMORY.
MUST_CHECK Status upscale_begin(Upscaler *upscaler, const Image *image, UpscaleOptions options, Upscale **out);
void upscale_end(Upscale *task); // accepts an unfinished task, and NULL

int upscale_width(const Upscale *task); // of the output
int upscale_height(const Upscale *task);
int upscale_channels(const Upscale *task);
int upscale_tile_side(const Upscale *task);
// The most bytes that the work takes, without picture and network; may be more than the address space has.
uint64_t upscale_memory(const Upscale *task);
// The size of the file for spilled maps, in bytes; 0: nothing is spilled.
uint64_t upscale_spilled(const Upscale *task);
// The strategy, which says where the means of tiles come from: "whole" (one tile, or a network without means), "off",
// "fast", "exact", "exact16" (maps at 16 bits), "exact-file" (maps spilled); with tta "twice", "twice16", "twice-file",
// because the last pass runs all stages again; or "again" (every pass does).
const char *upscale_plan(const Upscale *task);
long long upscale_total(const Upscale *task); // all work; a tile that runs once through the network counts 1000
long long upscale_done(const Upscale *task);  // the work finished
// How far the output so far differs from the picture, for consistency_warn.
ConsistencyCount upscale_consistency(const Upscale *task);
// The input pixels, with halos, that run through the network: they decide how long it takes.
double upscale_cost(const Upscale *task);

// Progress: in pass `pass` of n_passes over the picture, all tiles before `tile` (counted row by row of the grid) are
// done. pass == n_passes: everything is.
typedef struct UpscaleWork {
    int pass, n_passes;
    int tile, columns, rows;
} UpscaleWork;
UpscaleWork upscale_work(const Upscale *task);

// Does one step: one stage of one tile, or, if upscale_spilled is not 0, a phase of that (map_store.h).
// STATUS_BAD_ARGUMENT: all are done, or the output of the last step has not been taken; STATUS_NO_MEMORY.
MUST_CHECK Status upscale_step(Upscale *task);
// The tile that the last step finished, if any.
UpscaleTile upscale_tile(const Upscale *task);
// If upscale_spilled is not 0: after a step, the bytes that the caller now has to read from the file, and those to
// write there; size 0: none. The transfers may run while the next steps do. Each must be complete before a step that
// awaits it, and before upscale_end. Never more than one of each is under way.
MapTransfer upscale_to_read(const Upscale *task);
MapTransfer upscale_to_write(const Upscale *task);
// Whether the next step awaits the read, and the write.
bool upscale_awaits_read(const Upscale *task);
bool upscale_awaits_write(const Upscale *task);

// The next bytes of the output, from the top down, valid until the next call. To be called after each step until there
// are none. It encodes a part of a band at a time, so that a band of large tiles is not in memory twice.
// STATUS_BAD_ARGUMENT: the task is only a plan; errors as of encode_rows.
MUST_CHECK Status upscale_output(Upscale *task, const Bytes **out);

#endif
