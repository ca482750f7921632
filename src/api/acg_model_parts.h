// The fields of an AcgModel, for the files of this folder. JavaScript has only a pointer.
#ifndef API_ACG_MODEL_PARTS_H
#define API_ACG_MODEL_PARTS_H

#include "api/acg_model.h"
#include "nets/model.h"
#include "pipeline/pixels.h"
#include "pipeline/tokenizer.h"

struct AcgModel {
    Model *model;
    Tokenizer *tokenizer; // of a network for texts; NULL until its file has come
    PixelLevels levels;   // of a network that enlarges; both 0: not set
    bool is_busy;         // it has a task that enlarges, and can have no other
};

// Whether the network is of this kind and loaded.
static inline bool acg_model_is(const AcgModel *model, NetworkKind kind) {
    return model_is_loaded(model->model) && model_net(model->model).network->kind == kind;
}

#endif
