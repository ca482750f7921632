// The four phases of a tile whose maps lie outside.
#include "pipeline/kept_flow.h"

void kept_flow_loaded(KeptFlow *flow, const KeptMaps *maps, KeptTurn now, KeptTurn next) {
    flow->put = (KeptPart){0};
    flow->is_ahead = next.stage == 0 || (next.tile != now.tile && next.tile + 1 != flow->leaving);
    flow->fetch = flow->is_ahead ? kept_maps_to_fetch(maps, next.tile, next.stage) : (KeptPart){0};
    flow->phase = KEPT_RUN;
}

void kept_flow_ran(KeptFlow *flow) {
    flow->fetch = flow->put = (KeptPart){0};
    flow->phase = KEPT_SAVE;
}

void kept_flow_saved(KeptFlow *flow, const KeptMaps *maps, KeptTurn now, bool is_kept) {
    flow->fetch = (KeptPart){0};
    flow->put = is_kept ? kept_maps_to_put(maps, now.tile, now.stage) : (KeptPart){0};
    flow->leaving = is_kept ? now.tile + 1 : 0;
    flow->phase = flow->is_ahead ? KEPT_LOAD : KEPT_FETCH;
}

void kept_flow_settled(KeptFlow *flow, const KeptMaps *maps, KeptTurn next) {
    flow->fetch = kept_maps_to_fetch(maps, next.tile, next.stage);
    flow->put = (KeptPart){0};
    flow->leaving = 0;
    flow->phase = KEPT_LOAD;
}

bool kept_flow_awaits_fetch(const KeptFlow *flow) { return flow->phase == KEPT_LOAD; }
bool kept_flow_awaits_put(const KeptFlow *flow) { return flow->phase == KEPT_SAVE || flow->phase == KEPT_FETCH; }
