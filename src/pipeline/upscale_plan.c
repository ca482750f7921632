// The choice of tiles and schedule.
#include "pipeline/upscale_plan.h"

#include "core/checked.h"
#include "pipeline/kept_maps.h"

// What may be chosen unasked, the most welcome first: at 2x a tile of 256 takes 199 MiB, one of 96 33.
static const int auto_sides[] = {256, 192, 128, 96};
enum { N_AUTO_SIDES = sizeof auto_sides / sizeof auto_sides[0] };

static Status plan_memory(Cugan *cugan, const Image *image, UpscalePlan *plan) {
    const size_t scale = (size_t)cugan_geometry(cugan).scale;
    const TileRect first = tile_rect(&plan->grid, 0, 0); // no other is larger
    Status status = cugan_plan(cugan, first.padded_height, first.padded_width, &plan->scratch_bytes);
    if (status) return status;
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

static void choose_schedule(const Cugan *cugan, const UpscaleOptions *options, UpscalePlan *plan) {
    const size_t limit = options->memory ? options->memory : UPSCALE_DEFAULT_MEMORY,
                 used = plan->scratch_bytes + plan->band_bytes;
    const size_t left = limit > used ? limit - used : 0;
    const size_t as_float = kept_maps_bytes(cugan, &plan->grid, MAP_FLOAT),
                 as_short = kept_maps_bytes(cugan, &plan->grid, MAP_SHORT);
    if (plan->grid.columns * plan->grid.rows == 1 || !cugan_has_barriers(cugan)) {
        set_schedule(plan, "whole", SCHEDULE_ALONE, MAP_FLOAT, 0);
    } else if (options->sync == UPSCALE_OFF) {
        set_schedule(plan, "off", SCHEDULE_ALONE, MAP_FLOAT, 0);
    } else if (as_float <= left) {
        set_schedule(plan, "exact", SCHEDULE_KEEP, MAP_FLOAT, as_float);
    } else if (as_short <= left) {
        set_schedule(plan, "exact16", SCHEDULE_KEEP, MAP_SHORT, as_short);
    } else {
        set_schedule(plan, "again", SCHEDULE_AGAIN, MAP_FLOAT, 0);
    }
}

static Status try_side(Cugan *cugan, const Image *image, const UpscaleOptions *options, int side, UpscalePlan *plan) {
    plan->grid = tile_grid(image->width, image->height, side, cugan_geometry(cugan).multiple);
    Status status = plan_memory(cugan, image, plan);
    if (!status) choose_schedule(cugan, options, plan);
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
