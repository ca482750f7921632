// In which order kept maps that lie outside (kept_maps.h) are fetched and put, so that both go on beside the computing:
// while a tile runs, what the next one needs comes in, and what the last one left goes out. Only tells, and carries
// nothing.
//
// Each tile has a slot of its own outside, so two transfers meet only if they are of the same tile, or in the same
// buffer. There is one buffer for what comes in and one for what goes out. Hence a tile goes through these phases:
//     load   once its part has come in. Then the buffer is free for the next tile's, which is told to be fetched,
//     unless
//            its slot is this tile's own or may still be on its way out
//     run
//     save   once the last part has gone out. Then this tile's is told to be put
//     fetch  only if the next tile's could not be fetched ahead: once all has gone out. Then it is told
#ifndef PIPELINE_KEPT_FLOW_H
#define PIPELINE_KEPT_FLOW_H

#include <stdbool.h>

#include "pipeline/kept_maps.h"

typedef enum KeptPhase { KEPT_LOAD, KEPT_RUN, KEPT_SAVE, KEPT_FETCH } KeptPhase;

typedef struct KeptFlow {
    KeptPhase phase; // the next
    // what the last phase told: to be begun; size 0: none
    KeptPart fetch, put;
    bool is_ahead; // what the next tile needs has been told
    int leaving;   // 1 + the tile whose part may be on its way out; 0: none
} KeptFlow;

// A tile and the stage it begins at; stage 0: it needs nothing.
typedef struct KeptTurn {
    int tile, stage;
} KeptTurn;

// Each goes on from the phase of its name. `now`: the tile under way, `next`: the one that runs after it.
void kept_flow_loaded(KeptFlow *flow, const KeptMaps *maps, KeptTurn now, KeptTurn next);
void kept_flow_ran(KeptFlow *flow);
// `is_kept`: whether something of the tile was saved.
void kept_flow_saved(KeptFlow *flow, const KeptMaps *maps, KeptTurn now, bool is_kept);
void kept_flow_settled(KeptFlow *flow, const KeptMaps *maps, KeptTurn next);

// Which transfers must be complete before the next phase.
bool kept_flow_awaits_fetch(const KeptFlow *flow);
bool kept_flow_awaits_put(const KeptFlow *flow);

#endif
