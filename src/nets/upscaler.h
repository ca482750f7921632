// The interface of networks that enlarge pictures: what they need around a tile, and how a tile runs through them. The
// struct of such a network begins with `Upscaler`.
//
// A tile runs in stages. Between two stages there is a barrier: squeeze-and-excite needs the mean of a feature map, the
// tile's `body`, over the whole picture. The caller decides over which tiles the mean is taken. The order is
//     stage 0, means 0, stage 1 with gates 0, means 1, … the last stage with the last gates.
// A network without squeeze-and-excite may have one stage only.
#ifndef NETS_UPSCALER_H
#define NETS_UPSCALER_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/status.h"
#include "core/tensor.h"
#include "nets/weight_store.h"

enum { UPSCALER_MAX_STAGES = 5, UPSCALER_MAX_BARRIERS = UPSCALER_MAX_STAGES - 1, UPSCALER_MAX_CHANNELS = 128 };

// The values of the halo beyond the picture's edge.
typedef enum UpscalerEdge {
    UPSCALER_REFLECTED, // the picture, mirrored without repeating the edge
    UPSCALER_REPEATED,  // the pixel at the edge
    UPSCALER_ZERO,      // zeros, also in the output of every layer: the network pads each map (`multiple` is 1)
} UpscalerEdge;

// A feature map that is kept between two passes. The map of a tile with N input pixels a side has N * times / over +
// rim samples a side. If the tile begins at pixel x, its map begins at sample x * times / over of the whole picture's
// map, and equals that map there, because no layer pads a tile.
typedef struct UpscalerMap {
    int channels, times, over, rim;
} UpscalerMap;

// What the caller hands over to begin a tile at a stage. The stage computes the rest again.
enum { UPSCALER_INPUT = 1, UPSCALER_BODY = 2, UPSCALER_SKIP = 4, UPSCALER_RESIDUAL = 8 };

typedef struct UpscalerStage {
    int permille; // its part of the network's multiplications, in thousandths
    int given;    // the sum of UPSCALER_* that are handed over
} UpscalerStage;

typedef struct UpscalerGeometry {
    int scale;    // 1 to 4
    int halo;     // input pixels needed on each side of a tile
    int multiple; // a tile's sides must be multiples of it
    UpscalerEdge edge;
    int n_stages;
    bool wants_means; // false: all gates are 1
    UpscalerStage stages[UPSCALER_MAX_STAGES];
    UpscalerMap bodies[UPSCALER_MAX_BARRIERS]; // at each barrier
    UpscalerMap residual;                      // if there are barriers
} UpscalerGeometry;

static inline int upscaler_map_offset(UpscalerMap map, int x) { return x * map.times / map.over; }
static inline int upscaler_map_side(UpscalerMap map, int side) { return upscaler_map_offset(map, side) + map.rim; }

// How many rows and columns lie beyond the picture's edge. Negative: the edge is that far outside.
typedef struct UpscalerBeyond {
    int top, left, bottom, right;
} UpscalerBeyond;

// A tile while it runs through the network. All tensors lie in its arena. `data` NULL: not there.
typedef struct NetworkTile {
    Arena *arena;
    Tensor input;          // [tile_h + 2 halo][tile_w + 2 halo][3], 0 to 1
    UpscalerBeyond beyond; // of `input`, for UPSCALER_ZERO; set by the caller, who also fills `input`
    Tensor output;         // after the last stage: [tile_h * scale][tile_w * scale][3]
    Tensor body;           // after the other stages: the map whose means are needed
    // The skip connections of two U-Nets: at the inner level, at the outer level of the second, and the output of the
    // first, which is added to that of the second.
    Tensor skip, outer, residual;
} NetworkTile;

typedef struct Upscaler Upscaler;

// The run of a stage. The same code plans: on a measuring arena it prepares each layer for its size.
typedef struct UpscalerRun {
    Upscaler *upscaler;
    Arena *arena;
    Status status; // the first failure of planning
} UpscalerRun;

struct Upscaler {
    WeightStore *store; // see network_create
    UpscalerGeometry geometry;
    // Runs a stage. The tile's `body` has already been multiplied by its gates.
    void (*stage)(UpscalerRun *run, NetworkTile *tile, int stage);
    // Computes gates [channels of the barrier] from the means. May be NULL if `wants_means` is false.
    void (*gates)(const Upscaler *upscaler, int barrier, const float *means, float *gates);
    TensorTap tap; // for tests: every layer's output under its name in the original
    int planned_h, planned_w;
    size_t planned_bytes;
    NetworkTile before[UPSCALER_MAX_STAGES]; // of the planned size: the shapes of a tile's tensors before each stage
};

// ---- for the pipeline

// Prepares for tiles of tile_h x tile_w input pixels (multiples of `multiple`, without the halo). *scratch_bytes: what
// one tile needs in the arena. Cheap if the size is the last planned one. STATUS_NO_MEMORY: more than ARENA_MAX_BYTES.
MUST_CHECK Status upscaler_plan(Upscaler *upscaler, int tile_h, int tile_w, size_t *scratch_bytes);
// Begins a tile of the planned size at a stage, on an arena of at least the planned bytes, which is reset. The caller
// then fills the tensors that are there, those `given` to the stage. A `skip` is the body after an earlier stage, times
// its gates.
NetworkTile upscaler_begin(const Upscaler *upscaler, Arena *arena, int stage);
// Runs a stage. `gates`: those of barrier stage - 1, one for each channel; stage 0 ignores them.
void upscaler_stage(Upscaler *upscaler, NetworkTile *tile, int stage, const float *gates);
// t[…][c] *= gates[c]. For a `skip` that was kept before its gates were known.
void upscaler_apply_gates(Tensor t, const float *gates);
// sums [body.c] over the first n_rows rows and n_columns columns of `body`, in double. For all of it: body.h, body.w.
void upscaler_sums(NetworkTile *tile, int n_rows, int n_columns, double *sums);
// Computes gates [channels of the barrier] from the means. `strength` (1 = as published), which is Real-CUGAN's alpha,
// multiplies the gates of the last barrier.
void upscaler_gates(const Upscaler *upscaler, int barrier, const float *means, float strength, float *gates);
static inline int upscaler_n_barriers(const Upscaler *upscaler) { return upscaler->geometry.n_stages - 1; }

// ---- for the networks

typedef struct UpscalerLayer {
    const char *name;     // in the original
    float slope;          // of the LeakyReLU after a convolution
    Conv *conv;           // either this
    Deconv *deconv;       // or this
    size_t scratch_bytes; // of `conv`, for the planned size
} UpscalerLayer;

static inline bool upscaler_is_planning(const UpscalerRun *run) { return arena_is_measuring(run->arena); }
Tensor upscaler_take(const UpscalerRun *run, int h, int w, int c);
void upscaler_give(const UpscalerRun *run, Tensor t);
void upscaler_tap(const UpscalerRun *run, const char *name, Tensor t);
// Runs a layer and returns its output. upscaler_layer_then_give also gives `in` back.
Tensor upscaler_layer(UpscalerRun *run, UpscalerLayer *layer, Tensor in);
Tensor upscaler_layer_then_give(UpscalerRun *run, UpscalerLayer *layer, Tensor in);
// A transposed convolution, plus `skip` without `crop` rows and columns on each side. Gives `in` and `skip` back.
Tensor upscaler_layer_add_then_give(UpscalerRun *run, UpscalerLayer *layer, Tensor in, Tensor skip, int crop);
// to += `from` without `crop` rows and columns on each side. Gives `from` back.
void upscaler_add_then_give(UpscalerRun *run, Tensor to, Tensor from, int crop);

#endif
