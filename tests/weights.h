// Reads the published weights, for the tests that need them.
#ifndef TESTS_WEIGHTS_H
#define TESTS_WEIGHTS_H

#include "test.h"

typedef struct File {
    char *data;
    size_t size;
} File;

// {NULL, 0} if it cannot be read.
static inline File read_file(const char *path) {
    File file = {NULL, 0};
    FILE *stream = fopen(path, "rb");
    if (!stream) return file;
    fseek(stream, 0, SEEK_END);
    const long size = ftell(stream);
    rewind(stream);
    file.data = malloc((size_t)size + 1);
    if (file.data && fread(file.data, 1, (size_t)size, stream) == (size_t)size) file.size = (size_t)size;
    fclose(stream);
    return file;
}

// Reads realcugan/se/<model>.<extension>, or skips the test that calls this: cmocka prints it as skipped.
static inline File read_weights_or_skip(const char *model, const char *extension) {
    char path[1024];
    if (!models_folder) {
        print_message("# skipped: no --models says where the weights are\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/realcugan/se/%s.%s", models_folder, model, extension);
    File file = read_file(path);
    if (!file.data) {
        print_message("# skipped: %s is missing\n", path);
        skip();
    }
    return file;
}

#endif
