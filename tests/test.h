// What every C test includes: cmocka, with the headers that it wants first, and a main that all of them share.
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Where the published weights are: the argument after --models, for those tests that need them. An argument and not the
// environment, which a WebAssembly program does not see.
static const char *models_folder;

// Runs the array `tests` and prints TAP.
#define RUN_TESTS(name, argc, argv, tests) \
    (test_begin(argc, argv), cmocka_run_group_tests_name(name, tests, NULL, NULL))

static inline void test_begin(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i++) {
        if (!strcmp(argv[i], "--models")) models_folder = argv[i + 1];
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
}

#endif
