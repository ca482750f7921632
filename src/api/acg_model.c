// Either half of CLIP behind one handle, with the reader that fills it.
#include "api/acg_model_parts.h"

#include <math.h>
#include <stdlib.h>

#include "api/acg_export.h"
#include "core/status.h"

EXPORT AcgModel *acg_model_open(int network) {
    TensorSink sink;
    AcgModel *model = calloc(1, sizeof *model);
    if (!model) {
        if (status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.")) return NULL;
    }
    Status status = network == ACG_MODEL_CLIP_TEXT ? clip_text_create(false, &sink, &model->text)
                                                   : clip_vision_create(false, &sink, &model->vision);
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

EXPORT int acg_model_took(AcgModel *model, size_t size) {
    void *at;
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

EXPORT int acg_model_finish(AcgModel *model) {
    Status status = safetensors_end(model->reader);
    safetensors_free(model->reader);
    model->reader = NULL;
    return (int)status;
}

EXPORT int acg_model_vocabulary(AcgModel *model, const char *file, size_t size) {
    clip_bpe_free(model->bpe);
    model->bpe = NULL;
    return (int)clip_bpe_create(file, size, &model->bpe);
}

EXPORT int acg_model_dim(const AcgModel *model) {
    return model->text ? clip_text_dim(model->text) : clip_vision_dim(model->vision);
}

EXPORT double acg_model_logit_factor(const AcgModel *model) {
    const float scale = model->text ? clip_text_logit_scale(model->text) : clip_vision_logit_scale(model->vision);
    return scale > 0 ? exp(scale) : 0;
}

EXPORT void acg_model_close(AcgModel *model) {
    if (!model) return;
    safetensors_free(model->reader);
    clip_bpe_free(model->bpe);
    clip_vision_free(model->vision);
    clip_text_free(model->text);
    free(model);
}
