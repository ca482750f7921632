// The exported C ABI: flat functions, handles and sizes. js/worker/native/native.js is its only caller in the browser
// and in Node.
//
// No callbacks: a long task is begin / step / end, so progress, abort and partial results work without threads too.
// A function that returns a pointer returns NULL on failure; one that returns int returns a Status (0 = OK); either way
// acg_status and acg_message then tell what happened. One task runs at a time; handles are freed by their own function.
#ifndef API_ACG_H
#define API_ACG_H

#include <stddef.h>
#include <stdint.h>

#include "api/acg_image.h"
#include "api/acg_model.h"

typedef struct AcgUpscale AcgUpscale;

// Starts the thread pool. `n_threads` from 1, counting the caller; ignored in builds without threads. Call once, first.
int acg_init(int n_threads);
// Code and English sentence (UTF-8) of the last failure, and its facts: a reason of core/reason.h as a number and the
// values that the sentence names, with tabs between them.
int acg_status(void);
const char *acg_message(void);
const char *acg_facts(void);

// Memory in the engine's address space for bytes that go in. NULL: not enough memory.
void *acg_alloc(size_t size);
void acg_free(void *memory);
// Bytes of the engine's memory that are in use; 0 in builds that are no WebAssembly.
double acg_memory_used(void);

enum { ACG_FORMAT_PIXELS = 0, ACG_FORMAT_PNG = 1, ACG_FORMAT_JPEG = 2, ACG_FORMAT_WEBP = 3 };
enum { ACG_FIT_INSIDE = 0, ACG_FIT_OUTSIDE = 1, ACG_FIT_FILL = 2 };
enum { ACG_SYNC_OFF = 0, ACG_SYNC_EXACT = 1, ACG_SYNC_FAST = 2 };

typedef struct AcgTile {
    int32_t x, y, width,
        height;            // of the picture that the network makes, in pixels; width 0: the last step finished none
    int32_t stride_bytes;  // from one row of `pixels` to the next
    int32_t channels;      // 3 or 4
    int32_t bits;          // of a sample: 8 or 16
    const uint8_t *pixels; // valid until the next step
} AcgTile;

// In pass `pass` of n_passes over the picture (of an animation: the frame), all tiles before `tile` (counted row by
// row) are through.
typedef struct AcgWork {
    int32_t pass, n_passes;
    int32_t tile, columns, rows;
} AcgWork;

typedef struct AcgUpscaleOptions {
    double memory;  // bytes for the picture and the work on it (of a tile that is chosen here, else as many as it
                    // takes), or 0 for the engine's own limit, beyond which it goes where it must
    double spill;   // bytes that the caller can keep in a file for the task, or 0 (acg_upscale_spilled)
    float strength; // 0.5 to 1.5, 1 = as published
    int32_t tile;   // side of a tile in input pixels, at least 16, or 0 to let the engine choose
    int32_t
        format; // ACG_FORMAT_*: a picture file (of an animation PNG or WebP), or bare rows of `channels` bytes a pixel
    int32_t quality; // 1 to 100, of JPEG and WebP (100: lossless)
    int32_t sync;    // ACG_SYNC_*: whether all tiles see the means of the whole picture
    int32_t tta;     // 1 = the average of eight views
    int32_t guard;   // 1 = what the network gets grossly wrong is enlarged plainly
    int32_t width;   // of the output, in pixels; 0: follows from the height, or is as the network enlarges
    int32_t height;  // likewise
    int32_t fit;     // ACG_FIT_*: how the output fits into both
    int32_t srgb;    // 1 = the caller converts the picture to sRGB (acg_upscale_to_convert)
} AcgUpscaleOptions;

// Begins to enlarge `image`, or every frame of it (kept by the caller, and needed until the end, as the network is,
// which has one such task at a time).
AcgUpscale *acg_upscale_begin(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options);
// Only plans: the task answers the same questions, but takes hardly any memory and cannot be stepped.
AcgUpscale *acg_upscale_prepare(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options);
int acg_upscale_width(const AcgUpscale *task);
int acg_upscale_height(const AcgUpscale *task);
int acg_upscale_channels(const AcgUpscale *task);
int acg_upscale_frames(const AcgUpscale *task);       // of the output: those that look the same are one; 1: still
int acg_upscale_frame(const AcgUpscale *task);        // the one that the last step worked on, from 0
int acg_upscale_tile_side(const AcgUpscale *task);    // what was chosen
const char *acg_upscale_plan(const AcgUpscale *task); // the strategy: see upscale_plan
double acg_upscale_total(const AcgUpscale *task);     // the work in all; a step is a part of it
double acg_upscale_done(const AcgUpscale *task);      // the work finished; the task is complete when done == total
double acg_upscale_memory(const AcgUpscale *task);    // bytes that the work takes at most, beside picture and network
double acg_upscale_cost(const AcgUpscale *task);      // pixels that run through the network: what the time depends on
const AcgWork *acg_upscale_work(AcgUpscale *task);    // where the work stands; valid until the next call

// Bytes that the caller has to keep for the task, in a file or the like; 0: none. If not 0, each step goes
//     complete the transfers that acg_upscale_awaits tells, acg_upscale_step, begin those that acg_upscale_to_read and
//     acg_upscale_to_write tell, which may go on beside the next steps.
// Before acg_upscale_end all must be complete, or abandoned.
double acg_upscale_spilled(const AcgUpscale *task);

typedef struct AcgPart {
    double offset; // in the file
    uint8_t *bytes;
    size_t size; // 0: nothing is to be carried
} AcgPart;
const AcgPart *acg_upscale_to_read(AcgUpscale *task); // each is valid until the next call of either
const AcgPart *acg_upscale_to_write(AcgUpscale *task);
enum { ACG_AWAITS_READ = 1, ACG_AWAITS_WRITE = 2 };
int acg_upscale_awaits(const AcgUpscale *task); // ACG_AWAITS_*, added up, whether or not one is under way

// With `srgb`: the pixels that the caller has to convert, in their place, before the next step: of a still picture,
// those of `image` itself. To be asked after acg_upscale_begin and after each step.
typedef struct AcgPixels {
    uint8_t *pixels; // rows without gaps; NULL: none
    size_t n;
    int32_t channels; // 3 or 4, of which the last is alpha
    int32_t bits;     // of a sample: 8 or 16
} AcgPixels;
const AcgPixels *acg_upscale_to_convert(AcgUpscale *task); // valid until the next call

// Does one step: a part of one tile, never more. To abort, stop stepping and call acg_upscale_end; after a failure no
// more steps are done.
int acg_upscale_step(AcgUpscale *task);
// The tile that the last step finished, if any.
const AcgTile *acg_upscale_tile(const AcgUpscale *task);
// The next output bytes, from the top down. After each step, to be called until there are none: size 0. Those of the
// last call are gone then.
int acg_upscale_next_output(AcgUpscale *task);
const uint8_t *acg_upscale_output(const AcgUpscale *task);
size_t acg_upscale_output_size(const AcgUpscale *task);
// Warnings about the output so far, one a line: a sentence, a tab and its facts as in acg_facts. "": none. Valid until
// the next call.
const char *acg_upscale_warnings(AcgUpscale *task);
void acg_upscale_end(AcgUpscale *task); // accepts an unfinished task, and NULL

#endif
