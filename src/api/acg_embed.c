// One handle for pictures and for texts.
#include "api/acg_embed.h"

#include <stdbool.h>
#include <stdlib.h>

#include "api/acg_export.h"
#include "api/acg_image_parts.h"
#include "api/acg_model_parts.h"
#include "pipeline/embed_image.h"
#include "pipeline/embed_text.h"

struct AcgEmbed {
    EmbedImage *image; // either this
    EmbedText *text;   // or this
};

static AcgEmbed *create(void) {
    AcgEmbed *task = calloc(1, sizeof *task);
    if (!task && status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture or a text.")) return NULL;
    return task;
}

// Returns the task; frees it and returns NULL if `status` is a failure.
static AcgEmbed *begun(AcgEmbed *task, Status status) {
    if (!status) return task;
    acg_embed_end(task);
    return NULL;
}

// Checks that the network is one for pictures and is loaded, and that the picture was decoded for such networks.
static Status check_picture(const AcgModel *model, const AcgImage *image) {
    if (!acg_model_is(model, NETWORK_FOR_PICTURES))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a network for pictures that is loaded but received another.");
    if (!image->picture.is_rgb)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture to look at but received one to enlarge.");
    return STATUS_OK;
}

EXPORT AcgEmbed *acg_embed_image(const AcgModel *model, const AcgImage *image, int outputs, int fit, int normalise) {
    const EmbedImageOptions options = {.outputs = outputs, .fit = fit != 0, .normalise = normalise != 0};
    AcgEmbed *task = create();
    if (!task) return NULL;
    Status status = check_picture(model, image);
    if (!status) status = embed_image_begin(model_net(model->model), &image->picture.image, options, &task->image);
    return begun(task, status);
}

EXPORT AcgEmbed *acg_embed_texts(const AcgModel *model, const char *texts, const int32_t *sizes, int n,
                                 const AcgTextOptions *from) {
    const EmbedTextOptions options = {
        .tokens = {from->clean == ACG_CLEAN_OPENAI ? CLIP_AS_OPENAI : CLIP_AS_HUGGING_FACE, from->truncate != 0},
        .normalise = from->normalise != 0,
    };
    AcgEmbed *task = create();
    if (!task) return NULL;
    Status status = STATUS_OK;
    if (!acg_model_is(model, NETWORK_FOR_TEXTS) || !model->tokenizer)
        status =
            status_fail(STATUS_BAD_ARGUMENT, "Expected a network for texts with its vocabulary but received another.");
    if (!status && n < 1) status = status_fail(STATUS_BAD_ARGUMENT, "Expected at least one text but received %d.", n);
    if (!status)
        status = embed_text_begin(model_net(model->model), model->tokenizer, texts, sizes, n, options, &task->text);
    return begun(task, status);
}

EXPORT int acg_embed_total(const AcgEmbed *task) {
    return task->text ? embed_text_total(task->text) : embed_image_total(task->image);
}

EXPORT int acg_embed_done(const AcgEmbed *task) {
    return task->text ? embed_text_done(task->text) : embed_image_done(task->image);
}

EXPORT int acg_embed_step(AcgEmbed *task) {
    return (int)(task->text ? embed_text_step(task->text) : embed_image_step(task->image));
}

EXPORT const float *acg_embed_output(const AcgEmbed *task, int output) {
    if (acg_embed_done(task) < acg_embed_total(task)) return NULL;
    if (task->image) return embed_image_output(task->image, output);
    return output == 0 ? embed_text_vectors(task->text) : NULL;
}

EXPORT void acg_embed_end(AcgEmbed *task) {
    if (!task) return;
    embed_image_end(task->image);
    embed_text_end(task->text);
    free(task);
}
