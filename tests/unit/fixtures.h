// Reads a set of fixtures as fixture_writer.py writes it (which tells the form): table by table, value by value, in
// their order. What is read stays until the program ends. A set that does not have what is asked for ends the program.
#ifndef UNIT_FIXTURES_H
#define UNIT_FIXTURES_H

#include <stdbool.h>

#include "test.h"
#include "weights.h"

typedef struct FixtureBytes {
    uint8_t *data; // memory of exactly this size, so that a sanitizer sees a byte read too far
    size_t size;
} FixtureBytes;

typedef struct Fixtures {
    const char *name;
    char *next; // the value that is read next
    File bytes;
} Fixtures;

// `name`: "bmp", of fixtures/bmp.tsv.
Fixtures fixtures_open(const char *name);
void fixtures_close(Fixtures *set); // tables that are not wanted may be left

// The beginning of the next table, which has this name. Returns room for its rows, and their number.
void *fixtures_table(Fixtures *set, const char *name, size_t row_bytes, int *n);

// The next value of a row.
const char *fixtures_text(Fixtures *set);
unsigned fixtures_unsigned(Fixtures *set);
int fixtures_int(Fixtures *set);
FixtureBytes fixtures_bytes(Fixtures *set);

void fixtures_expect(const Fixtures *set, bool is_right, const char *expected);

// A table of files that have a name each.
typedef struct FixtureFile {
    const char *name;
    FixtureBytes bytes;
} FixtureFile;

typedef struct FixtureFiles {
    FixtureFile *all;
    int n;
} FixtureFiles;

FixtureFiles fixtures_files(Fixtures *set, const char *table);
FixtureBytes fixtures_named(const FixtureFiles *files, const char *name);

#endif
