// Step 0 prepares the picture, the others are the network's.
#include "pipeline/convnet_image.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/resize_tf.h"
#include "image/rgb.h"
#include "pipeline/vectors.h"

struct ConvnetImage {
    ConvnetImageNet net;
    const Image *image; // until it is prepared
    ConvnetImageOptions options;
    int done;
    Arena arena;
    ConvnetRun run;
    float *pixels; // [side][side][3], until they are in the network
    float *outputs[CONVNET_IMAGE_MAX_OUTPUTS];
};

typedef struct Output {
    const char *name;
    bool is_vector; // no probabilities
} Output;

static const Output resnet_v2_outputs[RESNET_V2_OUTPUTS] = {{"bookmark", false}, {"view", false}, {"sanity", false}};
static const Output deepdanbooru_outputs[DEEPDANBOORU_OUTPUTS] = {
    {"tags", false}, {"illust2vec", true}, {"style", true}};

static const Output *output_of(ConvnetImageNet net, int output) {
    return net.resnet_v2 ? &resnet_v2_outputs[output] : &deepdanbooru_outputs[output];
}

int convnet_image_n_outputs(ConvnetImageNet net) {
    return net.resnet_v2 ? (int)RESNET_V2_OUTPUTS : (int)DEEPDANBOORU_OUTPUTS;
}

const char *convnet_image_output_name(ConvnetImageNet net, int output) { return output_of(net, output)->name; }

int convnet_image_output_dim(ConvnetImageNet net, int output) {
    return net.resnet_v2 ? resnet_v2_output_dim(net.resnet_v2, output)
                         : deepdanbooru_output_dim(net.deepdanbooru, output);
}

static int side_of(ConvnetImageNet net) {
    return net.resnet_v2 ? resnet_v2_side(net.resnet_v2) : deepdanbooru_side(net.deepdanbooru);
}

static bool is_wanted(const ConvnetImage *task, int output) { return (task->options.outputs >> output & 1) != 0; }

static Status check_outputs(const ConvnetImage *task) {
    const int n = convnet_image_n_outputs(task->net);
    if (task->options.outputs < 1 || task->options.outputs >= 1 << n) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a mask of outputs from 1 to %d but received %d.",
                           (1 << n) - 1, task->options.outputs);
    }
    for (int i = 0; i < n; i++) {
        if (is_wanted(task, i) && convnet_image_output_dim(task->net, i) == 0)
            return status_fail(STATUS_BAD_ARGUMENT, "Expected a network that gives %s but this file has none of it.",
                               convnet_image_output_name(task->net, i));
    }
    return STATUS_OK;
}

static Status plan(const ConvnetImage *task, size_t *scratch_bytes) {
    if (task->net.resnet_v2) return resnet_v2_plan(task->net.resnet_v2, scratch_bytes);
    return deepdanbooru_plan(task->net.deepdanbooru, task->options.outputs, scratch_bytes);
}

static Status allocate(ConvnetImage *task) {
    const size_t side = (size_t)side_of(task->net);
    size_t scratch;
    Status status = check_outputs(task);
    if (!status) status = plan(task, &scratch);
    if (!status) status = arena_create(scratch, &task->arena);
    if (status) return status;
    bool is_complete = (task->pixels = malloc(checked_mul_or_max(side * 3 * sizeof(float), side))) != NULL;
    for (int i = 0; i < convnet_image_n_outputs(task->net); i++) {
        if (!is_wanted(task, i)) continue;
        task->outputs[i] = malloc((size_t)convnet_image_output_dim(task->net, i) * sizeof(float));
        is_complete = is_complete && task->outputs[i];
    }
    if (is_complete) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %zu x %zu pixels.", side, side);
}

Status convnet_image_begin(ConvnetImageNet net, const Image *image, ConvnetImageOptions options, ConvnetImage **out) {
    ConvnetImage *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture.");
    task->net = net;
    task->image = image;
    task->options = options;
    Status status = allocate(task);
    if (status) {
        convnet_image_end(task);
        return status;
    }
    *out = task;
    return STATUS_OK;
}

void convnet_image_end(ConvnetImage *task) {
    if (!task) return;
    arena_free(&task->arena);
    free(task->pixels);
    for (int i = 0; i < CONVNET_IMAGE_MAX_OUTPUTS; i++) free(task->outputs[i]);
    free(task);
}

int convnet_image_total(const ConvnetImage *task) {
    return 1 + (task->net.resnet_v2 ? resnet_v2_n_steps(task->net.resnet_v2)
                                    : deepdanbooru_n_steps(task->net.deepdanbooru, task->options.outputs));
}

int convnet_image_done(const ConvnetImage *task) { return task->done; }

// The picture if it is of 3 channels of 8 bits, otherwise a copy of it that is.
static Status rgb_of(const Image *image, Image *copy) {
    if (image->channels == 3 && image->bits == 8) {
        *copy = *image;
        return STATUS_OK;
    }
    Status status = image_create_deep(image->width, image->height, image->channels, image->bits, copy);
    if (status) return status;
    memcpy(copy->pixels, image->pixels, (size_t)image->height * image_row_bytes(image));
    rgb_convert(copy);
    return STATUS_OK;
}

static Status prepare(ConvnetImage *task) {
    const int side = side_of(task->net);
    Image rgb = {0};
    Status status = rgb_of(task->image, &rgb);
    if (status) return status;
    if (task->options.fit) {
        status = resize_tf_fit(&rgb, side, side, task->pixels);
    } else {
        resize_tf_stretch(&rgb, side, side, task->pixels);
    }
    if (rgb.pixels != task->image->pixels) image_free(&rgb);
    task->image = NULL;
    if (status) return status;
    return task->net.resnet_v2 ? resnet_v2_begin(task->net.resnet_v2, &task->arena, &task->run)
                               : deepdanbooru_begin(task->net.deepdanbooru, &task->arena, &task->run);
}

static void run_step(ConvnetImage *task, int step) {
    if (task->net.resnet_v2) {
        resnet_v2_step(task->net.resnet_v2, &task->run, step, task->pixels, task->outputs);
    } else {
        deepdanbooru_step(task->net.deepdanbooru, &task->run, step, task->pixels, task->outputs);
    }
    free(task->pixels);
    task->pixels = NULL;
}

Status convnet_image_step(ConvnetImage *task) {
    const int total = convnet_image_total(task);
    if (task->done == total) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (task->done == 0) {
        const Status status = prepare(task);
        if (status) return status;
    } else {
        run_step(task, task->done - 1);
    }
    if (++task->done < total || !task->options.normalise) return STATUS_OK;
    for (int i = 0; i < convnet_image_n_outputs(task->net); i++) {
        if (is_wanted(task, i) && output_of(task->net, i)->is_vector)
            vectors_normalise(task->outputs[i], convnet_image_output_dim(task->net, i));
    }
    return STATUS_OK;
}

const float *convnet_image_output(const ConvnetImage *task, int output) { return task->outputs[output]; }
