// Real-CUGAN (bilibili/ailab, Real-CUGAN/upcunet_v3.py): two U-Nets in a row that enlarge a picture 2, 3 or 4 times.
//
// A tile runs in five stages. Between them stand the four squeeze-and-excite blocks, which want the mean of a feature
// map over the whole picture: whoever runs the tiles decides whose mean that is. So the order is
//     stage 0, means 0, stage 1 with gates 0, means 1, … stage 4 with gates 3.
#ifndef NETS_CUGAN_H
#define NETS_CUGAN_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/status.h"
#include "core/tensor.h"
#include "nets/network.h"
#include "weights/ncnn.h"

enum { CUGAN_N_STAGES = 5, CUGAN_N_BARRIERS = 4, CUGAN_MAX_CHANNELS = 128 };

typedef struct Cugan Cugan;

extern const Network cugan_network; // whose `self` is a Cugan

// What the network is for, and what it wants around a tile.
typedef struct CuganGeometry {
    int scale;    // 2, 3 or 4
    int halo;     // input pixels needed around a tile
    int multiple; // of which a tile's sides must be
} CuganGeometry;

// Takes the layers in file order and checks each one's shape. Keeps nothing of `model`.
MUST_CHECK Status cugan_create(const NcnnModel *model, Cugan **out);
void cugan_free(Cugan *cugan);
CuganGeometry cugan_geometry(const Cugan *cugan);

// What black and white are to the network: 0 and 1 unless set. The "pro" networks were trained on 0.15 and 0.85
// (upcunet_v3.py: x * 0.7 + 0.15), and nothing in their files says so.
typedef struct CuganLevels {
    float black, white;
} CuganLevels;
void cugan_set_levels(Cugan *cugan, CuganLevels levels);
CuganLevels cugan_levels(const Cugan *cugan);

// Prepares for tiles of tile_h x tile_w input pixels (multiples of `multiple`, without the halo), and tells the scratch
// bytes that one takes. Cheap if the size is the last one planned. STATUS_NO_MEMORY: more than ARENA_MAX_BYTES.
MUST_CHECK Status cugan_plan(Cugan *cugan, int tile_h, int tile_w, size_t *scratch_bytes);

// A tile on its way through the network. All tensors lie in the arena that it began with; NULL data: not there.
typedef struct CuganTile {
    Arena *arena;
    Tensor input;    // [tile_h + 2 halo][tile_w + 2 halo][3], black to white
    Tensor body;     // after stages 0 to 3: the map whose means are wanted
    Tensor output;   // after stage 4: [tile_h * scale][tile_w * scale][3]
    Tensor skip;     // what the inner skip connection needs
    Tensor outer;    // what the outer skip connection of the second U-Net needs
    Tensor residual; // the first U-Net's output
} CuganTile;

// Begins a tile of the planned size at stage 0 to 4 on an arena of at least the planned bytes, which is given back as a
// whole. The caller fills those tensors that are there: at stage 0 `input`; at a later one what the stage before left,
// as far as it is expensive: `body` and
//     stage 1: input      stage 3: skip, the body that stage 2 had, times its gates      stage 4: residual (4x: input
//     too).
// The rest is computed again by the stage (1.125 times the network's work, if all five are run so).
CuganTile cugan_begin(const Cugan *cugan, Arena *arena, int stage);
// Runs a stage. `gates`: those of barrier stage - 1, one a channel; ignored by stage 0.
void cugan_stage(Cugan *cugan, CuganTile *tile, int stage, const float *gates);
// t[…][c] *= gates[c]: for a `skip` that was kept before its gates were known.
void cugan_apply_gates(Tensor t, const float *gates);

// Where the maps of barriers 0 to 3 lie: sides in samples for a tile side, without running anything.
// The map of a tile that begins at input pixel x (a multiple of `multiple`) begins at sample `cugan_map_offset` of the
// map of the whole picture, and is equal to it there: convolutions see no edges.
int cugan_map_side(const Cugan *cugan, int barrier, int tile_side);
int cugan_map_offset(const Cugan *cugan, int barrier, int x);
// The same for the residual, [cugan_residual_side][…][cugan_residual_channels].
int cugan_residual_side(const Cugan *cugan, int tile_side);
int cugan_residual_offset(const Cugan *cugan, int x);
int cugan_residual_channels(const Cugan *cugan);

// The sums over the first n_rows rows and n_columns columns of `body` (all of them: body.h, body.w), in double.
void cugan_sums(CuganTile *tile, int n_rows, int n_columns, double *sums);
// gates [channels of the barrier] from the means. Networks without squeeze-and-excite ("nose") answer all 1.
// `strength` (1 = as published) multiplies those of the last barrier: the original's alpha.
void cugan_gates(const Cugan *cugan, int barrier, const float *means, float strength, float *gates);
int cugan_barrier_channels(int barrier);
bool cugan_has_barriers(const Cugan *cugan); // false: no squeeze-and-excite, no means wanted

// For tests: calls tap(context, name, tensor) with every layer's output, under its name in the original's state dict.
void cugan_set_tap(Cugan *cugan, void (*tap)(void *context, const char *name, Tensor t), void *context);

#endif
