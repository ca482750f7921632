// The tile loop. Tiles go row by row of the grid; a finished row of tiles (a band) is encoded, and its memory used again.
#include "pipeline/upscale.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/checked.h"
#include "image/alpha.h"
#include "image/encode_png.h"
#include "pipeline/pixels.h"
#include "pipeline/tile.h"

enum {
    AUTO_TILE = 256, // the largest side that is chosen unasked: its scratch memory is 0.2 to 0.5 GiB
    PNG_LEVEL = 3,
};

struct Upscale {
    Cugan *cugan;
    const Image *image;
    UpscaleOptions options;
    CuganGeometry geometry;
    TileGrid grid;
    Arena arena;
    uint8_t *band; // [side * scale][width * scale][channels]: one row of tiles
    size_t band_bytes;
    CuganTile tile; // the one under way
    float factors[CUGAN_MAX_CHANNELS];
    EncodePng *png;
    Bytes output;
    int done;
    bool tile_finished; // by the last step
};

static size_t band_stride(const Upscale *task) { return (size_t)upscale_width(task) * (size_t)task->image->channels; }

static int tile_index(int step) { return step / CUGAN_N_STAGES; }

static TileRect rect_of(const Upscale *task, int index) {
    return tile_rect(&task->grid, index % task->grid.columns, index / task->grid.columns);
}

// The most scratch memory that any tile needs: the first is the largest of all.
static Status plan_memory(Upscale *task, size_t *scratch) {
    const TileRect first = rect_of(task, 0);
    Status status = cugan_plan(task->cugan, first.padded_height, first.padded_width, scratch);
    if (status) return status;
    if (!checked_mul(band_stride(task), (size_t)first.height * (size_t)task->geometry.scale, &task->band_bytes)) {
        return status_fail(STATUS_UNSUPPORTED, "The picture is too wide for this build.");
    }
    return STATUS_OK;
}

static Status check_options(const UpscaleOptions *options) {
    if (options->tile && (options->tile < UPSCALE_MIN_TILE || options->tile > UPSCALE_MAX_TILE)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a tile of %d to %d pixels but received %d.", UPSCALE_MIN_TILE,
                           UPSCALE_MAX_TILE, options->tile);
    }
    if (!(options->strength >= 0.5f && options->strength <= 1.5f)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a strength of 0.5 to 1.5 but received %g.", (double)options->strength);
    }
    if (options->format != UPSCALE_PIXELS && options->format != UPSCALE_PNG) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known output format but received %d.", (int)options->format);
    }
    return STATUS_OK;
}

Status upscale_begin(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out) {
    Status status = check_options(&options);
    if (status) return status;
    Upscale *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory to begin.");
    task->cugan = cugan;
    task->image = image;
    task->options = options;
    task->geometry = cugan_geometry(cugan);
    const int multiple = task->geometry.multiple;
    const int side = options.tile ? options.tile : tile_even_side(image->width, image->height, AUTO_TILE, multiple);
    task->grid = tile_grid(image->width, image->height, side, multiple);
    size_t scratch;
    status = plan_memory(task, &scratch);
    if (!status) status = arena_create(scratch, &task->arena);
    if (status) goto fail;
    task->band = malloc(task->band_bytes);
    if (!task->band) {
        status = status_fail(STATUS_NO_MEMORY, "Not enough memory for a row of tiles: %zu MiB.", task->band_bytes >> 20);
        goto fail;
    }
    if (options.format == UPSCALE_PNG) {
        status = encode_png_begin(upscale_width(task), upscale_height(task), image->channels, PNG_LEVEL, &task->output, &task->png);
        if (status) goto fail;
    }
    *out = task;
    return STATUS_OK;
fail:
    upscale_end(task);
    return status;
}

void upscale_end(Upscale *task) {
    if (!task) return;
    encode_png_free(task->png);
    bytes_free(&task->output);
    free(task->band);
    arena_free(&task->arena);
    free(task);
}

int upscale_width(const Upscale *task) { return task->image->width * task->geometry.scale; }
int upscale_height(const Upscale *task) { return task->image->height * task->geometry.scale; }
int upscale_channels(const Upscale *task) { return task->image->channels; }
int upscale_tile_side(const Upscale *task) { return task->grid.side; }
size_t upscale_memory(const Upscale *task) { return task->arena.capacity + task->band_bytes; }
int upscale_total(const Upscale *task) { return task->grid.columns * task->grid.rows * CUGAN_N_STAGES; }
int upscale_done(const Upscale *task) { return task->done; }
Bytes *upscale_output(Upscale *task) { return &task->output; }

static void store_output(const Upscale *task, TileRect rect) {
    const int scale = task->geometry.scale, channels = task->image->channels;
    const int x = rect.x * scale, y = rect.y * scale, width = rect.width * scale, height = rect.height * scale;
    uint8_t *to = task->band + (size_t)x * (size_t)channels;
    pixels_from_tensor(task->tile.output, width, height, channels, to, band_stride(task));
    if (channels == 4) alpha_enlarge(task->image, scale, x, y, width, height, to, band_stride(task));
}

static Status encode_band(Upscale *task, int n_rows) {
    const size_t stride = band_stride(task);
    if (task->options.format == UPSCALE_PIXELS) return bytes_append(&task->output, task->band, stride * (size_t)n_rows);
    Status status = encode_png_rows(task->png, task->band, stride, n_rows);
    if (!status && task->done == upscale_total(task)) status = encode_png_finish(task->png);
    return status;
}

// ---- the steps

// Each tile sees the means of its own maps.
static void own_factors(Upscale *task, int barrier) {
    double sums[CUGAN_MAX_CHANNELS];
    float means[CUGAN_MAX_CHANNELS];
    const Tensor body = task->tile.body;
    cugan_sums(&task->tile, body.h, body.w, sums);
    for (int c = 0; c < body.c; c++) means[c] = (float)(sums[c] / ((double)body.h * body.w));
    cugan_factors(task->cugan, barrier, means, task->options.strength, task->factors);
}

Status upscale_step(Upscale *task) {
    task->tile_finished = false;
    if (task->done == upscale_total(task)) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    const int stage = task->done % CUGAN_N_STAGES;
    const TileRect rect = rect_of(task, tile_index(task->done));
    if (stage == 0) {
        size_t scratch;
        Status status = cugan_plan(task->cugan, rect.padded_height, rect.padded_width, &scratch);
        if (status) return status;
        task->tile = cugan_begin(task->cugan, &task->arena, rect.padded_height, rect.padded_width);
        const int halo = task->geometry.halo;
        pixels_to_tensor(task->image, rect.x - halo, rect.y - halo, task->tile.input);
    }
    cugan_stage(task->cugan, &task->tile, stage, task->factors);
    if (stage < CUGAN_N_BARRIERS) {
        own_factors(task, stage);
        task->done++;
        return STATUS_OK;
    }
    store_output(task, rect);
    task->done++;
    task->tile_finished = true;
    const bool band_finished = rect.x + rect.width == task->grid.width;
    return band_finished ? encode_band(task, rect.height * task->geometry.scale) : STATUS_OK;
}

UpscaleTile upscale_tile(const Upscale *task) {
    if (!task->tile_finished) return (UpscaleTile){0};
    const TileRect rect = rect_of(task, tile_index(task->done - 1));
    const int scale = task->geometry.scale;
    const uint8_t *pixels = task->band + (size_t)(rect.x * scale) * (size_t)task->image->channels;
    return (UpscaleTile){rect.x * scale, rect.y * scale, rect.width * scale, rect.height * scale, band_stride(task), pixels};
}
