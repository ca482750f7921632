// Step 0 prepares the picture; the other steps are the network's.
#include "pipeline/embed_image.h"

#include <stdlib.h>

#include "core/checked.h"
#include "pipeline/network_pixels.h"
#include "pipeline/vectors.h"

struct EmbedImage {
    Net net;
    const Image *image; // until it is prepared
    EmbedImageOptions options;
    int done;
    Arena arena;
    NetworkRun run; // its outputs are owned
    float *pixels;  // owned; [side][side][3], until the network's first step is done
};

static int dim_of(const EmbedImage *task, int output) { return task->net.network->output_dim(task->net.self, output); }

static bool is_wanted(const EmbedImage *task, int output) { return (task->options.outputs >> output & 1) != 0; }

static Status check_outputs(const EmbedImage *task) {
    const Network *network = task->net.network;
    const int largest = (1 << network->n_outputs) - 1;
    if (task->options.outputs < 1 || task->options.outputs > largest) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a mask of outputs from 1 to %d but received %d.", largest,
                           task->options.outputs);
    }
    for (int i = 0; i < network->n_outputs; i++) {
        if (is_wanted(task, i) && dim_of(task, i) == 0)
            return status_fail(STATUS_BAD_ARGUMENT, "Expected a network that gives %s but this file has none of it.",
                               network->outputs[i].name);
    }
    return STATUS_OK;
}

static Status allocate(EmbedImage *task) {
    const size_t side = (size_t)task->net.network->sizes(task->net.self).side;
    size_t scratch;
    bool is_complete = (task->pixels = malloc(checked_mul_or_max(side * 3 * sizeof(float), side))) != NULL;
    for (int i = 0; i < task->net.network->n_outputs; i++) {
        if (!is_wanted(task, i)) continue;
        task->run.outputs[i] = malloc((size_t)dim_of(task, i) * sizeof(float));
        is_complete = is_complete && task->run.outputs[i];
    }
    if (!is_complete)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %zu x %zu pixels.", side, side);
    Status status = network_plan(task->net, &task->run, &scratch);
    if (!status) status = arena_create(scratch, &task->arena);
    task->run.arena = &task->arena;
    task->run.pixels = task->pixels;
    return status;
}

Status embed_image_begin(Net net, const Image *image, EmbedImageOptions options, EmbedImage **out) {
    EmbedImage *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture.");
    task->net = net;
    task->image = image;
    task->options = options;
    Status status = check_outputs(task);
    if (!status) status = allocate(task);
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
    for (int i = 0; i < NETWORK_MAX_OUTPUTS; i++) free(task->run.outputs[i]);
    free(task);
}

int embed_image_total(const EmbedImage *task) { return 1 + task->net.network->n_steps(task->net.self, &task->run); }
int embed_image_done(const EmbedImage *task) { return task->done; }

static Status prepare(EmbedImage *task) {
    const Network *network = task->net.network;
    const int side = network->sizes(task->net.self).side;
    Status status = network_pixels_from(task->image, &network->picture, task->options.fit, side, task->pixels);
    if (!status) status = network->begin(task->net.self, &task->run);
    if (!status) task->image = NULL;
    return status;
}

static void run_step(EmbedImage *task, int step) {
    task->net.network->step(task->net.self, &task->run, step);
    free(task->pixels);
    task->pixels = NULL;
}

static void finish(EmbedImage *task) {
    const Network *network = task->net.network;
    if (network->end) network->end(task->net.self, &task->run);
    for (int i = 0; i < network->n_outputs && task->options.normalise; i++) {
        if (is_wanted(task, i) && network->outputs[i].is_vector)
            vectors_normalise(task->run.outputs[i], dim_of(task, i));
    }
}

Status embed_image_step(EmbedImage *task) {
    const int total = embed_image_total(task);
    if (task->done == total) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (task->done == 0) {
        const Status status = prepare(task);
        if (status) return status;
    } else {
        run_step(task, task->done - 1);
    }
    if (++task->done == total) finish(task);
    return STATUS_OK;
}

const float *embed_image_output(const EmbedImage *task, int output) {
    return output >= 0 && output < NETWORK_MAX_OUTPUTS ? task->run.outputs[output] : NULL;
}
