// ICC.1:2022: a header, a table of tags, and the tags: three columns of a matrix to XYZ under D50, and one curve for all.
#include "image/icc_make.h"

#include <math.h>

#include "image/png_chunk.h"

// Of the colours' primaries and their white: x and y of each (CIE 1931).
typedef struct Primaries {
    double red[2], green[2], blue[2], white[2];
} Primaries;

#define D65 {0.3127, 0.3290}
static const Primaries srgb = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, D65};

// y = (a x + b)^g from d on, y = c x before (ICC.1:2022, 10.18, function 3). g alone: d 0, a 1.
typedef struct Curve {
    double g, a, b, c, d;
} Curve;

static const Curve srgb_curve = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
static const Curve bt709_curve = {1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081};
static Curve power(double g) { return (Curve){g, 1, 0, 0, 0}; }

// ---- what the chunks say

static bool find(const Bytes *chunks, const char *name, uint32_t size, PngChunk *out) {
    for (size_t at = 0; png_chunk_read(chunks->data, chunks->size, &at, out) == PNG_CHUNK_WHOLE;) {
        if (png_chunk_is(out, name) && out->size == size) return true;
    }
    return false;
}

// Codes of ITU-T H.273, tables 2 and 3.
static bool primaries_of(int code, Primaries *out) {
    static const Primaries bt2020 = {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, D65};
    static const Primaries p3 = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, D65};
    static const Primaries bt470 = {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, D65};
    static const Primaries smpte170 = {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, D65};
    switch (code) {
    case 1: *out = srgb; return true;
    case 5: *out = bt470; return true;
    case 6:
    case 7: *out = smpte170; return true;
    case 9: *out = bt2020; return true;
    case 12: *out = p3; return true;
    default: return false;
    }
}

static bool curve_of(int code, Curve *out) {
    switch (code) {
    case 1:
    case 6:
    case 14:
    case 15: *out = bt709_curve; return true;
    case 4: *out = power(2.2); return true;
    case 5: *out = power(2.8); return true;
    case 8: *out = power(1); return true;
    case 13: *out = srgb_curve; return true;
    default: return false;
    }
}

static IccMade read_cicp(const uint8_t *data, Primaries *primaries, Curve *curve) {
    if (data[0] == 1 && data[1] == 13) return ICC_NOT_NEEDED;
    const bool is_rgb = data[2] == 0 && data[3] == 1; // no matrix, the full range
    return is_rgb && primaries_of(data[0], primaries) && curve_of(data[1], curve) ? ICC_MADE : ICC_CANNOT;
}

static double pair_at(const uint8_t *data, int i) { return png_chunk_u32(data + 4 * i) / 100000.0; }

static IccMade read_gamma(const Bytes *chunks, Primaries *primaries, Curve *curve) {
    PngChunk chunk;
    if (!find(chunks, "gAMA", 4, &chunk) || !png_chunk_u32(chunk.data)) return ICC_NOT_NEEDED;
    *curve = power(1 / pair_at(chunk.data, 0));
    *primaries = srgb;
    if (!find(chunks, "cHRM", 32, &chunk)) return ICC_MADE;
    const uint8_t *at = chunk.data; // white, red, green, blue
    *primaries = (Primaries){.white = {pair_at(at, 0), pair_at(at, 1)},
                             .red = {pair_at(at, 2), pair_at(at, 3)},
                             .green = {pair_at(at, 4), pair_at(at, 5)},
                             .blue = {pair_at(at, 6), pair_at(at, 7)}};
    return ICC_MADE;
}

static IccMade read_chunks(const Bytes *chunks, bool has_profile, Primaries *primaries, Curve *curve) {
    PngChunk chunk;
    if (find(chunks, "cICP", 4, &chunk)) return read_cicp(chunk.data, primaries, curve);
    if (has_profile || find(chunks, "sRGB", 1, &chunk)) return ICC_NOT_NEEDED;
    return read_gamma(chunks, primaries, curve);
}

// ---- the matrix

typedef struct Matrix {
    double m[3][3];
} Matrix;

static Matrix multiply(Matrix a, Matrix b) {
    Matrix product = {0};
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) product.m[i][j] += a.m[i][k] * b.m[k][j];
        }
    }
    return product;
}

static void transform(const Matrix *a, const double v[3], double out[3]) {
    for (int i = 0; i < 3; i++) out[i] = a->m[i][0] * v[0] + a->m[i][1] * v[1] + a->m[i][2] * v[2];
}

// By cofactors. False: it has none.
static bool invert(const Matrix *a, Matrix *out) {
    double determinant = 0;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const int r = (j + 1) % 3, s = (j + 2) % 3, u = (i + 1) % 3, v = (i + 2) % 3;
            out->m[i][j] = a->m[r][u] * a->m[s][v] - a->m[r][v] * a->m[s][u];
        }
        determinant += out->m[i][0] * a->m[0][i];
    }
    if (!(fabs(determinant) > 1e-9)) return false;
    for (int i = 0; i < 9; i++) out->m[i / 3][i % 3] /= determinant;
    return true;
}

static void to_xyz(const double xy[2], double out[3]) {
    out[0] = xy[0] / xy[1];
    out[1] = 1;
    out[2] = (1 - xy[0] - xy[1]) / xy[1];
}

// From one white to that of profiles, by Bradford's cones (ICC.1:2022, annex E).
static bool adapt(const double white[3], Matrix *out) {
    static const double d50[3] = {0.9642, 1, 0.8249};
    static const Matrix bradford = {{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};
    double from[3], to[3];
    Matrix back, scale = {0};
    transform(&bradford, white, from);
    transform(&bradford, d50, to);
    for (int i = 0; i < 3; i++) {
        if (!(from[i] > 0)) return false;
        scale.m[i][i] = to[i] / from[i];
    }
    if (!invert(&bradford, &back)) return false;
    *out = multiply(back, multiply(scale, bradford));
    return true;
}

// Columns: XYZ under D50 of each primary. False: there are no such colours.
static bool matrix_of(const Primaries *primaries, Matrix *out, Matrix *adapted) {
    const double *const xy[3] = {primaries->red, primaries->green, primaries->blue};
    Matrix columns, inverse;
    double white[3], parts[3];
    if (!(primaries->white[1] > 0)) return false;
    to_xyz(primaries->white, white);
    for (int j = 0; j < 3; j++) {
        double xyz[3];
        if (!(xy[j][1] > 0)) return false;
        to_xyz(xy[j], xyz);
        for (int i = 0; i < 3; i++) columns.m[i][j] = xyz[i];
    }
    if (!invert(&columns, &inverse) || !adapt(white, adapted)) return false;
    transform(&inverse, white, parts);
    for (int i = 0; i < 9; i++) columns.m[i / 3][i % 3] *= parts[i % 3];
    *out = multiply(*adapted, columns);
    return true;
}

// ---- the file

static void put_u32(uint8_t *to, size_t at, uint32_t value) { png_chunk_set_u32(to + at, value); }
static void put_fixed(uint8_t *to, size_t at, double value) { put_u32(to, at, (uint32_t)(int32_t)lround(value * 65536)); }
static void put_name(uint8_t *to, size_t at, const char *name) { memcpy(to + at, name, 4); }

enum {
    HEADER = 128,
    N_TAGS = 10,
    TABLE = 4 + 12 * N_TAGS,
    TEXT_BYTES = 44, // of a text with room for 16 bytes
    XYZ_BYTES = 20,
    CURVE_BYTES = 32,
    CHAD_BYTES = 44,
    TEXT = HEADER + TABLE,
    WHITE = TEXT + TEXT_BYTES,
    COLOURS = WHITE + XYZ_BYTES,
    CURVE = COLOURS + 3 * XYZ_BYTES,
    CHAD = CURVE + CURVE_BYTES,
    SIZE = CHAD + CHAD_BYTES,
};

static void put_tag(uint8_t *to, int i, const char *name, uint32_t at, uint32_t size) {
    const size_t entry = HEADER + 4 + 12 * (size_t)i;
    put_name(to, entry, name);
    put_u32(to, entry + 4, at);
    put_u32(to, entry + 8, size);
}

static void put_header(uint8_t *to) {
    put_u32(to, 0, SIZE);
    put_u32(to, 8, 0x04300000);
    put_name(to, 12, "mntr");
    put_name(to, 16, "RGB ");
    put_name(to, 20, "XYZ ");
    png_chunk_set_u16(to + 24, 2024); // a date, which has to be one
    to[27] = to[29] = 1;
    put_name(to, 36, "acsp");
    put_fixed(to, 68, 0.9642);
    put_fixed(to, 72, 1);
    put_fixed(to, 76, 0.8249);
    put_u32(to, HEADER, N_TAGS);
}

static void put_text(uint8_t *to) {
    put_name(to, TEXT, "mluc");
    put_u32(to, TEXT + 8, 1);
    put_u32(to, TEXT + 12, 12);
    put_name(to, TEXT + 16, "enUS");
    put_u32(to, TEXT + 20, 16);
    put_u32(to, TEXT + 24, 28);
    for (int i = 0; i < 8; i++) to[TEXT + 28 + 2 * i + 1] = (uint8_t)"from PNG"[i];
}

static void put_xyz(uint8_t *to, size_t at, const double xyz[3]) {
    put_name(to, at, "XYZ ");
    for (size_t i = 0; i < 3; i++) put_fixed(to, at + 8 + 4 * i, xyz[i]);
}

static void put_curve(uint8_t *to, const Curve *curve) {
    const double values[] = {curve->g, curve->a, curve->b, curve->c, curve->d};
    put_name(to, CURVE, "para");
    png_chunk_set_u16(to + CURVE + 8, 3);
    for (size_t i = 0; i < 5; i++) put_fixed(to, CURVE + 12 + 4 * i, values[i]);
}

static void put_tags(uint8_t *to, const Matrix *matrix, const Matrix *adapted) {
    static const char *const columns[] = {"rXYZ", "gXYZ", "bXYZ"}, *const curves[] = {"rTRC", "gTRC", "bTRC"};
    static const double d50[3] = {0.9642, 1, 0.8249};
    put_tag(to, 0, "desc", TEXT, TEXT_BYTES);
    put_tag(to, 1, "cprt", TEXT, TEXT_BYTES);
    put_tag(to, 2, "wtpt", WHITE, XYZ_BYTES);
    put_xyz(to, WHITE, d50);
    for (int i = 0; i < 3; i++) {
        const double xyz[3] = {matrix->m[0][i], matrix->m[1][i], matrix->m[2][i]};
        put_tag(to, 3 + i, columns[i], (uint32_t)(COLOURS + i * XYZ_BYTES), XYZ_BYTES);
        put_tag(to, 6 + i, curves[i], CURVE, CURVE_BYTES);
        put_xyz(to, (size_t)(COLOURS + i * XYZ_BYTES), xyz);
    }
    put_tag(to, 9, "chad", CHAD, CHAD_BYTES);
    put_name(to, CHAD, "sf32");
    for (size_t i = 0; i < 9; i++) put_fixed(to, CHAD + 8 + 4 * i, adapted->m[i / 3][i % 3]);
}

Status icc_make(const Bytes *chunks, bool has_profile, Bytes *out, IccMade *made) {
    Primaries primaries;
    Curve curve;
    Matrix matrix, adapted;
    uint8_t profile[SIZE] = {0};
    *made = read_chunks(chunks, has_profile, &primaries, &curve);
    if (*made == ICC_MADE && (!matrix_of(&primaries, &matrix, &adapted) || curve.g > 1000)) *made = ICC_CANNOT;
    if (*made != ICC_MADE) return STATUS_OK;
    put_header(profile);
    put_text(profile);
    put_curve(profile, &curve);
    put_tags(profile, &matrix, &adapted);
    return bytes_append(out, profile, SIZE);
}
