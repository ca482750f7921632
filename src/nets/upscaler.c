// Planning, and the run of a tile through the stages.
#include "nets/upscaler.h"

#include "ops/elementwise.h"
#include "ops/squeeze.h"

// ---- for the networks

Tensor upscaler_take(const UpscalerRun *run, int h, int w, int c) {
    Tensor t = {NULL, h, w, c};
    t.data = arena_take(run->arena, tensor_bytes(t));
    return t;
}

void upscaler_give(const UpscalerRun *run, Tensor t) { arena_give(run->arena, t.data); }

void upscaler_tap(const UpscalerRun *run, const char *name, Tensor t) {
    const TensorTap *tap = &run->upscaler->tap;
    if (tap->call && !upscaler_is_planning(run)) tap->call(tap->context, name, t);
}

static Tensor run_conv(UpscalerRun *run, UpscalerLayer *layer, Tensor in) {
    const ConvSpec spec = conv_spec(layer->conv);
    Tensor out = upscaler_take(run, conv_out_side(spec, in.h), conv_out_side(spec, in.w), spec.out_c);
    if (upscaler_is_planning(run) && !run->status)
        run->status = conv_plan(layer->conv, in.h, in.w, &layer->scratch_bytes);
    void *scratch = layer->scratch_bytes ? arena_take(run->arena, layer->scratch_bytes) : NULL;
    if (!upscaler_is_planning(run)) conv_run(layer->conv, in, (ConvEnd){.slope = layer->slope}, out, scratch);
    if (scratch) arena_give(run->arena, scratch);
    return out;
}

static Tensor run_deconv(UpscalerRun *run, const UpscalerLayer *layer, Tensor in, DeconvEnd end) {
    const DeconvSpec spec = deconv_spec(layer->deconv);
    Tensor out = upscaler_take(run, deconv_out_side(spec, in.h), deconv_out_side(spec, in.w), spec.out_c);
    if (!upscaler_is_planning(run)) {
        deconv_run(layer->deconv, in, end, out);
    } else if (!run->status) {
        run->status = deconv_plan(layer->deconv, in.h, in.w);
    }
    return out;
}

Tensor upscaler_layer(UpscalerRun *run, UpscalerLayer *layer, Tensor in) {
    const Tensor out = layer->conv ? run_conv(run, layer, in) : run_deconv(run, layer, in, (DeconvEnd){0});
    upscaler_tap(run, layer->name, out);
    return out;
}

Tensor upscaler_layer_then_give(UpscalerRun *run, UpscalerLayer *layer, Tensor in) {
    const Tensor out = upscaler_layer(run, layer, in);
    upscaler_give(run, in);
    return out;
}

Tensor upscaler_layer_add_then_give(UpscalerRun *run, UpscalerLayer *layer, Tensor in, Tensor skip, int crop) {
    const bool is_tapped = run->upscaler->tap.call; // a tap sees the map before the sum
    const Tensor out = run_deconv(run, layer, in, is_tapped ? (DeconvEnd){0} : (DeconvEnd){skip, crop});
    upscaler_tap(run, layer->name, out);
    if (is_tapped && !upscaler_is_planning(run)) elementwise_add_cropped(out, skip, crop);
    upscaler_give(run, in);
    upscaler_give(run, skip);
    return out;
}

void upscaler_add_then_give(UpscalerRun *run, Tensor to, Tensor from, int crop) {
    if (!upscaler_is_planning(run)) elementwise_add_cropped(to, from, crop);
    upscaler_give(run, from);
}

// ---- means and gates

static double *take_row_sums(const NetworkTile *tile) {
    const size_t row_bytes = (size_t)tile->body.c * sizeof(double);
    return arena_take(tile->arena, checked_mul_or_max((size_t)tile->body.h, row_bytes));
}

static void give_row_sums(const NetworkTile *tile, const double *rows) { arena_give(tile->arena, rows); }

void upscaler_sums(NetworkTile *tile, int n_rows, int n_columns, double *sums) {
    double *rows = take_row_sums(tile);
    squeeze_sums(tile->body, n_rows, n_columns, rows, sums);
    give_row_sums(tile, rows);
}

void upscaler_gates(const Upscaler *upscaler, int barrier, const float *means, float strength, float *gates) {
    const int channels = upscaler->geometry.bodies[barrier].channels;
    const bool is_last = barrier == upscaler_n_barriers(upscaler) - 1;
    if (upscaler->geometry.wants_means) {
        upscaler->gates(upscaler, barrier, means, gates);
    } else {
        for (int c = 0; c < channels; c++) gates[c] = 1;
    }
    for (int c = 0; c < channels && is_last; c++) gates[c] *= strength;
}

void upscaler_apply_gates(Tensor t, const float *gates) { elementwise_scale_channels(t, gates); }

// ---- a tile

static Tensor take_given(Arena *arena, Tensor t, int given, int what) {
    if (!(given & what) || t.h <= 0) return (Tensor){0};
    t.data = arena_take(arena, tensor_bytes(t));
    return t;
}

NetworkTile upscaler_begin(const Upscaler *upscaler, Arena *arena, int stage) {
    const NetworkTile *before = &upscaler->before[stage];
    const int given = upscaler->geometry.stages[stage].given;
    NetworkTile tile = {.arena = arena};
    arena_reset(arena);
    tile.input = take_given(arena, before->input, given, UPSCALER_INPUT);
    tile.body = take_given(arena, before->body, given, UPSCALER_BODY);
    tile.skip = take_given(arena, before->skip, given, UPSCALER_SKIP);
    tile.residual = take_given(arena, before->residual, given, UPSCALER_RESIDUAL);
    return tile;
}

void upscaler_stage(Upscaler *upscaler, NetworkTile *tile, int stage, const float *gates) {
    UpscalerRun run = {upscaler, tile->arena, STATUS_OK};
    const UpscalerGeometry *geometry = &upscaler->geometry;
    // Without means all gates are 1, except the last ones, which contain the strength.
    if (stage > 0 && (geometry->wants_means || stage == geometry->n_stages - 1))
        upscaler_apply_gates(tile->body, gates);
    upscaler->stage(&run, tile, stage);
}

// ---- planning

// Runs stages [begin, end) on a measuring arena.
static Status plan_stages(Upscaler *upscaler, int begin, int end, size_t *peak) {
    Arena arena = arena_measure();
    NetworkTile tile = upscaler_begin(upscaler, &arena, begin);
    UpscalerRun run = {upscaler, &arena, STATUS_OK};
    for (int stage = begin; stage < end; stage++) {
        if (begin == 0) upscaler->before[stage] = tile;
        upscaler->stage(&run, &tile, stage);
        if (stage < upscaler_n_barriers(upscaler)) give_row_sums(&tile, take_row_sums(&tile));
    }
    if (arena.peak > *peak) *peak = arena.peak;
    return run.status;
}

static Status check_peak(size_t peak, int tile_h, int tile_w) {
    if (peak <= ARENA_MAX_BYTES) return STATUS_OK;
    return status_fail_for(
        REASON_TILE_TOO_LARGE, STATUS_NO_MEMORY,
        "A tile of %d x %d pixels needs more memory than a 32-bit program can have. Choose a smaller tile.", tile_w,
        tile_h);
}

Status upscaler_plan(Upscaler *upscaler, int tile_h, int tile_w, size_t *scratch_bytes) {
    if (upscaler->planned_h != tile_h || upscaler->planned_w != tile_w) {
        const int halo = upscaler->geometry.halo, n_stages = upscaler->geometry.n_stages;
        size_t peak = 0;
        upscaler->planned_h = upscaler->planned_w = 0;
        upscaler->before[0] = (NetworkTile){.input = {NULL, tile_h + 2 * halo, tile_w + 2 * halo, 3}};
        Status status = plan_stages(upscaler, 0, n_stages, &peak);
        // A tile may also begin at a later stage, which then computes again what is not handed over.
        for (int stage = 1; stage < n_stages && !status; stage++)
            status = plan_stages(upscaler, stage, stage + 1, &peak);
        if (!status) status = check_peak(peak, tile_h, tile_w);
        if (status) return status;
        upscaler->planned_h = tile_h;
        upscaler->planned_w = tile_w;
        upscaler->planned_bytes = peak;
    }
    *scratch_bytes = upscaler->planned_bytes;
    return STATUS_OK;
}
