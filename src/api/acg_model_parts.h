// The fields of an AcgModel: for the functions of the ABI only; JavaScript has only a pointer.
#ifndef API_ACG_MODEL_PARTS_H
#define API_ACG_MODEL_PARTS_H

#include "api/acg_model.h"
#include "nets/model.h"
#include "pipeline/pixels.h"
#include "pipeline/tokenizer.h"

struct AcgModel {
    Model *model;
    Tokenizer *tokenizer; // of a network for texts, once it has its words
    PixelLevels levels;   // of a network that enlarges
    bool is_busy;         // with a task that enlarges, of which it has one at a time
};

// Whether it is a network of this kind and is loaded.
static inline bool acg_model_is(const AcgModel *model, NetworkKind kind) {
    return model_is_loaded(model->model) && model_net(model->model).network->kind == kind;
}

#endif
