// The header of an ICC profile.
#include "image/icc.h"

#include <string.h>

enum { HEADER = 128, VERSION = 8 };

static bool tells_its_size(const Bytes *icc) {
    if (icc->size < HEADER) return false;
    const uint8_t *p = icc->data;
    return icc->size == ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
}

static bool is_of(const Bytes *icc, const char *space) {
    enum { COLOUR_SPACE = 16, SIGNATURE = 36 };
    const uint8_t *p = icc->data;
    return tells_its_size(icc) && !memcmp(p + COLOUR_SPACE, space, 4) && !memcmp(p + SIGNATURE, "acsp", 4);
}

bool icc_is_rgb(const Bytes *icc) { return is_of(icc, "RGB "); }
bool icc_is_grey(const Bytes *icc) { return is_of(icc, "GRAY"); }

bool icc_fits_png(const Bytes *icc) {
    return icc->size >= HEADER + 4 && tells_its_size(icc) && (icc->data[VERSION] < 4 || icc->size % 4 == 0);
}
