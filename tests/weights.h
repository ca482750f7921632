// Reads the published weights, for the tests that need them.
#ifndef TESTS_WEIGHTS_H
#define TESTS_WEIGHTS_H

#include "read_file.h"
#include "test.h"

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
