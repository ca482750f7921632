// The exported C interface: flat functions, handles and sizes. js/worker/native/native.js is its only caller in the
// browser and in Node.
//
// There are no callbacks: a long task is begin, step, end. So progress, abort and partial results work without threads
// too. Functions that can fail return NULL, or a Status other than 0, if their comments say nothing else; then
// acg_status, acg_message and acg_facts say what happened. Only one task runs at a time. Each kind of handle has its
// own function that frees it. How a file is upscaled, without checks for failures:
//
//     acg_init(n_threads);
//     AcgModel *model = …; // see acg_model.h
//     AcgImage *image = acg_image_decode(bytes, size, 0, 0);
//     while (acg_image_frames_left(image)) acg_image_step(image);
//     AcgUpscale *task = acg_upscale_begin(model, image, &options);
//     while (acg_upscale_done(task) < acg_upscale_total(task)) {
//         acg_upscale_step(task);
//         while (!acg_upscale_next_output(task) && acg_upscale_output_size(task))
//             write(acg_upscale_output(task), acg_upscale_output_size(task));
//     }
//     acg_upscale_end(task);
//     acg_image_free(image);
#ifndef API_ACG_H
#define API_ACG_H

#include <stddef.h>
#include <stdint.h>

#include "api/acg_image.h"
#include "api/acg_model.h"

typedef struct AcgUpscale AcgUpscale;

// Starts the thread pool with `n_threads` threads, 1 to 1024, including the caller. A build without threads checks the
// number and ignores it. To be called once, before all other functions. STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY.
int acg_init(int n_threads);
// Tells what runs the engine. slow_splats: 1 for JavaScriptCore, where spreading a value over a vector takes several
// instructions; 0, as before the call, for others. Results do not depend on it.
void acg_host(int slow_splats);
// The code and the English sentence (UTF-8) of the last failure, and its facts: the number of a reason of core/reason.h
// and the values in the sentence, with tabs between them. Valid until the next failure.
int acg_status(void);
const char *acg_message(void);
const char *acg_facts(void);

// Allocates memory in the engine's address space for arguments. NULL: STATUS_NO_MEMORY. acg_free accepts NULL.
void *acg_alloc(size_t size);
void acg_free(void *memory);
// The bytes of the engine's memory that are in use. 0: the build is not WebAssembly.
double acg_memory_used(void);

enum { ACG_FORMAT_PIXELS = 0, ACG_FORMAT_PNG = 1, ACG_FORMAT_JPEG = 2, ACG_FORMAT_WEBP = 3 };
enum { ACG_FIT_INSIDE = 0, ACG_FIT_OUTSIDE = 1, ACG_FIT_FILL = 2 };
enum { ACG_SYNC_OFF = 0, ACG_SYNC_EXACT = 1, ACG_SYNC_FAST = 2 };

typedef struct AcgTile {
    // In pixels of the network's result. width 0: the last step finished no tile.
    int32_t x, y, width, height;
    int32_t stride_bytes;  // from one row of `pixels` to the next
    int32_t channels;      // 3 or 4
    int32_t bits;          // of a sample: 8 or 16
    const uint8_t *pixels; // valid until the next step
} AcgTile;

// Progress: in pass `pass` of n_passes over the picture (of an animation: the frame), all tiles before `tile` are done.
// Tiles are counted row by row of a grid of columns x rows. pass == n_passes: everything is done.
typedef struct AcgWork {
    int32_t pass, n_passes;
    int32_t tile, columns, rows;
} AcgWork;

typedef struct AcgUpscaleOptions {
    double memory; // bytes for the picture and the work on it, 0: 640 MiB; the engine chooses tiles that fit. The limit
                   // may be exceeded if it is 0 and nothing fits, or if `tile` is not 0
    double spill;  // bytes that the caller can keep in a file for the task (acg_upscale_spilled); 0: none
    float strength;  // 0.5 to 1.5; 1 = as published, other values only for cugan and cunet
    int32_t tile;    // a tile's side in input pixels, 16 to 4096; 0: the engine chooses
    int32_t format;  // ACG_FORMAT_*: a picture file (of an animation: PNG or WebP), or bare rows
    int32_t quality; // 1 to 100, of JPEG and WebP (100: lossless)
    int32_t sync;    // ACG_SYNC_*: whether all tiles use the means of the whole picture
    int32_t tta;     // 1: the average of eight mirrored and turned versions
    int32_t guard;   // 1: areas of very wrong colour are enlarged without the network
    int32_t width;   // of the output, in pixels; 0: follows from the height; both 0: the size that the network makes
    int32_t height;  // likewise
    int32_t fit;     // ACG_FIT_*: how the output fits into width and height
    int32_t srgb;    // 1: the caller converts the picture to sRGB (acg_upscale_to_convert)
} AcgUpscaleOptions;

// Begins to enlarge `image`, or all frames of it. Image and network stay the caller's and are needed until
// acg_upscale_end; a network has only one such task at a time. STATUS_BAD_ARGUMENT: a network that is busy, not loaded
// or of another kind, an image that still needs acg_image_step, or an option out of range; STATUS_UNSUPPORTED: the
// output is too large for its format; STATUS_NO_MEMORY.
AcgUpscale *acg_upscale_begin(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options);
// The same, but only plans: the task answers the same questions, but needs hardly any memory and cannot run steps.
AcgUpscale *acg_upscale_prepare(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options);
int acg_upscale_width(const AcgUpscale *task); // of the output, in pixels
int acg_upscale_height(const AcgUpscale *task);
int acg_upscale_channels(const AcgUpscale *task);     // 3 or 4
int acg_upscale_frames(const AcgUpscale *task);       // of the output: equal frames in a row count once; a still has 1
int acg_upscale_frame(const AcgUpscale *task);        // the number, from 0, of the frame that the last step worked on
int acg_upscale_tile_side(const AcgUpscale *task);    // in input pixels
const char *acg_upscale_plan(const AcgUpscale *task); // the strategy: see upscale_plan in pipeline/upscale.h
double acg_upscale_total(const AcgUpscale *task);     // all work, in a unit of its own
double acg_upscale_done(const AcgUpscale *task);      // the work finished; the task is complete when done == total
double acg_upscale_memory(const AcgUpscale *task);    // the most bytes that the work takes, without picture and network
double acg_upscale_cost(const AcgUpscale *task);      // input pixels that run through the network: they decide the time
const AcgWork *acg_upscale_work(AcgUpscale *task);    // valid until the next call

// The bytes that the caller has to keep for the task, for example in a file; 0: none. If it is not 0, the caller
//     completes the transfers that acg_upscale_awaits names, calls acg_upscale_step, and begins the transfers of
//     acg_upscale_to_read and acg_upscale_to_write, which may go on during the next steps.
// Before acg_upscale_end all transfers must be complete or abandoned.
double acg_upscale_spilled(const AcgUpscale *task);

typedef struct AcgPart {
    double offset; // in the file
    uint8_t *bytes;
    size_t size; // 0: there is no transfer
} AcgPart;
const AcgPart *acg_upscale_to_read(AcgUpscale *task); // each is valid until the next call of either
const AcgPart *acg_upscale_to_write(AcgUpscale *task);
enum { ACG_AWAITS_READ = 1, ACG_AWAITS_WRITE = 2 };
int acg_upscale_awaits(const AcgUpscale *task); // the sum of ACG_AWAITS_*, also if no transfer is under way

// With `srgb`: the pixels that the caller has to convert in place before the next step; those of a still picture belong
// to `image` itself. To be called after acg_upscale_begin and after each step.
typedef struct AcgPixels {
    uint8_t *pixels;  // rows without gaps; NULL: none
    size_t n;         // pixels
    int32_t channels; // 3 or 4; the fourth is alpha
    int32_t bits;     // of a sample: 8 or 16
} AcgPixels;
const AcgPixels *acg_upscale_to_convert(AcgUpscale *task); // valid until the next call

// Does one step: at most one stage of one tile. To abort, call acg_upscale_end instead. STATUS_BAD_ARGUMENT: the task
// is complete, only planned or has failed before, or its output has not been taken; STATUS_NO_MEMORY. After a failure
// the only useful call is acg_upscale_end.
int acg_upscale_step(AcgUpscale *task);
// The tile that the last step finished, if any.
const AcgTile *acg_upscale_tile(const AcgUpscale *task);
// Makes the next bytes of the output, from the top down, which acg_upscale_output returns until the next call. To be
// called after each step until the size is 0.
int acg_upscale_next_output(AcgUpscale *task);
const uint8_t *acg_upscale_output(const AcgUpscale *task);
size_t acg_upscale_output_size(const AcgUpscale *task);
// Warnings about the output so far, one a line: a sentence, a tab and its facts as in acg_facts. "": none. Valid until
// the next call.
const char *acg_upscale_warnings(AcgUpscale *task);
void acg_upscale_end(AcgUpscale *task); // accepts an unfinished task, and NULL

#endif
