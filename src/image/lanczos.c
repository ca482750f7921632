// Each row is first resized to the output's width, then added to the sums of the few output rows that depend on it.
#include "image/lanczos.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/checked.h"
#include "core/ints.h"

// During the work a pixel is four floats: three colours and alpha.
enum { LOBES = 3, LANES = 4, ALPHA = 3 };

static const double pi = 3.14159265358979323846;

// For each sample of one side of the output: the input samples that it depends on, and their weights.
typedef struct Taps {
    int n, capacity; // output samples; room for weights of each
    int *first;      // owned, as are the others
    int *n_taps;
    float *weights; // [n][capacity]; those of a sample sum up to 1
} Taps;

struct Lanczos {
    LanczosShape shape;
    Taps columns, rows;
    float *linear;     // [levels]: light of each level
    float *thresholds; // [levels]: the least light that is rounded to the level or a higher one
    float *line;       // [in_width][LANES]: the row that was added
    float *wide;       // [out_width][LANES]: the same as wide as the output
    float *sums;       // [n_sums][out_width][LANES]: row y of the output is in y % n_sums
    int n_sums;
    uint8_t *row; // of the output
    int n_added, n_taken;
};

// ---- the filter

static double lanczos(double x) {
    if (x == 0) return 1;
    return fabs(x) < LOBES ? LOBES * sin(pi * x) * sin(pi * x / LOBES) / (pi * pi * x * x) : 0;
}

static double stretch_of(int in, int out) { return in > out ? (double)in / out : 1; }

static int capacity_of(int in, int out) { return 2 * (int)ceil(LOBES * stretch_of(in, out)) + 1; }

// The maximum number of output rows that depend on one input row.
static int sums_of(int in, int out) { return (int)ceil(2.0 * LOBES * stretch_of(out, in)) + 3; }

// Sample i of the output has its centre at (i + 1/2) * in / out.
static void fill_taps(Taps *taps, int i, int in) {
    const double stretch = stretch_of(in, taps->n), centre = (i + 0.5) * in / taps->n, support = LOBES * stretch;
    const int low = (int)floor(centre - support + 0.5), high = (int)floor(centre + support + 0.5);
    const int first = low < 0 ? 0 : low, end = min(high, in);
    float *weights = taps->weights + (size_t)i * (size_t)taps->capacity;
    double sum = 0;
    for (int x = first; x < end; x++) sum += lanczos((x + 0.5 - centre) / stretch);
    for (int x = first; x < end; x++) weights[x - first] = (float)(lanczos((x + 0.5 - centre) / stretch) / sum);
    taps->first[i] = first;
    taps->n_taps[i] = end - first;
}

static size_t taps_bytes(int in, int out) {
    const size_t each = 2 * sizeof(int) + (size_t)capacity_of(in, out) * sizeof(float);
    return checked_mul_or_max((size_t)out, each);
}

static bool make_taps(Taps *taps, int in, int out) {
    *taps = (Taps){.n = out, .capacity = capacity_of(in, out)};
    if (taps_bytes(in, out) == SIZE_MAX) return false;
    taps->first = malloc((size_t)out * sizeof *taps->first);
    taps->n_taps = malloc((size_t)out * sizeof *taps->n_taps);
    taps->weights = malloc((size_t)out * (size_t)taps->capacity * sizeof *taps->weights);
    if (!taps->first || !taps->n_taps || !taps->weights) return false;
    for (int i = 0; i < out; i++) fill_taps(taps, i, in);
    return true;
}

static void free_taps(Taps *taps) {
    free(taps->first);
    free(taps->n_taps);
    free(taps->weights);
}

// ---- light

static int max_level(int bits) { return (1 << bits) - 1; }

static double to_linear(double v) { return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4); }

static void fill_tables(Lanczos *lanczos) {
    const int most = max_level(lanczos->shape.bits);
    for (int level = 0; level <= most; level++) {
        lanczos->linear[level] = (float)to_linear((double)level / most);
        lanczos->thresholds[level] = level ? (float)to_linear((level - 0.5) / most) : 0;
    }
}

// The highest level whose threshold the light reaches.
static int to_level(const Lanczos *lanczos, float light) {
    int level = 0;
    for (int half = 1 << (lanczos->shape.bits - 1); half > 0; half /= 2)
        level += light >= lanczos->thresholds[level + half] ? half : 0;
    return level;
}

static int load(const uint8_t *row, int bits, size_t i) {
    return bits == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i];
}

static void store(uint8_t *row, int bits, size_t i, int level) {
    if (bits == 8)
        row[i] = (uint8_t)level;
    else
        ((uint16_t *)(void *)row)[i] = (uint16_t)level;
}

static void load_line(Lanczos *lanczos, const uint8_t *row) {
    const LanczosShape *shape = &lanczos->shape;
    const size_t channels = (size_t)shape->channels;
    const float most = (float)max_level(shape->bits);
    for (size_t x = 0; x < (size_t)shape->in_width; x++) {
        float *to = lanczos->line + x * LANES;
        const float alpha = channels == 4 ? (float)load(row, shape->bits, x * channels + ALPHA) / most : 1;
        for (size_t c = 0; c < ALPHA; c++) to[c] = alpha * lanczos->linear[load(row, shape->bits, x * channels + c)];
        to[ALPHA] = alpha;
    }
}

// A fully transparent pixel is black.
static void store_row(Lanczos *lanczos, const float *sums) {
    const LanczosShape *shape = &lanczos->shape;
    const size_t channels = (size_t)shape->channels;
    const int most = max_level(shape->bits);
    for (size_t x = 0; x < (size_t)shape->out_width; x++, sums += LANES) {
        const float alpha = channels == 4 ? sums[ALPHA] : 1;
        const float level = floorf(alpha * (float)most + 0.5f);
        const int opacity = level<0 ? 0 : level>(float) most ? most : (int)level;
        for (size_t c = 0; c < ALPHA; c++)
            store(lanczos->row, shape->bits, x * channels + c, opacity ? to_level(lanczos, sums[c] / alpha) : 0);
        if (channels == 4) store(lanczos->row, shape->bits, x * channels + ALPHA, opacity);
    }
}

// ---- rows

static void make_wide(Lanczos *lanczos) {
    const Taps *taps = &lanczos->columns;
    for (int x = 0; x < taps->n; x++) {
        const float *from = lanczos->line + (size_t)taps->first[x] * LANES;
        const float *weights = taps->weights + (size_t)x * (size_t)taps->capacity;
        float sum[LANES] = {0};
        for (int k = 0; k < taps->n_taps[x]; k++, from += LANES)
            for (int c = 0; c < LANES; c++) sum[c] += weights[k] * from[c];
        for (int c = 0; c < LANES; c++) lanczos->wide[x * LANES + c] = sum[c];
    }
}

static float *sums_at(const Lanczos *lanczos, int y) {
    return lanczos->sums + (size_t)(y % lanczos->n_sums) * (size_t)lanczos->shape.out_width * LANES;
}

void lanczos_add(Lanczos *lanczos, const uint8_t *row) {
    const Taps *taps = &lanczos->rows;
    const int at = lanczos->n_added++;
    const size_t n = (size_t)lanczos->shape.out_width * LANES;
    load_line(lanczos, row);
    make_wide(lanczos);
    for (int y = lanczos->n_taken; y < taps->n && taps->first[y] <= at; y++) {
        const float weight = taps->weights[(size_t)y * (size_t)taps->capacity + (size_t)(at - taps->first[y])];
        float *sums = sums_at(lanczos, y);
        assert(y - lanczos->n_taken < lanczos->n_sums);
        for (size_t i = 0; i < n; i++) sums[i] += weight * lanczos->wide[i];
    }
}

const uint8_t *lanczos_take(Lanczos *lanczos) {
    const Taps *taps = &lanczos->rows;
    const int y = lanczos->n_taken;
    if (y == taps->n || taps->first[y] + taps->n_taps[y] > lanczos->n_added) return NULL;
    float *sums = sums_at(lanczos, y);
    store_row(lanczos, sums);
    for (size_t i = 0; i < (size_t)lanczos->shape.out_width * LANES; i++) sums[i] = 0; // for a row further below
    lanczos->n_taken++;
    return lanczos->row;
}

// ---- begin and end

static size_t pixels_bytes(int width, int height) {
    return checked_mul_or_max(checked_mul_or_max((size_t)width, (size_t)height), LANES * sizeof(float));
}

static size_t row_bytes(LanczosShape shape) {
    return checked_mul_or_max((size_t)shape.out_width, (size_t)(shape.channels * (shape.bits / 8)));
}

size_t lanczos_bytes(LanczosShape shape) {
    const size_t parts[] = {
        taps_bytes(shape.in_width, shape.out_width),
        taps_bytes(shape.in_height, shape.out_height),
        2 * sizeof(float) << shape.bits,
        pixels_bytes(shape.in_width, 1),
        pixels_bytes(shape.out_width, 1 + sums_of(shape.in_height, shape.out_height)),
        row_bytes(shape),
    };
    size_t all = sizeof(Lanczos);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) all = checked_add_or_max(all, parts[i]);
    return all;
}

static bool take_memory(Lanczos *lanczos) {
    const LanczosShape shape = lanczos->shape;
    lanczos->n_sums = sums_of(shape.in_height, shape.out_height);
    lanczos->linear = malloc(sizeof(float) << shape.bits);
    lanczos->thresholds = malloc(sizeof(float) << shape.bits);
    lanczos->line = malloc(pixels_bytes(shape.in_width, 1));
    lanczos->wide = malloc(pixels_bytes(shape.out_width, 1));
    lanczos->sums = calloc(1, pixels_bytes(shape.out_width, lanczos->n_sums));
    lanczos->row = malloc(row_bytes(shape));
    return lanczos->linear && lanczos->thresholds && lanczos->line && lanczos->wide && lanczos->sums && lanczos->row &&
           make_taps(&lanczos->columns, shape.in_width, shape.out_width) &&
           make_taps(&lanczos->rows, shape.in_height, shape.out_height);
}

Status lanczos_begin(LanczosShape shape, Lanczos **out) {
    Lanczos *lanczos = lanczos_bytes(shape) < SIZE_MAX ? calloc(1, sizeof *lanczos) : NULL;
    if (lanczos) lanczos->shape = shape;
    if (!lanczos || !take_memory(lanczos)) {
        lanczos_end(lanczos);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory to make a picture of %d x %d pixels one of %d x %d.",
                           shape.in_width, shape.in_height, shape.out_width, shape.out_height);
    }
    fill_tables(lanczos);
    *out = lanczos;
    return STATUS_OK;
}

void lanczos_end(Lanczos *lanczos) {
    if (!lanczos) return;
    free_taps(&lanczos->columns);
    free_taps(&lanczos->rows);
    free(lanczos->linear);
    free(lanczos->thresholds);
    free(lanczos->line);
    free(lanczos->wide);
    free(lanczos->sums);
    free(lanczos->row);
    free(lanczos);
}
