// The header of an ICC profile.
#include "image/icc.h"

#include <string.h>

static bool is_of(const Bytes *icc, const char *space) {
    enum { HEADER = 128, COLOUR_SPACE = 16, SIGNATURE = 36 };
    if (icc->size < HEADER) return false;
    const uint8_t *p = icc->data;
    const uint32_t size = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return size == icc->size && !memcmp(p + COLOUR_SPACE, space, 4) && !memcmp(p + SIGNATURE, "acsp", 4);
}

bool icc_is_rgb(const Bytes *icc) { return is_of(icc, "RGB "); }
bool icc_is_grey(const Bytes *icc) { return is_of(icc, "GRAY"); }
