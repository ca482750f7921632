// Step 0 prepares the picture, the others are a layer each.
#include "pipeline/embed_image.h"

#include <stdlib.h>

#include "core/checked.h"
#include "pipeline/clip_pixels.h"
#include "pipeline/vectors.h"

struct EmbedImage {
    const ClipVision *vision;
    const Image *image;
    bool normalise;
    int done;
    Arena arena;
    ClipVisionRun run;
    float *pixels; // [side][side][3], until they are in the network
    float *vector;
};

static Status allocate(EmbedImage *task) {
    const size_t side = (size_t)clip_vision_side(task->vision);
    size_t scratch;
    Status status = clip_vision_plan(task->vision, &scratch);
    if (!status) status = arena_create(scratch, &task->arena);
    if (status) return status;
    task->pixels = malloc(checked_mul_or_max(side * 3 * sizeof(float), side));
    task->vector = malloc((size_t)clip_vision_dim(task->vision) * sizeof(float));
    if (task->pixels && task->vector) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %zu x %zu pixels.", side, side);
}

Status embed_image_begin(const ClipVision *vision, const Image *image, bool normalise, EmbedImage **out) {
    EmbedImage *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture.");
    task->vision = vision;
    task->image = image;
    task->normalise = normalise;
    Status status = allocate(task);
    if (status) {
        embed_image_end(task);
        return status;
    }
    *out = task;
    return STATUS_OK;
}

void embed_image_end(EmbedImage *task) {
    if (!task) return;
    arena_free(&task->arena);
    free(task->pixels);
    free(task->vector);
    free(task);
}

int embed_image_total(const EmbedImage *task) { return 1 + clip_vision_n_layers(task->vision); }
int embed_image_done(const EmbedImage *task) { return task->done; }

static Status prepare(EmbedImage *task) {
    Status status = clip_pixels_from(task->image, clip_vision_side(task->vision), task->pixels);
    if (!status) status = clip_vision_begin(task->vision, &task->arena, task->pixels, &task->run);
    free(task->pixels);
    task->pixels = NULL;
    return status;
}

Status embed_image_step(EmbedImage *task) {
    const int total = embed_image_total(task);
    if (task->done == total) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (task->done == 0) {
        Status status = prepare(task);
        if (status) return status;
    } else {
        clip_vision_layer(task->vision, &task->run, task->done - 1);
    }
    if (++task->done < total) return STATUS_OK;
    clip_vision_end(task->vision, &task->run, task->vector);
    if (task->normalise) vectors_normalise(task->vector, clip_vision_dim(task->vision));
    return STATUS_OK;
}

const float *embed_image_vector(const EmbedImage *task) { return task->vector; }
