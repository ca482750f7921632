// The choice of tiles and schedule.
#include "pipeline/upscale_plan.h"

#include "core/checked.h"
#include "pipeline/kept_maps.h"
#include "pipeline/output_band.h"
#include "pipeline/view.h"

// What may be chosen unasked: at 2x a tile of 384 takes 427 MiB, one of 256 199, one of 96 33. The first is for the
// file alone: there a tile fetches what lies around it too, and what larger tiles save pays for the fetching.
static const int auto_sides[] = {384, 256, 192, 128, 96};
enum { N_AUTO_SIDES = sizeof auto_sides / sizeof auto_sides[0] };

typedef enum Way { WAY_ALONE, WAY_CHEAP_PATCHES, WAY_PATCHES, WAY_FLOAT, WAY_SHORT, WAY_OUTSIDE, WAY_AGAIN } Way;

static const struct {
    const char *name, *tta_name;
    ScheduleKind schedule;
    MapFormat format;
    bool is_outside;
} ways[] = {
    [WAY_ALONE] = {"off", "off", SCHEDULE_ALONE, 0, false},
    [WAY_CHEAP_PATCHES] = {"fast", "fast", SCHEDULE_SAMPLE, 0, false},
    [WAY_PATCHES] = {"fast", "fast", SCHEDULE_SAMPLE, 0, false},
    [WAY_FLOAT] = {"exact", "twice", SCHEDULE_KEEP, MAP_FLOAT, false},
    [WAY_SHORT] = {"exact16", "twice16", SCHEDULE_KEEP, MAP_SHORT, false},
    [WAY_OUTSIDE] = {"exact-file", "twice-file", SCHEDULE_KEEP, MAP_SHORT, true},
    [WAY_AGAIN] = {"again", "again", SCHEDULE_AGAIN, 0, false},
};

// In what order sides and ways are tried: of auto_sides from `first` to before `end`, each with all the ways.
typedef struct Round {
    int first, end, n_ways;
    Way ways[3];
} Round;

enum { MAX_ROUNDS = 4 };

// Tiles of 96 pixels cost no less than a file does: see docs/internals/benchmarks.md.
static const Round rounds[][MAX_ROUNDS] = {
    [UPSCALE_OFF] = {{1, 5, 1, {WAY_ALONE}}},
    [UPSCALE_EXACT] = {{1, 4, 2, {WAY_FLOAT, WAY_SHORT}},
                       {0, 5, 1, {WAY_OUTSIDE}},
                       {1, 5, 2, {WAY_FLOAT, WAY_SHORT}},
                       {1, 5, 1, {WAY_AGAIN}}},
    [UPSCALE_FAST] = {{1, 5, 3, {WAY_CHEAP_PATCHES, WAY_FLOAT, WAY_SHORT}}, {1, 5, 1, {WAY_PATCHES}}},
};

// A network's scratch memory for tiles of height x width, either way round.
static Status plan_scratch(Cugan *cugan, int height, int width, size_t *most) {
    const int sides[2][2] = {{height, width}, {width, height}};
    for (int i = 0; i < (height == width ? 1 : 2); i++) {
        size_t scratch;
        Status status = cugan_plan(cugan, sides[i][0], sides[i][1], &scratch);
        if (status) return status;
        if (scratch > *most) *most = scratch;
    }
    return STATUS_OK;
}

static Status plan_side(Cugan *cugan, const Image *image, const UpscaleOptions *options, int side, UpscalePlan *plan) {
    *plan = (UpscalePlan){.grid = tile_grid(image->width, image->height, side, cugan_geometry(cugan).multiple)};
    const int scale = cugan_geometry(cugan).scale;
    const TileRect first = tile_rect(&plan->grid, 0, 0); // no other is larger
    Status status = STATUS_OK;
    if (options->tta) {
        status = plan_scratch(cugan, first.padded_height, first.padded_width, &plan->scratch_bytes);
    } else {
        status = cugan_plan(cugan, first.padded_height, first.padded_width, &plan->scratch_bytes);
    }
    if (status) return status;
    plan->output_bytes = tensor_bytes((Tensor){NULL, first.padded_height * scale, first.padded_width * scale, 3});
    plan->average_bytes = options->tta ? plan->output_bytes : 0;
    if (!output_band_bytes(image, scale, first.height, &plan->band_bytes))
        return status_fail(STATUS_UNSUPPORTED, "The picture is too wide for this build.");
    return STATUS_OK;
}

static void plan_kept(const UpscaleOptions *options, UpscalePlan *plan) {
    KeptPlan kept = plan->kept;
    plan->kept_bytes = kept_maps_bytes(&kept);
    plan->outside_bytes = kept_maps_outside_bytes(&kept);
    if (!options->tta) return;
    // the larger of the picture's and the turned picture's
    kept.grid = view_grid(view_of(&plan->grid, VIEW_N - 1), &plan->grid);
    const size_t bytes = kept_maps_bytes(&kept);
    const uint64_t outside = kept_maps_outside_bytes(&kept);
    if (bytes > plan->kept_bytes) plan->kept_bytes = bytes;
    if (outside > plan->outside_bytes) plan->outside_bytes = outside;
}

static Status set_way(Cugan *cugan, const UpscaleOptions *options, Way way, UpscalePlan *plan) {
    const bool has_one_mean = plan->grid.columns * plan->grid.rows == 1 || !cugan_has_barriers(cugan);
    if (has_one_mean) way = WAY_ALONE;
    plan->name = has_one_mean ? "whole" : options->tta ? ways[way].tta_name : ways[way].name;
    plan->schedule = ways[way].schedule;
    if (plan->schedule == SCHEDULE_KEEP) {
        plan->kept = (KeptPlan){cugan, plan->grid, ways[way].format, ways[way].is_outside};
        plan_kept(options, plan);
        if (options->tta) plan->schedule = SCHEDULE_TWICE;
    } else if (plan->schedule == SCHEDULE_SAMPLE) {
        plan->patches = patches_plan(cugan, &plan->grid);
        plan->kept_bytes = patches_bytes(&plan->patches);
        return plan_scratch(cugan, plan->patches.side, plan->patches.side, &plan->scratch_bytes);
    }
    return STATUS_OK;
}

static bool fits(const UpscalePlan *plan, const Image *image, const UpscaleOptions *options) {
    const size_t limit = options->memory ? options->memory : UPSCALE_DEFAULT_MEMORY;
    const size_t parts[] = {plan->scratch_bytes, plan->band_bytes, plan->average_bytes, plan->kept_bytes};
    size_t all = checked_mul_or_max(image_row_bytes(image), (size_t)image->height);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) all = checked_add_or_max(all, parts[i]);
    return all <= limit && all < SIZE_MAX && plan->outside_bytes <= options->outside;
}

static bool is_welcome(const UpscalePlan *plan, Way way) {
    return way != WAY_CHEAP_PATCHES || plan->schedule != SCHEDULE_SAMPLE || !plan->patches.is_dear;
}

// The first that fits; the last of all if none does, which is the smallest.
static Status choose(Cugan *cugan, const Image *image, const UpscaleOptions *options, const UpscalePlan *sides,
                     int n_sides, UpscalePlan *out) {
    const Round *round = rounds[options->sync];
    for (int i = 0; i < MAX_ROUNDS; i++) {
        const int first = options->tile ? 0 : round[i].first, end = options->tile ? 1 : round[i].end;
        for (int side = first; side < end; side++) {
            for (int way = 0; way < round[i].n_ways; way++) {
                *out = sides[side];
                Status status = set_way(cugan, options, round[i].ways[way], out);
                if (status || (fits(out, image, options) && is_welcome(out, round[i].ways[way]))) return status;
            }
        }
    }
    if (options->sync != UPSCALE_EXACT || !options->outside) return STATUS_OK;
    const UpscalePlan again = *out;
    *out = sides[n_sides - 1];
    Status status = set_way(cugan, options, WAY_OUTSIDE, out);
    if (out->outside_bytes > options->outside) *out = again;
    return status;
}

Status upscale_plan_make(Cugan *cugan, const Image *image, const UpscaleOptions *options, UpscalePlan *out) {
    if (image->width < 1 || image->height < 1) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture of at least 1 x 1 pixels but received %d x %d.",
                           image->width, image->height);
    }
    UpscalePlan sides[N_AUTO_SIDES];
    const int n_sides = options->tile ? 1 : N_AUTO_SIDES, multiple = cugan_geometry(cugan).multiple;
    for (int i = 0; i < n_sides; i++) {
        const int even = tile_even_side(image->width, image->height, auto_sides[i], multiple);
        Status status = plan_side(cugan, image, options, options->tile ? options->tile : even, &sides[i]);
        if (status) return status;
    }
    return choose(cugan, image, options, sides, n_sides, out);
}
