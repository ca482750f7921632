// Decodes the pictures whose paths come on standard input, a line each, for compare_decoders.mjs. Writes a line for
// each, "ok WIDTH HEIGHT CHANNELS BITS" and its pixels behind it, or "no " and the sentence. Of an animation comes
// "frames N" first, and then such a line for each frame, as it is seen; the first that is refused is the last.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "image/frames.h"
#include "read_file.h"

enum { MOST_PATH = 4096 };

static void print_picture(const Image *image) {
    printf("ok %d %d %d %d\n", image->width, image->height, image->channels, image->bits);
    fwrite(image->pixels, image_row_bytes(image), (size_t)image->height, stdout);
}

static void decode_still(const uint8_t *bytes, size_t size) {
    Image image = {0};
    if (image_decode(bytes, size, NULL, &image))
        printf("no %s\n", status_message());
    else
        print_picture(&image);
    image_free(&image);
}

static void decode_frames(const uint8_t *bytes, size_t size) {
    Frames *frames = NULL;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, NULL, &frames);
    if (!status) printf("frames %d\n", frames_info(frames)->n_frames);
    while (!status && !(status = frames_next(frames, &canvas, &delay)) && canvas) print_picture(canvas);
    if (status) printf("no %s\n", status_message());
    frames_close(frames);
}

static void decode(const char *path) {
    const File file = read_file(path);
    const uint8_t *bytes = (const uint8_t *)file.data;
    const size_t size = file.size;
    if (!bytes)
        printf("no it cannot be read\n");
    else if (frames_count(bytes, size, NULL) > 1)
        decode_frames(bytes, size);
    else
        decode_still(bytes, size);
    fflush(stdout);
    free(file.data);
}

int main(void) {
    char path[MOST_PATH];
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        decode(path);
    }
    return 0;
}
