// The header of an ICC profile.
#include "image/icc.h"

#include <string.h>

#include "core/warnings.h"

enum { HEADER = 128, VERSION = 8 };

static bool tells_its_size(const Bytes *icc) {
    if (icc->size < HEADER) return false;
    const uint8_t *p = icc->data;
    return icc->size == ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
}

static bool is_whole(const Bytes *icc) {
    enum { SIGNATURE = 36 };
    return tells_its_size(icc) && !memcmp(icc->data + SIGNATURE, "acsp", 4);
}

static bool is_of(const Bytes *icc, const char *space) {
    enum { COLOUR_SPACE = 16 };
    return is_whole(icc) && !memcmp(icc->data + COLOUR_SPACE, space, 4);
}

bool icc_is_rgb(const Bytes *icc) { return is_of(icc, "RGB "); }
bool icc_is_grey(const Bytes *icc) { return is_of(icc, "GRAY"); }

void icc_settle(Bytes *icc, bool fits_grey, Bytes *warnings) {
    if (!icc->size || icc_is_rgb(icc) || (fits_grey && icc_is_grey(icc))) return;
    if (!is_whole(icc))
        warnings_add(warnings, REASON_PROFILE_LEFT_OUT, "The picture's colour profile is broken, and left out.");
    bytes_free(icc);
}

bool icc_fits_png(const Bytes *icc) {
    return icc->size >= HEADER + 4 && tells_its_size(icc) && (icc->data[VERSION] < 4 || icc->size % 4 == 0);
}
