// The choice of the tiles' side and of the strategy.
#include "pipeline/upscale_plan.h"

#include "core/checked.h"
#include "pipeline/output_band.h"

// The sides to choose from if none is given. At 2x a tile of 384 takes 427 MiB, one of 256 199, one of 96 33. 384 is
// only for spilled maps: there a tile also reads the maps around it, which are fewer with larger tiles.
static const int auto_sides[] = {384, 256, 192, 128, 96};
enum { N_AUTO_SIDES = sizeof auto_sides / sizeof auto_sides[0] };

// Where the means of tiles come from, and how maps are kept for them.
typedef struct Strategy {
    const char *name, *tta_name;
    MeansOf means;
    MapStorage storage;
    MapFormat format;
    bool is_only_cheap; // it is not taken if its patches are expensive
} Strategy;

static const Strategy alone = {"off", "off", MEANS_OF_TILE, MAPS_NOWHERE, MAP_FLOAT, false};
static const Strategy whole = {"whole", "whole", MEANS_OF_TILE, MAPS_NOWHERE, MAP_FLOAT, false};
static const Strategy cheap_patches = {"fast", "fast", MEANS_OF_PATCHES, MAPS_OF_PATCHES, MAP_FLOAT, true};
static const Strategy patches = {"fast", "fast", MEANS_OF_PATCHES, MAPS_OF_PATCHES, MAP_FLOAT, false};
static const Strategy floats = {"exact", "twice", MEANS_OF_PICTURE, MAPS_IN_MEMORY, MAP_FLOAT, false};
static const Strategy shorts = {"exact16", "twice16", MEANS_OF_PICTURE, MAPS_IN_MEMORY, MAP_SHORT, false};
static const Strategy spilled = {"exact-file", "twice-file", MEANS_OF_PICTURE, MAPS_IN_FILE, MAP_SHORT, false};
static const Strategy again = {"again", "again", MEANS_OF_PICTURE, MAPS_NOWHERE, MAP_FLOAT, false};

// A part of the order in which sides and strategies are tried: auto_sides [first, end), each with all strategies.
typedef struct Round {
    int first, end;
    const Strategy *strategies[4]; // ends with NULL
} Round;

enum { MAX_ROUNDS = 4 };

// Tiles of 96 pixels are not cheaper than a file, so they come after it: see docs/internals/benchmarks.md.
static const Round rounds[][MAX_ROUNDS] = {
    [UPSCALE_OFF] = {{1, 5, {&alone}}},
    [UPSCALE_EXACT] = {{1, 4, {&floats, &shorts}}, {0, 5, {&spilled}}, {1, 5, {&floats, &shorts}}, {1, 5, {&again}}},
    [UPSCALE_FAST] = {{1, 5, {&cheap_patches, &floats, &shorts}}, {1, 5, {&patches}}},
};

// The input of the planning.
typedef struct Planner {
    Upscaler *upscaler;
    const Image *image;
    const UpscaleOptions *options;
    int n_views;
} Planner;

// ---- sizes

// *most = the maximum of it and the network's scratch memory for tiles of height x width, in all views.
static Status plan_scratch(const Planner *planner, int height, int width, size_t *most) {
    const int sides[2][2] = {{height, width}, {width, height}};
    for (int i = 0; i < (height == width || planner->n_views == 1 ? 1 : 2); i++) {
        size_t scratch;
        Status status = upscaler_plan(planner->upscaler, sides[i][0], sides[i][1], &scratch);
        if (status) return status;
        if (scratch > *most) *most = scratch;
    }
    return STATUS_OK;
}

// Fills in what does not depend on the strategy.
static Status plan_side(const Planner *planner, int side, UpscalePlan *plan) {
    const UpscalerGeometry *geometry = &planner->upscaler->geometry;
    const Image *image = planner->image;
    *plan = (UpscalePlan){.grid = tile_grid(image->width, image->height, side, geometry->multiple)};
    const TileRect first = tile_at(&plan->grid, 0); // no other is larger
    const int scale = geometry->scale, h = first.padded_height * scale, w = first.padded_width * scale;
    Status status = plan_scratch(planner, first.padded_height, first.padded_width, &plan->scratch_bytes);
    plan->output_bytes = tensor_bytes((Tensor){NULL, h, w, 3});
    plan->average_bytes = planner->n_views > 1 ? plan->output_bytes : 0;
    if (!status && !output_band_bytes(image, scale, first.height, &plan->band_bytes))
        return status_fail(STATUS_UNSUPPORTED, "The picture is too wide for this build.");
    return status;
}

// The memory for maps: the maximum of the first view and the last, which is transposed.
static void plan_maps(const Planner *planner, UpscalePlan *plan) {
    for (int view = 0; view < planner->n_views; view += VIEW_N - 1) {
        const TileGrid *grid = &plan->schedule.passes[upscaler_n_barriers(planner->upscaler) * view].grid;
        const MapLayout layout = map_layout_make(&planner->upscaler->geometry, grid, plan->storage, plan->format);
        const size_t memory = map_layout_memory(&layout);
        const uint64_t in_file = map_layout_spilled(&layout);
        if (memory > plan->kept_bytes) plan->kept_bytes = memory;
        if (in_file > plan->spilled_bytes) plan->spilled_bytes = in_file;
    }
}

// ---- the strategy

static int patch_permille(const Planner *planner, const UpscalePlan *plan) {
    const double halos = 2.0 * planner->upscaler->geometry.halo;
    const double patch = plan->patches.side + halos, tile = plan->grid.side + halos;
    return (int)(1000 * patch * patch / (tile * tile)) + 1;
}

static Status plan_patches(const Planner *planner, UpscalePlan *plan) {
    plan->patches = patches_plan(planner->upscaler, &plan->grid);
    return plan_scratch(planner, plan->patches.side, plan->patches.side, &plan->scratch_bytes);
}

// Completes a plan that has a side. A picture of one tile, and a network without means, always get the strategy
// `whole`.
static Status plan_strategy(const Planner *planner, const Strategy *strategy, UpscalePlan *plan) {
    if (tile_count(&plan->grid) == 1 || !planner->upscaler->geometry.wants_means) strategy = &whole;
    const bool has_patches = strategy->means == MEANS_OF_PATCHES;
    Status status = has_patches ? plan_patches(planner, plan) : STATUS_OK;
    const ScheduleShape shape = {
        .geometry = &planner->upscaler->geometry,
        .means = strategy->means,
        .storage = strategy->storage,
        .grid = plan->grid,
        .n_views = planner->n_views,
        .patches = patches_grid(&plan->patches),
        .patch_permille = has_patches ? patch_permille(planner, plan) : 0,
    };
    plan->name = planner->n_views > 1 ? strategy->tta_name : strategy->name;
    plan->storage = strategy->storage;
    plan->format = strategy->format;
    plan->schedule = schedule_make(&shape);
    // A tile that reads its neighbours' maps may differ by rounding from another tile with the same input.
    plan->seeks_repeats = strategy->storage != MAPS_IN_MEMORY || !schedule_is_resumed(&shape);
    if (strategy->storage != MAPS_NOWHERE) plan_maps(planner, plan);
    return status;
}

// The bytes of the picture and of the work on it.
static size_t needed_bytes(const Planner *planner, const UpscalePlan *plan) {
    const size_t parts[] = {plan->scratch_bytes, plan->band_bytes, plan->average_bytes, plan->kept_bytes};
    size_t all = checked_mul_or_max(image_row_bytes(planner->image), (size_t)planner->image->height);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) all = checked_add_or_max(all, parts[i]);
    return all;
}

static bool fits(const Planner *planner, const UpscalePlan *plan) {
    const UpscaleOptions *options = planner->options;
    const size_t limit = options->memory ? options->memory : UPSCALE_DEFAULT_MEMORY;
    const size_t needed = needed_bytes(planner, plan);
    return needed <= limit && needed < SIZE_MAX && plan->spilled_bytes <= options->spill;
}

static Status refuse(const Planner *planner, const UpscalePlan *smallest) {
    const size_t mebibyte = (size_t)1 << 20, needed = needed_bytes(planner, smallest);
    return status_fail_for(REASON_MEMORY_LIMIT_TOO_LOW, STATUS_NO_MEMORY,
                           "The picture and the work on it take at least %zu MiB but memory is limited to %zu MiB.",
                           needed / mebibyte + (needed % mebibyte != 0), planner->options->memory / mebibyte);
}

// Takes the first plan that fits. If none does, a limit of the caller is an error, unless the caller has also chosen
// the tile. Otherwise it takes the smallest plan: the smallest spilled one if the file has room for it, else the last
// one tried.
static Status choose(const Planner *planner, const UpscalePlan *sides, int n_sides, UpscalePlan *out) {
    const UpscaleOptions *options = planner->options;
    for (const Round *round = rounds[options->sync]; round < rounds[options->sync] + MAX_ROUNDS; round++) {
        const int first = options->tile ? 0 : round->first, end = options->tile ? 1 : round->end;
        for (int side = first; side < end; side++) {
            for (const Strategy *const *strategy = round->strategies; *strategy; strategy++) {
                *out = sides[side];
                Status status = plan_strategy(planner, *strategy, out);
                const bool is_allowed = !(*strategy)->is_only_cheap || !out->patches.is_expensive;
                if (status || (is_allowed && fits(planner, out))) return status;
            }
        }
    }
    if (options->memory && !options->tile) return refuse(planner, out);
    if (options->sync != UPSCALE_EXACT || !options->spill) return STATUS_OK;
    const UpscalePlan smallest = *out;
    *out = sides[n_sides - 1];
    Status status = plan_strategy(planner, &spilled, out);
    if (out->spilled_bytes > options->spill) *out = smallest;
    return status;
}

Status upscale_plan_make(Upscaler *upscaler, const Image *image, const UpscaleOptions *options, UpscalePlan *out) {
    UpscalePlan sides[N_AUTO_SIDES];
    const Planner planner = {upscaler, image, options, options->tta ? VIEW_N : 1};
    const int n_sides = options->tile ? 1 : N_AUTO_SIDES, multiple = upscaler->geometry.multiple;
    for (int i = 0; i < n_sides; i++) {
        const int even = tile_even_side(image->width, image->height, auto_sides[i], multiple);
        Status status = plan_side(&planner, options->tile ? options->tile : even, &sides[i]);
        if (status) return status;
    }
    return choose(&planner, sides, n_sides, out);
}

// ---- geometry of a step

View upscale_plan_view(const UpscalePlan *plan, ScheduleStep step) { return view_of(&plan->grid, step.view); }

TileRect upscale_plan_rect(const UpscalePlan *plan, ScheduleStep step) {
    const Pass *pass = &plan->schedule.passes[step.pass];
    const View view = upscale_plan_view(plan, step);
    switch (pass->area) {
        case AREA_VIEW: return tile_at(&pass->grid, step.tile);
        case AREA_PATCHES: return view_rect(view, patches_rect(&plan->patches, &plan->grid, step.tile));
        default: return view_rect(view, tile_at(&pass->grid, step.tile));
    }
}
