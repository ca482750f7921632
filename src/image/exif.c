// A few tags in the directories of a TIFF structure, of either byte order.
#include "image/exif.h"

#include <string.h>

#include "core/warnings.h"

typedef struct Tiff {
    uint8_t *bytes;
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

void exif_strip_prefix(Bytes *exif) {
    static const char prefix[6] = "Exif\0";
    if (exif->size < sizeof prefix || memcmp(exif->data, prefix, sizeof prefix)) return;
    exif->size -= sizeof prefix;
    memmove(exif->data, exif->data + sizeof prefix, exif->size);
}

enum { SHORT = 3, LONG = 4, ENTRY_BYTES = 12 };

static bool open_tiff(const Bytes *exif, Tiff *tiff) {
    if (exif->size < 8) return false;
    *tiff = (Tiff){exif->data, exif->size, !memcmp(exif->data, "MM\0*", 4)};
    return tiff->is_big_endian || !memcmp(exif->data, "II*\0", 4);
}

bool exif_is_tiff(const Bytes *exif) {
    Tiff tiff;
    return open_tiff(exif, &tiff);
}

void exif_drop_broken(Bytes *exif, const char *kind, Bytes *warnings) {
    if (!exif->size || exif_is_tiff(exif)) return;
    bytes_free(exif);
    warnings_add(warnings, REASON_EXIF_LEFT_OUT, "The %s file's EXIF is broken and was left out.", kind);
}

static void set_number(const Tiff *tiff, size_t at, int n_bytes, uint32_t value) {
    if (at > tiff->size || tiff->size - at < (size_t)n_bytes) return;
    for (int i = 0; i < n_bytes; i++) {
        const int shift = 8 * (tiff->is_big_endian ? n_bytes - 1 - i : i);
        tiff->bytes[at + (size_t)i] = (uint8_t)(value >> shift);
    }
}

// The offset of the entry of `tag` in the directory at `directory`; 0: there is none.
static size_t find_entry(const Tiff *tiff, size_t directory, uint32_t tag) {
    const uint32_t n_entries = number(tiff, directory, 2);
    for (uint32_t i = 0; i < n_entries; i++) {
        const size_t entry = directory + 2 + (size_t)i * ENTRY_BYTES;
        if (entry > tiff->size || tiff->size - entry < ENTRY_BYTES) return 0;
        if (number(tiff, entry, 2) == tag) return entry;
    }
    return 0;
}

int exif_take_orientation(Bytes *exif) {
    enum { ORIENTATION = 0x0112 };
    Tiff tiff;
    if (!open_tiff(exif, &tiff)) return 1;
    const size_t directory = number(&tiff, 4, 4), entry = find_entry(&tiff, directory, ORIENTATION);
    if (!entry || number(&tiff, entry + 2, 2) != SHORT) return 1;
    const uint32_t found = number(&tiff, entry + 8, 2);
    set_number(&tiff, entry + 8, 2, 1);
    if (found < 2 || found > 8) return 1;
    set_number(&tiff, directory + 2 + number(&tiff, directory, 2) * ENTRY_BYTES, 4, 0); // the next directory
    return (int)found;
}

// Writes the value as a 32-bit number, whatever type it had.
static void set_value(const Tiff *tiff, size_t directory, uint32_t tag, int value) {
    const size_t entry = directory ? find_entry(tiff, directory, tag) : 0;
    const uint32_t type = number(tiff, entry + 2, 2);
    if (!entry || (type != SHORT && type != LONG) || number(tiff, entry + 4, 4) != 1) return;
    set_number(tiff, entry + 2, 2, LONG);
    set_number(tiff, entry + 8, 4, (uint32_t)value);
}

void exif_set_size(Bytes *exif, int width, int height) {
    enum { IMAGE_WIDTH = 0x0100, IMAGE_LENGTH = 0x0101, EXIF_DIRECTORY = 0x8769, PIXEL_X = 0xa002, PIXEL_Y = 0xa003 };
    Tiff tiff;
    if (!open_tiff(exif, &tiff)) return;
    const size_t first = number(&tiff, 4, 4), link = find_entry(&tiff, first, EXIF_DIRECTORY);
    const size_t second = link ? number(&tiff, link + 8, 4) : 0;
    set_value(&tiff, first, IMAGE_WIDTH, width);
    set_value(&tiff, first, IMAGE_LENGTH, height);
    set_value(&tiff, second, PIXEL_X, width);
    set_value(&tiff, second, PIXEL_Y, height);
}

// As an attribute, tiff:Orientation="6", or as an element, <tiff:Orientation>6</tiff:Orientation>.
void exif_set_xmp_upright(Bytes *xmp) {
    static const char name[] = "tiff:Orientation";
    const size_t length = sizeof name - 1;
    for (size_t at = 0; at + length + 2 < xmp->size; at++) {
        if (memcmp(xmp->data + at, name, length)) continue;
        size_t digit = at + length;
        while (digit < xmp->size && memchr("=\"'> \t\r\n", xmp->data[digit], 8)) digit++;
        if (digit < xmp->size && xmp->data[digit] >= '2' && xmp->data[digit] <= '8') xmp->data[digit] = '1';
    }
}
