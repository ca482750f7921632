// Reads a whole file.
#ifndef TESTS_READ_FILE_H
#define TESTS_READ_FILE_H

#include <stdio.h>
#include <stdlib.h>

typedef struct File {
    char *data; // the caller frees it
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
    file.data = size < 0 ? NULL : malloc((size_t)size + 1);
    if (file.data && fread(file.data, 1, (size_t)size, stream) == (size_t)size) file.size = (size_t)size;
    fclose(stream);
    return file;
}

#endif
