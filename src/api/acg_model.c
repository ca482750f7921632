// Networks of safetensors files behind one handle, with the reader that fills them.
#include "api/acg_model_parts.h"

#include <math.h>
#include <stdlib.h>

#include "api/acg_export.h"
#include "core/status.h"

static Status create(AcgModel *model, int kind, TensorSink *sink) {
    switch (kind) {
        case ACG_MODEL_CLIP_VISION: return clip_vision_create(false, sink, &model->vision);
        case ACG_MODEL_CLIP_TEXT: return clip_text_create(false, sink, &model->text);
        case ACG_MODEL_RESNET_V2: return resnet_v2_create(false, sink, &model->resnet_v2);
        case ACG_MODEL_DEEPDANBOORU: return deepdanbooru_create(false, sink, &model->deepdanbooru);
        case ACG_MODEL_DISTILBERT: return distilbert_create(false, sink, &model->bert);
        default:
            return status_fail(STATUS_BAD_ARGUMENT, "Expected a kind of network from 0 to 4 but received %d.", kind);
    }
}

EXPORT AcgModel *acg_model_open(int kind) {
    TensorSink sink;
    AcgModel *model = calloc(1, sizeof *model);
    if (!model && status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.")) return NULL;
    Status status = create(model, kind, &sink);
    if (!status) status = safetensors_create(&sink, &model->reader);
    if (!status) return model;
    acg_model_close(model);
    return NULL;
}

EXPORT uint8_t *acg_model_want(AcgModel *model) {
    void *at = NULL;
    if (model->reader) safetensors_want(model->reader, &at);
    return at;
}

EXPORT size_t acg_model_want_size(AcgModel *model) {
    void *at;
    return model->reader ? safetensors_want(model->reader, &at) : 0;
}

static Status has_ended(void) { return status_fail(STATUS_BAD_ARGUMENT, "The file of the network has ended already."); }

EXPORT int acg_model_took(AcgModel *model, size_t size) {
    void *at;
    if (!model->reader) return (int)has_ended();
    if (model->hashes && size <= safetensors_want(model->reader, &at)) sha256_add(&model->sha, at, size);
    return (int)safetensors_took(model->reader, size);
}

EXPORT void acg_model_hash(AcgModel *model) {
    model->hashes = true;
    sha256_begin(&model->sha);
}

EXPORT const uint8_t *acg_model_sha256(AcgModel *model) {
    if (!model->hashes) return NULL;
    sha256_end(&model->sha, model->digest);
    return model->digest;
}

EXPORT const char *acg_model_text(const AcgModel *model, const char *key) {
    return model->reader ? safetensors_metadata(model->reader, key) : NULL;
}

EXPORT int acg_model_finish(AcgModel *model) {
    if (!model->reader) return (int)has_ended();
    Status status = safetensors_end(model->reader);
    model->is_loaded = !status;
    safetensors_free(model->reader);
    model->reader = NULL;
    return (int)status;
}

EXPORT int acg_model_vocabulary(AcgModel *model, const char *file, size_t size) {
    clip_bpe_free(model->bpe);
    wordpiece_free(model->pieces);
    model->bpe = NULL;
    model->pieces = NULL;
    return (int)(model->bert ? wordpiece_create(file, size, &model->pieces) : clip_bpe_create(file, size, &model->bpe));
}

EXPORT int acg_model_n_outputs(const AcgModel *model) {
    if (!model->is_loaded) return 0;
    return acg_model_is_convnet(model) ? convnet_image_n_outputs(acg_model_convnet(model)) : 1;
}

static bool has_output(const AcgModel *model, int output) { return output >= 0 && output < acg_model_n_outputs(model); }

EXPORT const char *acg_model_output_name(const AcgModel *model, int output) {
    if (!has_output(model, output)) return NULL;
    return acg_model_is_convnet(model) ? convnet_image_output_name(acg_model_convnet(model), output) : "vector";
}

EXPORT int acg_model_output_dim(const AcgModel *model, int output) {
    if (!has_output(model, output)) return 0;
    if (acg_model_is_convnet(model)) return convnet_image_output_dim(acg_model_convnet(model), output);
    if (model->bert) return distilbert_dim(model->bert);
    return model->text ? clip_text_dim(model->text) : clip_vision_dim(model->vision);
}

EXPORT double acg_model_logit_factor(const AcgModel *model) {
    const float scale = !model->is_loaded ? 0
                        : model->text     ? clip_text_logit_scale(model->text)
                        : model->vision   ? clip_vision_logit_scale(model->vision)
                                          : 0;
    return scale > 0 ? exp(scale) : 0;
}

EXPORT void acg_model_close(AcgModel *model) {
    if (!model) return;
    safetensors_free(model->reader);
    clip_bpe_free(model->bpe);
    wordpiece_free(model->pieces);
    clip_vision_free(model->vision);
    clip_text_free(model->text);
    distilbert_free(model->bert);
    resnet_v2_free(model->resnet_v2);
    deepdanbooru_free(model->deepdanbooru);
    free(model);
}
