// One result of the engine as a native program, for native.mjs. Writes its bytes to standard output:
//     numbers look NETWORK WEIGHTS PICTURE OUTPUT               the floats of an output for a picture's file
//     numbers enlarge BIN PARAM PIXELS WIDTH HEIGHT SYNC TTA    the pixels that a cugan makes of bare rows, in tiles of
//     32
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/acg.h"
#include "api/acg_embed.h"
#include "read_file.h"

static void must(int is_well, const char *what) {
    if (is_well) return;
    fprintf(stderr, "%s: %s\n", what, acg_message());
    exit(1);
}

static File must_read(const char *path) {
    const File file = read_file(path);
    must(file.size > 0, path);
    return file;
}

static AcgModel *open_model(const char *network, const char *weights, const char *beside) {
    AcgModel *model = acg_model_open(network);
    must(model != NULL, network);
    if (beside) {
        const File file = must_read(beside);
        must(acg_model_beside(model, file.data, file.size) == 0, beside);
        free(file.data);
    }
    const File file = must_read(weights);
    for (size_t at = 0, n; at < file.size && (n = acg_model_want_size(model)) > 0; at += n) {
        if (n > file.size - at) n = file.size - at;
        memcpy(acg_model_want(model), file.data + at, n);
        must(acg_model_took(model, n) == 0, weights);
    }
    free(file.data);
    must(acg_model_finish(model) == 0, weights);
    return model;
}

static void look(char **args) {
    AcgModel *model = open_model(args[0], args[1], NULL);
    const File file = must_read(args[2]);
    AcgImage *image = acg_image_decode_rgb((const uint8_t *)file.data, file.size, 0, 0);
    must(image != NULL, args[2]);
    free(file.data);
    int output = 0;
    while (strcmp(acg_model_output_name(model, output), args[3])) output++;
    AcgEmbed *task = acg_embed_image(model, image, 1 << output, 0, 1);
    must(task != NULL, args[3]);
    while (acg_embed_done(task) < acg_embed_total(task)) must(acg_embed_step(task) == 0, args[3]);
    fwrite(acg_embed_output(task, output), sizeof(float), (size_t)acg_model_output_dim(model, output), stdout);
    acg_embed_end(task);
    acg_image_free(image);
    acg_model_close(model);
}

static void enlarge(char **args) {
    AcgModel *model = open_model("cugan", args[0], args[1]);
    const File file = must_read(args[2]);
    const int width = atoi(args[3]), height = atoi(args[4]), channels = (int)(file.size / (size_t)(width * height));
    AcgImage *image = acg_image_from_pixels((const uint8_t *)file.data, width, height, channels, 0);
    must(image != NULL, args[2]);
    free(file.data);
    while (acg_image_frames_left(image)) must(acg_image_step(image) == 0, args[2]);
    const AcgUpscaleOptions options = {
        .strength = 1, .tile = 32, .quality = 90, .fit = ACG_FIT_FILL, .sync = atoi(args[5]), .tta = atoi(args[6])};
    AcgUpscale *task = acg_upscale_begin(model, image, &options);
    must(task != NULL, "enlarge");
    while (acg_upscale_done(task) < acg_upscale_total(task)) {
        must(acg_upscale_step(task) == 0, "enlarge");
        while (must(acg_upscale_next_output(task) == 0, "enlarge"), acg_upscale_output_size(task))
            fwrite(acg_upscale_output(task), 1, acg_upscale_output_size(task), stdout);
    }
    acg_upscale_end(task);
    acg_image_free(image);
    acg_model_close(model);
}

int main(int n_args, char **args) {
    must(acg_init(1) == 0, "threads");
    if (n_args == 6 && !strcmp(args[1], "look")) {
        look(args + 2);
    } else if (n_args == 9 && !strcmp(args[1], "enlarge")) {
        enlarge(args + 2);
    } else {
        fprintf(stderr, "numbers look|enlarge …: see numbers.c\n");
        return 1;
    }
    return 0;
}
