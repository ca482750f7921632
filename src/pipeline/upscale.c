// The tile loop. Tiles go row by row of the grid, through as many passes as the schedule has; in the last one, a
// finished row of tiles (a band) is encoded, and its memory used again.
#include "pipeline/upscale.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "image/alpha.h"
#include "image/encode.h"
#include "pipeline/kept_maps.h"
#include "pipeline/pixels.h"
#include "pipeline/schedule.h"
#include "pipeline/tile.h"
#include "pipeline/upscale_file.h"
#include "pipeline/upscale_plan.h"

struct Upscale {
    Cugan *cugan;
    const Image *image;
    UpscaleOptions options;
    CuganGeometry geometry;
    Arena arena;
    UpscalePlan plan;
    Schedule schedule;
    uint8_t *band;                   // [side * scale][width * scale][channels]: one row of tiles, of the picture's bits
    KeptMaps maps;                   // of SCHEDULE_KEEP
    CuganTile tile;                  // the one under way
    double sums[CUGAN_MAX_CHANNELS]; // over the tiles of this pass, of the barrier at its end
    float factors[CUGAN_N_BARRIERS][CUGAN_MAX_CHANNELS];
    Encode *file; // NULL: bare rows
    Bytes output;
    TileRect finished; // the tile that the last step finished; width 0: none
};

static size_t band_stride(const Upscale *task) { return (size_t)upscale_width(task) * image_pixel_bytes(task->image); }

static TileRect rect_of(const Upscale *task, int index) {
    return tile_rect(&task->plan.grid, index % task->plan.grid.columns, index / task->plan.grid.columns);
}

static Status check_options(const UpscaleOptions *options) {
    if (options->tile && (options->tile < UPSCALE_MIN_TILE || options->tile > UPSCALE_MAX_TILE)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a tile of %d to %d pixels but received %d.", UPSCALE_MIN_TILE,
                           UPSCALE_MAX_TILE, options->tile);
    }
    if (!(options->strength >= 0.5f && options->strength <= 1.5f)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a strength of 0.5 to 1.5 but received %g.",
                           (double)options->strength);
    }
    if (options->sync != UPSCALE_OFF && options->sync != UPSCALE_EXACT) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known way to share means but received %d.",
                           (int)options->sync);
    }
    if ((unsigned)options->format > UPSCALE_WEBP) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known output format but received %d.",
                           (int)options->format);
    }
    const bool has_quality = options->format == UPSCALE_JPEG || options->format == UPSCALE_WEBP;
    if (has_quality && (options->quality < 1 || options->quality > 100)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a quality of 1 to 100 but received %d.", options->quality);
    }
    return STATUS_OK;
}

static Status begin_file(Upscale *task) {
    const EncodePicture picture = upscale_file_picture(&task->options, task->image, task->geometry.scale);
    return encode_begin(&picture, &task->output, &task->file);
}

Status upscale_prepare(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out) {
    Status status = check_options(&options);
    if (status) return status;
    Upscale *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory to begin.");
    task->cugan = cugan;
    task->image = image;
    task->options = options;
    task->geometry = cugan_geometry(cugan);
    status = upscale_plan_make(cugan, image, &options, &task->plan);
    if (status) {
        upscale_end(task);
        return status;
    }
    task->schedule = schedule_begin(task->plan.schedule, task->plan.grid.columns * task->plan.grid.rows);
    *out = task;
    return STATUS_OK;
}

static Status take_memory(Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    Status status = arena_create(plan->scratch_bytes, &task->arena);
    if (!status && plan->schedule == SCHEDULE_KEEP)
        status = kept_maps_create(task->cugan, plan->grid, plan->format, &task->maps);
    if (status) return status;
    task->band = malloc(plan->band_bytes);
    if (!task->band)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a row of tiles: %zu MiB.", plan->band_bytes >> 20);
    return task->options.format == UPSCALE_PIXELS ? STATUS_OK : begin_file(task);
}

Status upscale_begin(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out) {
    Upscale *task;
    Status status = upscale_prepare(cugan, image, options, &task);
    if (status) return status;
    status = take_memory(task);
    if (status) {
        upscale_end(task);
        return status;
    }
    *out = task;
    return STATUS_OK;
}

void upscale_end(Upscale *task) {
    if (!task) return;
    encode_free(task->file);
    bytes_free(&task->output);
    free(task->band);
    kept_maps_free(&task->maps);
    arena_free(&task->arena);
    free(task);
}

int upscale_width(const Upscale *task) { return task->image->width * task->geometry.scale; }
int upscale_height(const Upscale *task) { return task->image->height * task->geometry.scale; }
int upscale_channels(const Upscale *task) { return task->image->channels; }
int upscale_tile_side(const Upscale *task) { return task->plan.grid.side; }
size_t upscale_memory(const Upscale *task) {
    return task->plan.scratch_bytes + task->plan.band_bytes + task->plan.kept_bytes;
}
const char *upscale_plan(const Upscale *task) { return task->plan.name; }
long upscale_total(const Upscale *task) { return task->schedule.total; }
long upscale_done(const Upscale *task) { return task->schedule.done; }
Bytes *upscale_output(Upscale *task) { return &task->output; }

double upscale_cost(const Upscale *task) {
    const TileGrid *grid = &task->plan.grid;
    const double halos = 2.0 * task->geometry.halo;
    double widths = 0, heights = 0;
    for (int i = 0; i < grid->columns; i++) widths += tile_rect(grid, i, 0).padded_width + halos;
    for (int i = 0; i < grid->rows; i++) heights += tile_rect(grid, 0, i).padded_height + halos;
    const double times = (double)task->schedule.total / (1000.0 * grid->columns * grid->rows);
    return widths * heights * times;
}

UpscaleWork upscale_work(const Upscale *task) {
    const Schedule *schedule = &task->schedule;
    const TileGrid *grid = &task->plan.grid;
    return (UpscaleWork){schedule->pass, schedule_n_passes(schedule), schedule->tile, grid->columns, grid->rows};
}

// ---- pixels out

static void store_output(const Upscale *task, TileRect rect) {
    const int scale = task->geometry.scale, channels = task->image->channels;
    const int x = rect.x * scale, y = rect.y * scale, width = rect.width * scale, height = rect.height * scale;
    uint8_t *to = task->band + (size_t)x * image_pixel_bytes(task->image);
    const PixelFormat format = {channels, task->image->bits};
    pixels_from_tensor(task->tile.output, cugan_levels(task->cugan), width, height, format, to, band_stride(task));
    if (channels == 4) alpha_enlarge(task->image, scale, x, y, width, height, to, band_stride(task));
}

static Status encode_band(Upscale *task, int n_rows, bool is_last) {
    const size_t stride = band_stride(task);
    if (task->options.format == UPSCALE_PIXELS) return bytes_append(&task->output, task->band, stride * (size_t)n_rows);
    Status status = encode_rows(task->file, task->band, stride, n_rows);
    if (!status && is_last) status = encode_finish(task->file);
    return status;
}

// ---- means and factors

static void set_factors(Upscale *task, int barrier, const double *sums, double n_samples) {
    float means[CUGAN_MAX_CHANNELS];
    for (int c = 0; c < cugan_barrier_channels(barrier); c++) means[c] = (float)(sums[c] / n_samples);
    cugan_factors(task->cugan, barrier, means, task->options.strength, task->factors[barrier]);
}

static void use_own_means(Upscale *task, int barrier) {
    double sums[CUGAN_MAX_CHANNELS];
    const Tensor body = task->tile.body;
    cugan_sums(&task->tile, body.h, body.w, sums);
    set_factors(task, barrier, sums, (double)body.h * body.w);
}

// Adds the tile's own part to the picture's sums; after the last tile, the picture's factors are known.
static void add_to_means(Upscale *task, TileRect rect, int barrier) {
    const TileGrid *grid = &task->plan.grid;
    const Schedule *schedule = &task->schedule;
    double sums[CUGAN_MAX_CHANNELS];
    const int rows = kept_maps_own(task->cugan, barrier, rect.y, rect.height, rect.padded_height, grid->height);
    const int columns = kept_maps_own(task->cugan, barrier, rect.x, rect.width, rect.padded_width, grid->width);
    cugan_sums(&task->tile, rows, columns, sums);
    if (schedule->tile == 0) memset(task->sums, 0, sizeof task->sums);
    for (int c = 0; c < cugan_barrier_channels(barrier); c++) task->sums[c] += sums[c];
    if (schedule->tile < schedule->n_tiles - 1) return;
    // This tile is the grid's last: the picture's map ends where its own does.
    const int h = cugan_map_offset(task->cugan, barrier, rect.y) + rows,
              w = cugan_map_offset(task->cugan, barrier, rect.x) + columns;
    set_factors(task, barrier, task->sums, (double)h * w);
}

// ---- the steps

static Status begin_tile(Upscale *task, TileRect rect, int stage) {
    size_t scratch;
    const int halo = task->geometry.halo;
    Status status = cugan_plan(task->cugan, rect.padded_height, rect.padded_width, &scratch);
    if (status) return status;
    task->tile = cugan_begin(task->cugan, &task->arena, stage);
    if (task->tile.input.data)
        pixels_to_tensor(task->image, cugan_levels(task->cugan), rect.x - halo, rect.y - halo, task->tile.input);
    if (stage > 0) kept_maps_load(&task->maps, rect, stage, task->factors[1], &task->tile);
    return STATUS_OK;
}

// After a stage that has a barrier behind it.
static Status pass_barrier(Upscale *task, TileRect rect, int stage) {
    if (task->schedule.kind == SCHEDULE_ALONE) {
        use_own_means(task, stage);
    } else if (stage == schedule_last_stage(&task->schedule)) {
        add_to_means(task, rect, stage);
        if (task->schedule.kind == SCHEDULE_KEEP) return kept_maps_save(&task->maps, rect, stage, &task->tile);
    }
    return STATUS_OK;
}

static Status finish_tile(Upscale *task, TileRect rect) {
    store_output(task, rect);
    task->finished = rect;
    if (rect.x + rect.width < task->plan.grid.width) return STATUS_OK;
    return encode_band(task, rect.height * task->geometry.scale, rect.y + rect.height == task->plan.grid.height);
}

Status upscale_step(Upscale *task) {
    Schedule *schedule = &task->schedule;
    task->finished.width = 0;
    if (schedule_is_done(schedule)) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (!task->band) return status_fail(STATUS_BAD_ARGUMENT, "The picture was only planned, not begun.");
    const int stage = schedule->stage;
    const TileRect rect = rect_of(task, schedule->tile);
    Status status = stage == schedule_first_stage(schedule) ? begin_tile(task, rect, stage) : STATUS_OK;
    if (status) return status;
    cugan_stage(task->cugan, &task->tile, stage, stage > 0 ? task->factors[stage - 1] : NULL);
    status = stage < CUGAN_N_BARRIERS ? pass_barrier(task, rect, stage) : finish_tile(task, rect);
    if (status) return status;
    const bool ends_row = rect.x + rect.width == task->plan.grid.width;
    if (schedule->kind == SCHEDULE_KEEP && ends_row)
        kept_maps_row_done(&task->maps, schedule->tile / task->plan.grid.columns, stage);
    schedule_next(schedule);
    return STATUS_OK;
}

UpscaleTile upscale_tile(const Upscale *task) {
    const TileRect rect = task->finished;
    if (!rect.width) return (UpscaleTile){0};
    const int scale = task->geometry.scale;
    const uint8_t *pixels = task->band + (size_t)(rect.x * scale) * image_pixel_bytes(task->image);
    return (UpscaleTile){.x = rect.x * scale,
                         .y = rect.y * scale,
                         .width = rect.width * scale,
                         .height = rect.height * scale,
                         .bits = task->image->bits,
                         .stride_bytes = band_stride(task),
                         .pixels = pixels};
}
