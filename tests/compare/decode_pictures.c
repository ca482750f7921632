// Decodes the pictures whose paths come on standard input, a line each, for compare_decoders.mjs. Writes a line for
// each, "ok WIDTH HEIGHT CHANNELS BITS" and its pixels behind it, or "no " and the sentence.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "image/image.h"

enum { MOST_PATH = 4096 };

// NULL: it cannot be read. The caller frees it.
static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long end = ftell(file);
    uint8_t *bytes = end < 0 ? NULL : malloc((size_t)end + 1);
    rewind(file);
    *size = bytes ? fread(bytes, 1, (size_t)end, file) : 0;
    fclose(file);
    return bytes;
}

static void decode(const char *path) {
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    Image image = {0};
    if (!bytes || image_decode(bytes, size, NULL, &image)) {
        printf("no %s\n", bytes ? status_message() : "it cannot be read");
    } else {
        printf("ok %d %d %d %d\n", image.width, image.height, image.channels, image.bits);
        fwrite(image.pixels, image_row_bytes(&image), (size_t)image.height, stdout);
    }
    fflush(stdout);
    image_free(&image);
    free(bytes);
}

int main(void) {
    char path[MOST_PATH];
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        decode(path);
    }
    return 0;
}
