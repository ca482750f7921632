// The handle of a network and its tokenizer.
#include "api/acg_model_parts.h"

#include <math.h>
#include <stdlib.h>

#include "api/acg_export.h"
#include "core/status.h"

EXPORT AcgModel *acg_model_open(const char *network) {
    AcgModel *model = calloc(1, sizeof *model);
    if (!model && status_fail(STATUS_NO_MEMORY, "Not enough memory for a network.")) return NULL;
    if (!model_create(network, &model->model)) return model;
    free(model);
    return NULL;
}

EXPORT uint8_t *acg_model_want(AcgModel *model) {
    void *at;
    model_want(model->model, &at);
    return at;
}

EXPORT size_t acg_model_want_size(AcgModel *model) {
    void *at;
    return model_want(model->model, &at);
}

EXPORT int acg_model_took(AcgModel *model, size_t size) { return (int)model_took(model->model, size); }
EXPORT int acg_model_hash(AcgModel *model) { return (int)model_hash(model->model); }
EXPORT const uint8_t *acg_model_sha256(AcgModel *model) { return model_sha256(model->model); }
EXPORT const char *acg_model_text(const AcgModel *model, const char *key) { return model_text(model->model, key); }
EXPORT int acg_model_finish(AcgModel *model) { return (int)model_finish(model->model); }

static Status set_words(AcgModel *model, const char *file, size_t size) {
    tokenizer_free(model->tokenizer);
    model->tokenizer = NULL;
    return tokenizer_create(model_net(model->model).network->tokenizer, file, size, &model->tokenizer);
}

EXPORT int acg_model_beside(AcgModel *model, const char *file, size_t size) {
    switch (model_net(model->model).network->kind) {
        case NETWORK_TO_ENLARGE: return (int)model_param(model->model, file, size);
        case NETWORK_FOR_TEXTS: return (int)set_words(model, file, size);
        default:
            return (int)status_fail(STATUS_BAD_ARGUMENT, "Expected a network that needs a file beside its weights.");
    }
}

EXPORT int acg_model_set_levels(AcgModel *model, float black, float white) {
    const PixelLevels levels = {black, white};
    if (!acg_model_is(model, NETWORK_TO_ENLARGE))
        return (int)status_fail(STATUS_BAD_ARGUMENT,
                                "Expected a network that enlarges and is loaded but received another.");
    const Status status = pixels_check_levels(levels);
    if (!status) model->levels = levels;
    return (int)status;
}

EXPORT int acg_model_n_outputs(const AcgModel *model) {
    return model_is_loaded(model->model) ? model_net(model->model).network->n_outputs : 0;
}

static bool has_output(const AcgModel *model, int output) { return output >= 0 && output < acg_model_n_outputs(model); }

EXPORT const char *acg_model_output_name(const AcgModel *model, int output) {
    return has_output(model, output) ? model_net(model->model).network->outputs[output].name : NULL;
}

EXPORT int acg_model_output_dim(const AcgModel *model, int output) {
    const Net net = model_net(model->model);
    return has_output(model, output) ? net.network->output_dim(net.self, output) : 0;
}

EXPORT double acg_model_logit_factor(const AcgModel *model) {
    const Net net = model_net(model->model);
    const bool has_sizes = model_is_loaded(model->model) && net.network->sizes;
    const float scale = has_sizes ? net.network->sizes(net.self).logit_scale : 0;
    return scale > 0 ? exp(scale) : 0;
}

EXPORT void acg_model_close(AcgModel *model) {
    if (!model) return;
    model_free(model->model);
    tokenizer_free(model->tokenizer);
    free(model);
}
