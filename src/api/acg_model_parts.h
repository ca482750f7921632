// What an AcgModel holds: for the functions of the ABI only, which JavaScript sees without it.
#ifndef API_ACG_MODEL_PARTS_H
#define API_ACG_MODEL_PARTS_H

#include "api/acg_model.h"
#include "core/sha256.h"
#include "nets/clip_text.h"
#include "nets/clip_vision.h"
#include "nets/distilbert.h"
#include "pipeline/convnet_image.h"
#include "text/clip_bpe.h"
#include "text/wordpiece.h"
#include "weights/safetensors.h"

struct AcgModel {
    Safetensors *reader; // while loading
    bool is_loaded;
    bool hashes;
    Sha256 sha;
    uint8_t digest[SHA256_BYTES];
    ClipVision *vision; // one of these
    ClipText *text;
    Distilbert *bert;
    ResnetV2 *resnet_v2;
    Deepdanbooru *deepdanbooru;
    ClipBpe *bpe;      // of CLIP's text network, once it has its vocabulary
    WordPiece *pieces; // of DistilBERT, likewise
};

// The network of pipeline/convnet_image.h, if it is one.
static inline bool acg_model_is_convnet(const AcgModel *model) { return model->resnet_v2 || model->deepdanbooru; }
static inline ConvnetImageNet acg_model_convnet(const AcgModel *model) {
    return (ConvnetImageNet){model->resnet_v2, model->deepdanbooru};
}

#endif
