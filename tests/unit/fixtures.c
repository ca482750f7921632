#include "fixtures.h"

// The texts that values were read from: kept, so that no leak is found.
static char *texts[4];

void fixtures_expect(const Fixtures *set, bool is_right, const char *expected) {
    if (is_right) return;
    fprintf(stderr, "tests/unit/fixtures/%s.tsv: expected %s before \"%.40s\"\n", set->name, expected, set->next);
    exit(1);
}

static File fixtures_file(const char *name, const char *extension) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.%s", FIXTURES_FOLDER, name, extension);
    return read_file(path);
}

Fixtures fixtures_open(const char *name) {
    const File rows = fixtures_file(name, "tsv");
    Fixtures set = {name, rows.data, fixtures_file(name, "bin")};
    fixtures_expect(&set, rows.data, "a file");
    rows.data[rows.size] = 0;
    int n = 0;
    while (texts[n]) n++;
    texts[n] = rows.data;
    return set;
}

const char *fixtures_text(Fixtures *set) {
    char *value = set->next, *end = value + strcspn(value, "\t\n");
    fixtures_expect(set, *end, "a value");
    set->next = end + 1;
    *end = 0;
    return value;
}

unsigned fixtures_unsigned(Fixtures *set) {
    char *end;
    const unsigned long long value = strtoull(fixtures_text(set), &end, 0);
    fixtures_expect(set, !*end && value <= UINT32_MAX, "a number");
    return (unsigned)value;
}

int fixtures_int(Fixtures *set) { return (int)fixtures_unsigned(set); }

FixtureBytes fixtures_bytes(Fixtures *set) {
    unsigned at, size;
    fixtures_expect(set, sscanf(fixtures_text(set), "%u+%u", &at, &size) == 2, "bytes");
    fixtures_expect(set, (uint64_t)at + size <= set->bytes.size, "bytes that are there");
    FixtureBytes bytes = {malloc(size), size};
    fixtures_expect(set, bytes.data || !size, "memory");
    if (size) memcpy(bytes.data, set->bytes.data + at, size);
    return bytes;
}

void *fixtures_table(Fixtures *set, const char *name, size_t row_bytes, int *n) {
    fixtures_expect(set, !strcmp(fixtures_text(set), name), name);
    *n = fixtures_int(set);
    void *rows = calloc((size_t)*n + 1, row_bytes);
    fixtures_expect(set, rows, "memory");
    return rows;
}

void fixtures_close(Fixtures *set) { free(set->bytes.data); }

FixtureFiles fixtures_files(Fixtures *set, const char *table) {
    FixtureFiles files;
    files.all = fixtures_table(set, table, sizeof *files.all, &files.n);
    for (int i = 0; i < files.n; i++) {
        files.all[i].name = fixtures_text(set);
        files.all[i].bytes = fixtures_bytes(set);
    }
    return files;
}

FixtureBytes fixtures_named(const FixtureFiles *files, const char *name) {
    for (int i = 0; i < files->n; i++) {
        if (!strcmp(files->all[i].name, name)) return files->all[i].bytes;
    }
    fail_msg("no fixture %s", name);
    return (FixtureBytes){NULL, 0};
}
