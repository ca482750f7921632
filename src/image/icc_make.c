// Interprets chunks as Chromium does (found by trials); the numbers are those of ITU-T H.273. The matrix is as in
// ICC.1:2022, annex E.
#include "image/icc_make.h"

#include <math.h>

#include "image/icc_write.h"
#include "image/png_chunk.h"

// Of the colours' primaries and their white: x and y of each (CIE 1931).
typedef struct Primaries {
    double red[2], green[2], blue[2], white[2];
} Primaries;

#define D65 {0.3127, 0.3290}
#define WHITE_C {0.310, 0.316}
static const Primaries srgb = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, D65};

static const IccCurve srgb_curve = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
static const IccCurve smpte240_curve = {1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1.0 / 4, 0.0913};
static IccCurve power(double g) { return (IccCurve){g, 1, 0, 0, 0}; }

// ---- interpretation of the chunks

static bool find(const Bytes *chunks, const char *name, uint32_t size, PngChunk *out) {
    for (size_t at = 0; png_chunk_read(chunks->data, chunks->size, &at, out) == PNG_CHUNK_WHOLE;) {
        if (png_chunk_is(out, name) && out->size == size) return true;
    }
    return false;
}

// How a picture's numbers are to be read.
typedef struct Meaning {
    Primaries primaries;
    IccCurve curve;
    const uint8_t *code_points; // of cICP, if no curve can say it; or NULL
} Meaning;

// ITU-T H.273, table 2.
static bool primaries_of(int code, Primaries *out) {
    static const Primaries all[] = {
        [4] = {{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}, WHITE_C},
        [5] = {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, D65},
        [6] = {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, D65},
        [7] = {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, D65},
        [8] = {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, WHITE_C},
        [9] = {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, D65},
        [10] = {{1, 0}, {0, 1}, {0, 0}, {1 / 3.0, 1 / 3.0}},
        [11] = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}},
        [12] = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, D65},
        [22] = {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, D65},
    };
    const int n = (int)(sizeof all / sizeof *all);
    *out = code == 1 ? srgb : code < n ? all[code] : (Primaries){0};
    return out->white[0] > 0;
}

// ITU-T H.273, table 3. Curves of cameras are replaced by that of screens (ITU-R BT.1886).
static bool curve_of(int code, IccCurve *out) {
    switch (code) {
        case 1:
        case 6:
        case 11:
        case 14:
        case 15: *out = power(2.4); return true;
        case 4: *out = power(2.2); return true;
        case 5: *out = power(2.8); return true;
        case 7: *out = smpte240_curve; return true;
        case 8: *out = power(1); return true;
        case 13: *out = srgb_curve; return true;
        case 17:
            *out = power(2.6);
            out->a = pow(52.37 / 48, 1 / 2.6);
            return true;
        default: return false;
    }
}

// False: the numbers have no meaning.
static bool read_cicp(const uint8_t *data, Meaning *out, IccMade *made) {
    enum { PQ = 16, HLG = 18 };
    const bool is_rgb = data[2] == 0 && data[3] == 1; // no matrix, the full range
    const bool is_hdr = data[1] == PQ || data[1] == HLG;
    if (is_hdr) out->curve = srgb_curve; // no curve is similar
    if (!is_rgb || !primaries_of(data[0], &out->primaries)) return false;
    if (!is_hdr && !curve_of(data[1], &out->curve)) return false;
    out->code_points = is_hdr ? data : NULL; // more programs support curves
    *made = data[0] == 1 && data[1] == 13 ? ICC_SRGB : is_hdr ? ICC_MADE_FOR_SOME : ICC_MADE;
    return true;
}

static double number_at(const uint8_t *data, int i) { return png_chunk_u32(data + 4 * i) / 100000.0; }

// White, red, green, blue. False: these are no colours.
static bool read_primaries(const uint8_t *data, Primaries *out) {
    double *const to[] = {out->white, out->red, out->green, out->blue};
    for (int i = 0; i < 8; i++) {
        to[i / 2][i % 2] = number_at(data, i);
        if (to[i / 2][i % 2] > 1) return false;
    }
    return true;
}

static IccMade read_gamma(const Bytes *chunks, Meaning *out) {
    PngChunk gamma, primaries;
    if (!find(chunks, "gAMA", 4, &gamma) || !png_chunk_u32(gamma.data)) return ICC_NOT_NEEDED;
    const double g = 1 / number_at(gamma.data, 0);
    out->curve = power(g);
    out->primaries = srgb;
    if (!find(chunks, "cHRM", 32, &primaries)) return fabs(2.2 / g - 1) < 0.05 ? ICC_NOT_NEEDED : ICC_MADE;
    return read_primaries(primaries.data, &out->primaries) ? ICC_MADE : ICC_NOT_NEEDED;
}

static IccMade read_chunks(const Bytes *chunks, bool has_profile, Meaning *out) {
    PngChunk chunk;
    IccMade made;
    if (find(chunks, "cICP", 4, &chunk) && read_cicp(chunk.data, out, &made)) return made;
    if (has_profile || find(chunks, "sRGB", 1, &chunk)) return ICC_NOT_NEEDED;
    return read_gamma(chunks, out);
}

// ---- the matrix

static IccMatrix multiply(IccMatrix a, IccMatrix b) {
    IccMatrix product = {0};
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) product.m[i][j] += a.m[i][k] * b.m[k][j];
        }
    }
    return product;
}

static void transform(const IccMatrix *a, const double v[3], double out[3]) {
    for (int i = 0; i < 3; i++) out[i] = a->m[i][0] * v[0] + a->m[i][1] * v[1] + a->m[i][2] * v[2];
}

// By cofactors. False: the matrix has no inverse.
static bool invert(const IccMatrix *a, IccMatrix *out) {
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
    out[0] = xy[0];
    out[1] = xy[1];
    out[2] = 1 - xy[0] - xy[1];
}

// From one white to that of profiles, by Bradford's cones.
static bool adapt(const double white[3], IccMatrix *out) {
    static const double d50[3] = {0.9642, 1, 0.8249};
    static const IccMatrix bradford = {
        {{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};
    double from[3], to[3];
    IccMatrix back, scale = {0};
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
static bool matrix_of(const Primaries *primaries, IccMatrix *out, IccMatrix *adapted) {
    const double *const xy[3] = {primaries->red, primaries->green, primaries->blue};
    IccMatrix columns, inverse;
    double white[3], parts[3];
    if (!(primaries->white[1] > 0)) return false;
    to_xyz(primaries->white, white);
    for (int i = 0; i < 3; i++) white[i] /= primaries->white[1];
    for (int j = 0; j < 3; j++) {
        double xyz[3];
        to_xyz(xy[j], xyz);
        for (int i = 0; i < 3; i++) columns.m[i][j] = xyz[i];
    }
    if (!invert(&columns, &inverse) || !adapt(white, adapted)) return false;
    transform(&inverse, white, parts);
    for (int i = 0; i < 9; i++) columns.m[i / 3][i % 3] *= parts[i % 3];
    *out = multiply(*adapted, columns);
    return true;
}

// ---- the profiles

Status icc_make(const Bytes *chunks, bool has_profile, Bytes *out, IccMade *made) {
    Meaning meaning = {0};
    IccParts parts;
    uint8_t curve[ICC_WRITE_CURVE_BYTES];
    *made = read_chunks(chunks, has_profile, &meaning);
    if (*made == ICC_NOT_NEEDED || *made == ICC_SRGB) return STATUS_OK;
    if (!matrix_of(&meaning.primaries, &parts.columns, &parts.adapted)) {
        *made = ICC_NOT_NEEDED;
        return STATUS_OK;
    }
    icc_write_curve(&meaning.curve, curve);
    parts.curve = curve;
    parts.curve_bytes = sizeof curve;
    parts.code_points = meaning.code_points;
    return icc_write(&parts, out);
}

// The element that the tag `name` refers to.
static bool find_element(const Bytes *icc, const char *name, IccParts *out) {
    enum { COUNT = 128, TABLE = 132, ENTRY = 12, LEAST = 12 };
    const uint32_t n = icc->size >= TABLE ? png_chunk_u32(icc->data + COUNT) : 0;
    for (uint32_t i = 0; i < n && icc->size - TABLE >= ((size_t)i + 1) * ENTRY; i++) {
        const uint8_t *entry = icc->data + TABLE + (size_t)i * ENTRY;
        if (memcmp(entry, name, 4)) continue;
        const size_t at = png_chunk_u32(entry + 4), size = png_chunk_u32(entry + 8);
        if (at > icc->size || size > icc->size - at || size < LEAST) return false;
        out->curve = icc->data + at;
        out->curve_bytes = size;
        return true;
    }
    return false;
}

Status icc_make_rgb(const Bytes *grey, Bytes *out) {
    IccParts parts = {0};
    if (!find_element(grey, "kTRC", &parts) || !matrix_of(&srgb, &parts.columns, &parts.adapted)) return STATUS_OK;
    return icc_write(&parts, out);
}
