// Writes ICC profiles (ICC.1:2022) of RGB: three columns of a matrix to XYZ under D50, and one curve for all three
// colours.
#ifndef IMAGE_ICC_WRITE_H
#define IMAGE_ICC_WRITE_H

#include <stdbool.h>

#include "core/bytes.h"

typedef struct IccMatrix {
    double m[3][3];
} IccMatrix;

typedef struct IccParts {
    IccMatrix columns;    // XYZ of red, green and blue
    IccMatrix adapted;    // from the white that they had to D50
    const uint8_t *curve; // a whole element of the type curv or para
    size_t curve_bytes;
    const uint8_t *code_points; // 4 bytes as in a PNG's cICP chunk, for programs that know them (9.2.17); NULL: none
} IccParts;

// Appends the profile to `out`, of version 4.3, or 4.4 if it has code points. Only STATUS_NO_MEMORY fails.
MUST_CHECK Status icc_write(const IccParts *parts, Bytes *out);

// y = (a x + b)^g from d on, y = c x before (10.18, function 3). g alone: d 0, a 1.
typedef struct IccCurve {
    double g, a, b, c, d;
} IccCurve;
enum { ICC_WRITE_CURVE_BYTES = 32 };
// The curve as an element of a profile. Numbers reach to 32767.
void icc_write_curve(const IccCurve *curve, uint8_t element[ICC_WRITE_CURVE_BYTES]);

#endif
