#include "search/near_pairs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"

enum {
    WORDS = NEAR_PAIRS_HASH_BYTES / 2,
    KEYS = 1 << 16,
    FEW = 1024,         // hashes: comparing each with each is faster
    MAX_PROBES = 137,   // keys that differ in at most 2 bits: with 3 it would be 697
    ROWS_AT_A_TIME = 64 // when each is compared with each
};

// The pairs that one part of the work found.
typedef struct Part {
    uint64_t *pairs; // a << 32 | b
    size_t n, capacity;
    bool has_failed;
} Part;

typedef struct Finder {
    const uint8_t *hashes;
    int n, distance, radius; // of the hash, of a word
    uint16_t probes[MAX_PROBES];
    int n_probes;
    Part *parts;
} Finder;

static void keep(Part *part, int a, int b) {
    if (part->has_failed || part->n > NEAR_PAIRS_MAX) return;
    if (part->n == part->capacity) {
        const size_t capacity = part->capacity ? 2 * part->capacity : 256;
        uint64_t *pairs = realloc(part->pairs, capacity * sizeof *pairs);
        part->has_failed = !pairs;
        if (!pairs) return;
        part->pairs = pairs;
        part->capacity = capacity;
    }
    part->pairs[part->n++] = (uint64_t)min(a, b) << 32 | (uint64_t)max(a, b);
}

static const uint8_t *hash_at(const Finder *finder, int i) {
    return finder->hashes + (size_t)i * NEAR_PAIRS_HASH_BYTES;
}

static unsigned word_at(const Finder *finder, int i, int word) {
    uint16_t value;
    memcpy(&value, hash_at(finder, i) + word * 2, sizeof value);
    return value;
}

static int distance(const Finder *finder, int a, int b) {
    uint64_t x[NEAR_PAIRS_HASH_BYTES / 8], y[NEAR_PAIRS_HASH_BYTES / 8];
    int bits = 0;
    memcpy(x, hash_at(finder, a), sizeof x);
    memcpy(y, hash_at(finder, b), sizeof y);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) bits += __builtin_popcountll(x[i] ^ y[i]);
    return bits;
}

static void compare_each(void *context, int index) {
    const Finder *finder = context;
    const int end = min((index + 1) * ROWS_AT_A_TIME, finder->n);
    for (int a = index * ROWS_AT_A_TIME; a < end; a++) {
        for (int b = a + 1; b < finder->n; b++) {
            if (distance(finder, a, b) <= finder->distance) keep(finder->parts + index, a, b);
        }
    }
}

// Hashes in the order of one word: those of key k are rows[starts[k]] to rows[starts[k + 1] - 1].
typedef struct Table {
    int *starts; // [KEYS + 1]
    int *rows;   // [n]
} Table;

static bool make_table(const Finder *finder, int word, Table *table) {
    *table = (Table){calloc(KEYS + 2, sizeof *table->starts), malloc((size_t)finder->n * sizeof *table->rows)};
    if (!table->starts || !table->rows) return false;
    int *next = table->starts + 1; // ends up as starts of the key after
    for (int i = 0; i < finder->n; i++) next[word_at(finder, i, word) + 1]++;
    for (int key = 0; key < KEYS; key++) next[key + 1] += next[key];
    for (int i = 0; i < finder->n; i++) table->rows[next[word_at(finder, i, word)]++] = i;
    return true;
}

// Whether an earlier table has the pair, too.
static bool is_found_before(const Finder *finder, int a, int b, int word) {
    for (int before = 0; before < word; before++) {
        const unsigned apart = word_at(finder, a, before) ^ word_at(finder, b, before);
        if (__builtin_popcount(apart) <= finder->radius) return true;
    }
    return false;
}

static void look_up(void *context, int word) {
    const Finder *finder = context;
    Part *part = finder->parts + word;
    Table table;
    part->has_failed = !make_table(finder, word, &table);
    for (int a = 0; a < finder->n && !part->has_failed; a++) {
        for (int probe = 0; probe < finder->n_probes; probe++) {
            const unsigned key = word_at(finder, a, word) ^ finder->probes[probe];
            for (int at = table.starts[key]; at < table.starts[key + 1]; at++) {
                const int b = table.rows[at];
                if (b > a && distance(finder, a, b) <= finder->distance && !is_found_before(finder, a, b, word))
                    keep(part, a, b);
            }
        }
    }
    free(table.starts);
    free(table.rows);
}

static int compare_pairs(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static Status join(Part *parts, int n_parts, int distance_asked, NearPairs *out) {
    size_t n = 0;
    for (int i = 0; i < n_parts; i++) {
        if (parts[i].has_failed) return status_fail(STATUS_NO_MEMORY, "Not enough memory for pairs of hashes.");
        n += parts[i].n;
        if (n > NEAR_PAIRS_MAX)
            return status_fail(STATUS_UNSUPPORTED,
                               "Expected at most %d pairs of hashes within a distance of %d but found more: choose a "
                               "smaller distance, or leave out pictures of one colour.",
                               NEAR_PAIRS_MAX, distance_asked);
    }
    uint64_t *all = malloc((n + 1) * sizeof *all);
    if (!all) return status_fail(STATUS_NO_MEMORY, "Not enough memory for pairs of hashes.");
    for (int i = 0, at = 0; i < n_parts; at += (int)parts[i++].n) {
        if (parts[i].n) memcpy(all + at, parts[i].pairs, parts[i].n * sizeof *all);
    }
    qsort(all, n, sizeof *all, compare_pairs);
    for (size_t i = 0; i < n; i++) {
        const int32_t pair[2] = {(int32_t)(all[i] >> 32), (int32_t)(all[i] & UINT32_MAX)};
        memcpy(all + i, pair, sizeof pair);
    }
    *out = (NearPairs){(int32_t *)all, n};
    return STATUS_OK;
}

// All keys that differ from 0 in at most `radius` bits; 0: too many.
static int make_probes(int radius, uint16_t *probes) {
    int n = 0;
    if (radius > 2) return 0;
    for (unsigned key = 0; key < KEYS; key++) {
        if (__builtin_popcount(key) <= radius) probes[n++] = (uint16_t)key;
    }
    return n;
}

static Status find(Finder *finder, NearPairs *out) {
    const bool uses_tables = finder->n > FEW && finder->n_probes > 0;
    const int n_parts = uses_tables ? WORDS : divide_up(finder->n, ROWS_AT_A_TIME);
    finder->parts = calloc((size_t)n_parts + 1, sizeof *finder->parts);
    if (!finder->parts) return status_fail(STATUS_NO_MEMORY, "Not enough memory for pairs of hashes.");
    parallel_for(uses_tables ? look_up : compare_each, finder, n_parts);
    const Status status = join(finder->parts, n_parts, finder->distance, out);
    for (int i = 0; i < n_parts; i++) free(finder->parts[i].pairs);
    free(finder->parts);
    return status;
}

Status near_pairs_find(const uint8_t *hashes, int n, int distance_asked, NearPairs *out) {
    if (n < 0 || distance_asked < 0 || distance_asked > NEAR_PAIRS_HASH_BYTES * 8)
        return status_fail(STATUS_BAD_ARGUMENT,
                           "Expected hashes and a distance from 0 to %d bits but received %d hashes and %d.",
                           NEAR_PAIRS_HASH_BYTES * 8, n, distance_asked);
    Finder finder = {.hashes = hashes, .n = n, .distance = distance_asked, .radius = distance_asked / WORDS};
    finder.n_probes = make_probes(finder.radius, finder.probes);
    return find(&finder, out);
}

void near_pairs_free(NearPairs *pairs) {
    free(pairs->pairs);
    *pairs = (NearPairs){0};
}
