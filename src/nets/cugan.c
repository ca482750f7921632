// Real-CUGAN, 2x, 3x and 4x from one file: they differ in the first U-Net's last layer and in what follows the second.
#include "nets/cugan.h"

#include <stdlib.h>

#include "nets/cugan_layers.h"
#include "ops/elementwise.h"
#include "ops/squeeze.h"

static const CuganLayerId reduce_layers[CUGAN_N_BARRIERS] = {U1_SE_REDUCE, U2_SE2_REDUCE, U2_SE3_REDUCE, U2_SE4_REDUCE};

struct Cugan {
    CuganGeometry geometry;
    CuganLevels levels;
    bool has_se;
    CuganLayer layers[CUGAN_N_LAYERS];
    int planned_h, planned_w;
    size_t planned_bytes;
    CuganTile before[CUGAN_N_STAGES]; // the shapes of what stands before each stage of the planned size
    void (*tap)(void *context, const char *name, Tensor t);
    void *tap_context;
};

Status cugan_create(const NcnnModel *model, Cugan **out) {
    Cugan *cugan = calloc(1, sizeof *cugan);
    if (!cugan) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.");
    cugan->levels = (CuganLevels){0, 1};
    const Status status = cugan_layers_load(model, &cugan->geometry, &cugan->has_se, cugan->layers);
    if (status) {
        cugan_free(cugan);
        return status;
    }
    *out = cugan;
    return STATUS_OK;
}

void cugan_free(Cugan *cugan) {
    if (!cugan) return;
    cugan_layers_free(cugan->layers);
    free(cugan);
}

CuganGeometry cugan_geometry(const Cugan *cugan) { return cugan->geometry; }

void cugan_set_levels(Cugan *cugan, CuganLevels levels) { cugan->levels = levels; }

CuganLevels cugan_levels(const Cugan *cugan) { return cugan->levels; }

void cugan_set_tap(Cugan *cugan, void (*tap)(void *context, const char *name, Tensor t), void *context) {
    cugan->tap = tap;
    cugan->tap_context = context;
}

// ---- running. The same code plans: on a measuring arena it prepares each layer for its size instead of running it.

typedef struct Run {
    Cugan *cugan;
    Arena *arena;
    Status status; // of planning
} Run;

static bool is_planning(const Run *run) { return arena_is_measuring(run->arena); }

static Tensor take(const Run *run, int h, int w, int c) {
    Tensor t = {NULL, h, w, c};
    t.data = arena_take(run->arena, tensor_bytes(t));
    return t;
}

static void give(const Run *run, Tensor t) { arena_give(run->arena, t.data); }

static void tap(const Run *run, const char *name, Tensor t) {
    if (run->cugan->tap && !is_planning(run)) run->cugan->tap(run->cugan->tap_context, name, t);
}

static Tensor conv(Run *run, CuganLayerId id, Tensor in) {
    CuganLayer *layer = &run->cugan->layers[id];
    const ConvSpec spec = conv_spec(layer->conv);
    Tensor out = take(run, conv_out_side(spec, in.h), conv_out_side(spec, in.w), spec.out_c);
    if (is_planning(run) && !run->status) run->status = conv_plan(layer->conv, in.h, in.w, &layer->scratch_bytes);
    void *scratch = layer->scratch_bytes ? arena_take(run->arena, layer->scratch_bytes) : NULL;
    if (!is_planning(run)) conv_run(layer->conv, in, (ConvEnd){.slope = layer->slope}, out, scratch);
    if (scratch) arena_give(run->arena, scratch);
    tap(run, layer->spec.name, out);
    return out;
}

static Tensor deconv(Run *run, CuganLayerId id, Tensor in) {
    const CuganLayer *layer = &run->cugan->layers[id];
    const DeconvSpec spec = deconv_spec(layer->deconv);
    Tensor out = take(run, deconv_out_side(spec, in.h), deconv_out_side(spec, in.w), spec.out_c);
    if (!is_planning(run)) {
        deconv_run(layer->deconv, in, out);
    } else if (!run->status) {
        run->status = deconv_plan(layer->deconv, in.h, in.w);
    }
    tap(run, layer->spec.name, out);
    return out;
}

// The layer's output, with its input given back.
static Tensor conv_then_give(Run *run, CuganLayerId id, Tensor in) {
    Tensor out = conv(run, id, in);
    give(run, in);
    return out;
}

static Tensor deconv_then_give(Run *run, CuganLayerId id, Tensor in) {
    Tensor out = deconv(run, id, in);
    give(run, in);
    return out;
}

static void add_cropped_then_give(Run *run, Tensor to, Tensor from, int crop) {
    if (!is_planning(run)) elementwise_add_cropped(to, from, crop);
    give(run, from);
}

// ---- the network. N is the tile's side without its halo, r the first U-Net's scale (2, 3 or 2); sizes are those of
// 2x.

static Tensor first_skip(Run *run, const CuganTile *tile) {
    return conv_then_give(run, U1_CONV1_2, conv(run, U1_CONV1_0, tile->input));
}

static Tensor outer_skip(Run *run, const CuganTile *tile) {
    return conv_then_give(run, U2_CONV1_2, conv(run, U2_CONV1_0, tile->residual));
}

// in [N+36]² x 3 -> skip [N+32]² x 64, body [N/2+12]² x 64
static void stage_0(Run *run, CuganTile *tile) {
    tile->skip = first_skip(run, tile);
    Tensor down = conv(run, U1_CONV1_DOWN, tile->skip);
    tile->body = conv_then_give(run, U1_CONV2_2, conv_then_give(run, U1_CONV2_0, down));
}

// -> residual [2N+40]² x mid, outer [2N+36]² x 64, body [N+14]² x 128
static void stage_1(Run *run, CuganTile *tile) {
    if (!tile->skip.data) tile->skip = first_skip(run, tile);
    Tensor up = deconv_then_give(run, U1_CONV2_UP, tile->body);
    add_cropped_then_give(run, up, tile->skip, 4);
    tile->residual = deconv_then_give(run, U1_BOTTOM, conv_then_give(run, U1_CONV3, up));
    tile->outer = outer_skip(run, tile);
    Tensor down = conv(run, U2_CONV1_DOWN, tile->outer);
    tile->body = conv_then_give(run, U2_CONV2_2, conv_then_give(run, U2_CONV2_0, down));
}

// -> skip [N+14]² x 128, body [N/2+3]² x 128
static void stage_2(Run *run, CuganTile *tile) {
    tile->skip = tile->body;
    Tensor down = conv(run, U2_CONV2_DOWN, tile->skip);
    tile->body = conv_then_give(run, U2_CONV3_2, conv_then_give(run, U2_CONV3_0, down));
}

// -> body [N+2]² x 64
static void stage_3(Run *run, CuganTile *tile) {
    Tensor up = deconv_then_give(run, U2_CONV3_UP, tile->body);
    add_cropped_then_give(run, up, tile->skip, 4);
    tile->body = conv_then_give(run, U2_CONV4_2, conv_then_give(run, U2_CONV4_0, up));
}

// -> output [2N]² x 3
static void stage_4(Run *run, CuganTile *tile) {
    if (!tile->outer.data) tile->outer = outer_skip(run, tile);
    Tensor up = deconv_then_give(run, U2_CONV4_UP, tile->body);
    add_cropped_then_give(run, up, tile->outer, 16);
    Tensor out = conv_then_give(run, U2_BOTTOM, conv_then_give(run, U2_CONV5, up));
    add_cropped_then_give(run, out, tile->residual, 20);
    if (run->cugan->geometry.scale == 4) {
        // 64 channels at twice the size -> 12 -> 3 at four times the size, added to the enlarged input
        Tensor fine = conv_then_give(run, CONV_FINAL, out);
        out = take(run, 2 * (fine.h - 2), 2 * (fine.w - 2), 3);
        if (!is_planning(run)) {
            elementwise_pixel_shuffle(out, fine, 1, 2);
            elementwise_add_nearest(out, tile->input, run->cugan->geometry.halo, 4);
        }
        give(run, fine);
    }
    tap(run, "out", out);
    tile->output = out;
}

static void (*const stages[CUGAN_N_STAGES])(Run *, CuganTile *) = {stage_0, stage_1, stage_2, stage_3, stage_4};

static double *take_row_sums(const CuganTile *tile) {
    const size_t row_bytes = (size_t)tile->body.c * sizeof(double);
    return arena_take(tile->arena, checked_mul_or_max((size_t)tile->body.h, row_bytes));
}

static void give_row_sums(const CuganTile *tile, const double *rows) { arena_give(tile->arena, rows); }

// What of the tensors before a stage is handed over by a caller who begins there; the others are computed again.
static CuganTile expensive_parts(const Cugan *cugan, int stage) {
    CuganTile tile = cugan->before[stage];
    tile.outer = (Tensor){0};
    if (stage != 3) tile.skip = (Tensor){0};
    if (stage != 4) tile.residual = (Tensor){0};
    if (stage > 1 && !(stage == 4 && cugan->geometry.scale == 4)) tile.input = (Tensor){0};
    return tile;
}

static void take_if_there(Arena *arena, Tensor *t) { t->data = t->h > 0 ? arena_take(arena, tensor_bytes(*t)) : NULL; }

CuganTile cugan_begin(const Cugan *cugan, Arena *arena, int stage) {
    CuganTile tile = expensive_parts(cugan, stage);
    arena_reset(arena);
    tile.arena = arena;
    take_if_there(arena, &tile.input);
    take_if_there(arena, &tile.body);
    take_if_there(arena, &tile.skip);
    take_if_there(arena, &tile.residual);
    return tile;
}

void cugan_apply_gates(Tensor t, const float *gates) { elementwise_scale_channels(t, gates); }

void cugan_stage(Cugan *cugan, CuganTile *tile, int stage, const float *gates) {
    Run run = {cugan, tile->arena, STATUS_OK};
    // Without squeeze-and-excite the gates are 1, but for the strength, which is among the last ones.
    if (stage > 0 && (cugan->has_se || stage == CUGAN_N_STAGES - 1)) cugan_apply_gates(tile->body, gates);
    stages[stage](&run, tile);
}

// Goes through stages [begin, end) on a measuring arena.
static Status plan_stages(Cugan *cugan, int begin, int end, size_t *peak) {
    Arena arena = arena_measure();
    CuganTile tile = cugan_begin(cugan, &arena, begin);
    Run run = {cugan, &arena, STATUS_OK};
    for (int stage = begin; stage < end; stage++) {
        if (begin == 0) cugan->before[stage] = tile;
        stages[stage](&run, &tile);
        if (stage < CUGAN_N_BARRIERS) give_row_sums(&tile, take_row_sums(&tile));
    }
    if (arena.peak > *peak) *peak = arena.peak;
    return run.status;
}

static Status check_peak(size_t peak, int tile_h, int tile_w) {
    if (peak <= ARENA_MAX_BYTES) return STATUS_OK;
    return status_fail(
        STATUS_NO_MEMORY,
        "A tile of %d x %d pixels needs more memory than a 32-bit program can have. Choose a smaller tile.", tile_w,
        tile_h);
}

Status cugan_plan(Cugan *cugan, int tile_h, int tile_w, size_t *scratch_bytes) {
    if (cugan->planned_h != tile_h || cugan->planned_w != tile_w) {
        const int halo = cugan->geometry.halo;
        size_t peak = 0;
        cugan->planned_h = cugan->planned_w = 0;
        cugan->before[0] = (CuganTile){.input = {NULL, tile_h + 2 * halo, tile_w + 2 * halo, 3}};
        Status status = plan_stages(cugan, 0, CUGAN_N_STAGES, &peak);
        // A stage that is begun at computes again what it was not given.
        for (int stage = 1; stage < CUGAN_N_STAGES && !status; stage++)
            status = plan_stages(cugan, stage, stage + 1, &peak);
        if (!status) status = check_peak(peak, tile_h, tile_w);
        if (status) return status;
        cugan->planned_h = tile_h;
        cugan->planned_w = tile_w;
        cugan->planned_bytes = peak;
    }
    *scratch_bytes = cugan->planned_bytes;
    return STATUS_OK;
}

bool cugan_has_barriers(const Cugan *cugan) { return cugan->has_se; }

// The first U-Net's scale.
static int inner_scale(const Cugan *cugan) { return cugan->geometry.scale == 3 ? 3 : 2; }

int cugan_residual_channels(const Cugan *cugan) { return cugan->layers[U1_BOTTOM].spec.out_c; }

int cugan_residual_offset(const Cugan *cugan, int x) { return inner_scale(cugan) * x; }

int cugan_residual_side(const Cugan *cugan, int tile_side) {
    const int n = tile_side + 2 * cugan->geometry.halo - 14; // conv3's output
    return cugan->geometry.scale == 3 ? 3 * n - 2 : 2 * n - 4;
}

// Barrier 0 lies at half the input's size, the others at a half, a quarter and a half of the residual's.
int cugan_map_offset(const Cugan *cugan, int barrier, int x) {
    const int r = cugan_residual_offset(cugan, x);
    const int offsets[CUGAN_N_BARRIERS] = {x / 2, r / 2, r / 4, r / 2};
    return offsets[barrier];
}

int cugan_map_side(const Cugan *cugan, int barrier, int tile_side) {
    const int n = tile_side + 2 * cugan->geometry.halo, r = cugan_residual_side(cugan, tile_side);
    const int sides[CUGAN_N_BARRIERS] = {n / 2 - 6, r / 2 - 6, r / 4 - 7, r / 2 - 18};
    return sides[barrier];
}

void cugan_sums(CuganTile *tile, int n_rows, int n_columns, double *sums) {
    double *rows = take_row_sums(tile);
    squeeze_sums(tile->body, n_rows, n_columns, rows, sums);
    give_row_sums(tile, rows);
}

int cugan_barrier_channels(int barrier) { return cugan_layers_spec(reduce_layers[barrier], 2).in_c; }

void cugan_gates(const Cugan *cugan, int barrier, const float *means, float strength, float *gates) {
    const CuganLayer *reduce = &cugan->layers[reduce_layers[barrier]], *expand = reduce + 1;
    const int channels = reduce->spec.in_c, hidden = reduce->spec.out_c;
    if (cugan->has_se) {
        const size_t n = (size_t)channels * (size_t)hidden;
        const SqueezeWeights weights = {
            channels, hidden, reduce->weights, reduce->weights + n, expand->weights, expand->weights + n};
        squeeze_gates(&weights, means, gates);
    } else {
        for (int c = 0; c < channels; c++) gates[c] = 1;
    }
    for (int c = 0; c < channels && barrier == CUGAN_N_BARRIERS - 1; c++) gates[c] *= strength;
}

// ---- as one of the networks

static Status create_from_ncnn(const NcnnModel *model, void **out) {
    Cugan *cugan;
    const Status status = cugan_create(model, &cugan);
    if (!status) *out = cugan;
    return status;
}

static void free_network(void *network) { cugan_free(network); }

static NetworkSizes sizes(const void *network) { return (NetworkSizes){.scale = cugan_geometry(network).scale}; }

static Status set_levels(void *network, float black, float white) {
    if (!(black >= -1 && black < white && white <= 2))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected black and white of about 0 and 1 but received %g and %g.",
                           (double)black, (double)white);
    cugan_set_levels(network, (CuganLevels){black, white});
    return STATUS_OK;
}

const Network cugan_network = {
    .name = "cugan",
    .kind = NETWORK_TO_ENLARGE,
    .create_from_ncnn = create_from_ncnn,
    .free = free_network,
    .sizes = sizes,
    .set_levels = set_levels,
};
