// A network that enlarges pictures, as the pipeline sees it: what it wants around a tile, and how a tile runs through
// it. Its struct begins with `Upscaler`.
//
// A tile runs in stages. Between two of them stands a barrier: squeeze-and-excite wants the mean of a feature map, the
// tile's `body`, over the whole picture, and whoever runs the tiles decides whose mean that is. So the order is
//     stage 0, means 0, stage 1 with gates 0, means 1, … the last stage with the last gates.
// A network without such blocks has one stage.
#ifndef NETS_UPSCALER_H
#define NETS_UPSCALER_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/status.h"
#include "core/tensor.h"
#include "nets/weight_store.h"

enum { UPSCALER_MAX_STAGES = 5, UPSCALER_MAX_BARRIERS = UPSCALER_MAX_STAGES - 1, UPSCALER_MAX_CHANNELS = 128 };

// What a network sees beyond the picture's edge.
typedef enum UpscalerEdge {
    UPSCALER_REFLECTED, // the picture, mirrored without repeating the edge
    UPSCALER_REPEATED,  // the pixel at the edge
    UPSCALER_ZERO,      // zeros, and so in every layer: the network pads each of its maps (`multiple` is 1)
} UpscalerEdge;

// A feature map that is kept between two passes. That of a tile of N input pixels has N * times / over + rim samples a
// side. If the tile begins at pixel x, it begins at sample x * times / over of the map of the whole picture, and is
// equal to it there: convolutions see no edges.
typedef struct UpscalerMap {
    int channels, times, over, rim;
} UpscalerMap;

// What a caller who begins a tile at a stage hands over; the stage computes the rest again.
enum { UPSCALER_INPUT = 1, UPSCALER_BODY = 2, UPSCALER_SKIP = 4, UPSCALER_RESIDUAL = 8 };

typedef struct UpscalerStage {
    int permille; // of the network's multiplications
    int given;    // UPSCALER_*, added up
} UpscalerStage;

typedef struct UpscalerGeometry {
    int scale;    // 1 to 4
    int halo;     // input pixels needed around a tile
    int multiple; // of which a tile's sides must be
    UpscalerEdge edge;
    int n_stages;
    bool wants_means; // false: all gates are 1
    UpscalerStage stages[UPSCALER_MAX_STAGES];
    UpscalerMap bodies[UPSCALER_MAX_BARRIERS]; // at each barrier
    UpscalerMap residual;                      // if there are barriers
} UpscalerGeometry;

static inline int upscaler_map_offset(UpscalerMap map, int x) { return x * map.times / map.over; }
static inline int upscaler_map_side(UpscalerMap map, int side) { return upscaler_map_offset(map, side) + map.rim; }

// Rows and columns that lie beyond the picture's edge; may be less than 0.
typedef struct UpscalerBeyond {
    int top, left, bottom, right;
} UpscalerBeyond;

// A tile on its way through the network. All tensors lie in the arena that it began with; NULL data: not there.
typedef struct NetworkTile {
    Arena *arena;
    Tensor input;          // [tile_h + 2 halo][tile_w + 2 halo][3], 0 to 1
    UpscalerBeyond beyond; // of `input`, with UPSCALER_ZERO; set by the caller who fills it
    Tensor output;         // after the last stage: [tile_h * scale][tile_w * scale][3]
    Tensor body;           // after the others: the map whose means are wanted
    // What skip connections need: within the second of two U-Nets, around it, and of the first one's output.
    Tensor skip, outer, residual;
} NetworkTile;

typedef struct Upscaler Upscaler;

// A stage under way. The same code plans: on a measuring arena it prepares each layer for its size.
typedef struct UpscalerRun {
    Upscaler *upscaler;
    Arena *arena;
    Status status; // of planning
} UpscalerRun;

struct Upscaler {
    WeightStore *store; // see network_create
    UpscalerGeometry geometry;
    // A stage, whose `body` has been multiplied by its gates.
    void (*stage)(UpscalerRun *run, NetworkTile *tile, int stage);
    // gates [channels of the barrier] from the means; NULL if it wants none.
    void (*gates)(const Upscaler *upscaler, int barrier, const float *means, float *gates);
    TensorTap tap; // for tests: every layer's output under its name in the original
    int planned_h, planned_w;
    size_t planned_bytes;
    NetworkTile before[UPSCALER_MAX_STAGES]; // the shapes of what stands before each stage of the planned size
};

// ---- for the pipeline

// Prepares for tiles of tile_h x tile_w input pixels (multiples of `multiple`, without the halo), and tells the scratch
// bytes that one takes. Cheap if the size is the last one planned. STATUS_NO_MEMORY: more than ARENA_MAX_BYTES.
MUST_CHECK Status upscaler_plan(Upscaler *upscaler, int tile_h, int tile_w, size_t *scratch_bytes);
// Begins a tile of the planned size at a stage on an arena of at least the planned bytes, which is given back as a
// whole. The caller fills those tensors that are there, which are those `given` to the stage: a `skip` is the body of
// an earlier stage, times its gates.
NetworkTile upscaler_begin(const Upscaler *upscaler, Arena *arena, int stage);
// Runs a stage. `gates`: those of barrier stage - 1, one a channel; ignored by stage 0.
void upscaler_stage(Upscaler *upscaler, NetworkTile *tile, int stage, const float *gates);
// t[…][c] *= gates[c]: for a `skip` that was kept before its gates were known.
void upscaler_apply_gates(Tensor t, const float *gates);
// The sums over the first n_rows rows and n_columns columns of `body` (all of them: body.h, body.w), in double.
void upscaler_sums(NetworkTile *tile, int n_rows, int n_columns, double *sums);
// gates [channels of the barrier] from the means. `strength` (1 = as published) multiplies those of the last barrier:
// Real-CUGAN's alpha.
void upscaler_gates(const Upscaler *upscaler, int barrier, const float *means, float strength, float *gates);
static inline int upscaler_n_barriers(const Upscaler *upscaler) { return upscaler->geometry.n_stages - 1; }

// ---- for the networks

typedef struct UpscalerLayer {
    const char *name; // in the original
    float slope;      // of LeakyReLU behind a convolution
    Conv *conv;       // one of the two
    Deconv *deconv;
    size_t scratch_bytes; // of `conv`, for the planned size
} UpscalerLayer;

static inline bool upscaler_is_planning(const UpscalerRun *run) { return arena_is_measuring(run->arena); }
Tensor upscaler_take(const UpscalerRun *run, int h, int w, int c);
void upscaler_give(const UpscalerRun *run, Tensor t);
void upscaler_tap(const UpscalerRun *run, const char *name, Tensor t);
// The layer's output; the other gives its input back.
Tensor upscaler_layer(UpscalerRun *run, UpscalerLayer *layer, Tensor in);
Tensor upscaler_layer_then_give(UpscalerRun *run, UpscalerLayer *layer, Tensor in);
// to += from without `crop` rows and columns on each side; `from` is given back.
void upscaler_add_then_give(UpscalerRun *run, Tensor to, Tensor from, int crop);

#endif
