// The choice of tiles and schedule.
#include "pipeline/upscale_plan.h"

#include "core/checked.h"
#include "pipeline/kept_maps.h"
#include "pipeline/view.h"

// What may be chosen unasked, the most welcome first: at 2x a tile of 256 takes 199 MiB, one of 96 33.
static const int auto_sides[] = {256, 192, 128, 96};
enum { N_AUTO_SIDES = sizeof auto_sides / sizeof auto_sides[0] };

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

static Status plan_memory(Cugan *cugan, const Image *image, const UpscaleOptions *options, UpscalePlan *plan) {
    const size_t scale = (size_t)cugan_geometry(cugan).scale;
    const TileRect first = tile_rect(&plan->grid, 0, 0); // no other is larger
    Status status = STATUS_OK;
    plan->scratch_bytes = 0;
    if (options->tta) {
        status = plan_scratch(cugan, first.padded_height, first.padded_width, &plan->scratch_bytes);
    } else {
        status = cugan_plan(cugan, first.padded_height, first.padded_width, &plan->scratch_bytes);
    }
    if (status) return status;
    const size_t pixels = (size_t)first.padded_height * scale * (size_t)first.padded_width * scale;
    plan->average_bytes = options->tta ? pixels * 3 * sizeof(float) : 0;
    size_t stride;
    if (!checked_mul(image_row_bytes(image), scale, &stride) ||
        !checked_mul(stride, (size_t)first.height * scale, &plan->band_bytes)) {
        return status_fail(STATUS_UNSUPPORTED, "The picture is too wide for this build.");
    }
    return STATUS_OK;
}

static void set_schedule(UpscalePlan *plan, const char *name, ScheduleKind schedule, MapFormat format,
                         size_t kept_bytes) {
    plan->name = name;
    plan->schedule = schedule;
    plan->format = format;
    plan->kept_bytes = kept_bytes;
}

static Status plan_patches(Cugan *cugan, UpscalePlan *plan) {
    set_schedule(plan, "fast", SCHEDULE_SAMPLE, MAP_FLOAT, patches_bytes(&plan->patches));
    return plan_scratch(cugan, plan->patches.side, plan->patches.side, &plan->scratch_bytes);
}

// The larger of a picture's and, if views are turned, the turned picture's.
static size_t kept_bytes(const Cugan *cugan, const UpscaleOptions *options, const TileGrid *grid, MapFormat format) {
    const size_t upright = kept_maps_bytes(cugan, grid, format);
    if (!options->tta) return upright;
    const TileGrid turned_grid = view_grid(view_of(grid, VIEW_N - 1), grid);
    const size_t turned = kept_maps_bytes(cugan, &turned_grid, format);
    return turned > upright ? turned : upright;
}

static Status choose_schedule(Cugan *cugan, const UpscaleOptions *options, UpscalePlan *plan) {
    const size_t limit = options->memory ? options->memory : UPSCALE_DEFAULT_MEMORY,
                 used = plan->scratch_bytes + plan->band_bytes + plan->average_bytes;
    const size_t left = limit > used ? limit - used : 0;
    if (plan->grid.columns * plan->grid.rows == 1 || !cugan_has_barriers(cugan)) {
        set_schedule(plan, "whole", SCHEDULE_ALONE, MAP_FLOAT, 0);
        return STATUS_OK;
    }
    if (options->sync == UPSCALE_OFF) {
        set_schedule(plan, "off", SCHEDULE_ALONE, MAP_FLOAT, 0);
        return STATUS_OK;
    }
    const bool fast = options->sync == UPSCALE_FAST;
    if (fast) plan->patches = patches_plan(cugan, &plan->grid);
    if (fast && !plan->patches.is_dear) return plan_patches(cugan, plan);
    const size_t as_float = kept_bytes(cugan, options, &plan->grid, MAP_FLOAT),
                 as_short = kept_bytes(cugan, options, &plan->grid, MAP_SHORT);
    const ScheduleKind keep = options->tta ? SCHEDULE_TWICE : SCHEDULE_KEEP;
    if (as_float <= left) {
        set_schedule(plan, options->tta ? "twice" : "exact", keep, MAP_FLOAT, as_float);
    } else if (as_short <= left) {
        set_schedule(plan, options->tta ? "twice16" : "exact16", keep, MAP_SHORT, as_short);
    } else if (fast) {
        return plan_patches(cugan, plan);
    } else {
        set_schedule(plan, "again", SCHEDULE_AGAIN, MAP_FLOAT, 0);
    }
    return STATUS_OK;
}

static Status try_side(Cugan *cugan, const Image *image, const UpscaleOptions *options, int side, UpscalePlan *plan) {
    plan->grid = tile_grid(image->width, image->height, side, cugan_geometry(cugan).multiple);
    Status status = plan_memory(cugan, image, options, plan);
    if (!status) status = choose_schedule(cugan, options, plan);
    return status;
}

Status upscale_plan_make(Cugan *cugan, const Image *image, const UpscaleOptions *options, UpscalePlan *out) {
    if (options->tile) return try_side(cugan, image, options, options->tile, out);
    for (int i = 0; i <= N_AUTO_SIDES; i++) {
        // If no side lets the maps be kept, the first is the best for computing again.
        const int most = auto_sides[i < N_AUTO_SIDES ? i : 0];
        const int side = tile_even_side(image->width, image->height, most, cugan_geometry(cugan).multiple);
        Status status = try_side(cugan, image, options, side, out);
        if (status || out->schedule != SCHEDULE_AGAIN) return status;
    }
    return STATUS_OK;
}
