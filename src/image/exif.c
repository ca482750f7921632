// The orientation tag in the first directory of a TIFF structure, of either byte order.
#include "image/exif.h"

#include <stdbool.h>
#include <string.h>

typedef struct Tiff {
    const uint8_t *bytes;
    size_t size;
    bool is_big_endian;
} Tiff;

// The `n_bytes` at `at`, or 0 beyond the end.
static uint32_t number(const Tiff *tiff, size_t at, int n_bytes) {
    if (at > tiff->size || tiff->size - at < (size_t)n_bytes) return 0;
    uint32_t value = 0;
    for (int i = 0; i < n_bytes; i++) {
        const int shift = 8 * (tiff->is_big_endian ? n_bytes - 1 - i : i);
        value |= (uint32_t)tiff->bytes[at + (size_t)i] << shift;
    }
    return value;
}

// Where the value stands; 0: nowhere.
static size_t find_orientation(const Tiff *tiff) {
    enum { ORIENTATION = 0x0112, SHORT = 3, ENTRY_BYTES = 12 };
    const size_t directory = number(tiff, 4, 4);
    const uint32_t n_entries = number(tiff, directory, 2);
    for (uint32_t i = 0; i < n_entries; i++) {
        const size_t entry = directory + 2 + (size_t)i * ENTRY_BYTES;
        if (entry > tiff->size || tiff->size - entry < ENTRY_BYTES) return 0;
        if (number(tiff, entry, 2) == ORIENTATION && number(tiff, entry + 2, 2) == SHORT) return entry + 8;
    }
    return 0;
}

int exif_take_orientation(Bytes *exif) {
    if (exif->size < 8) return 1;
    const Tiff tiff = {exif->data, exif->size, !memcmp(exif->data, "MM\0*", 4)};
    if (!tiff.is_big_endian && memcmp(exif->data, "II*\0", 4)) return 1;
    const size_t at = find_orientation(&tiff);
    if (!at) return 1;
    const uint32_t found = number(&tiff, at, 2);
    exif->data[at] = !tiff.is_big_endian;
    exif->data[at + 1] = tiff.is_big_endian;
    return found >= 1 && found <= 8 ? (int)found : 1;
}
