// PNG specification, third edition, 11.3.
#include "image/png_metadata.h"

#include "core/warnings.h"
#include "image/exif.h"
#include "image/png_inflate.h"
#include "image/png_text.h"

// Whether it says what a PNG's numbers mean, and can be. cICP must tell of RGB: Chromium refuses a file where it tells
// of anything else.
static bool is_colour(const PngChunk *chunk, Bytes *warnings) {
    static const struct {
        const char *name;
        uint32_t size;
    } kinds[] = {{"gAMA", 4}, {"cHRM", 32}, {"sRGB", 1}, {"cICP", 4}, {"mDCV", 24}, {"cLLI", 8}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!png_chunk_is(chunk, kinds[i].name)) continue;
        const uint8_t *data = chunk->data;
        bool is_sound = chunk->size == kinds[i].size;
        if (is_sound && i == 0) is_sound = png_chunk_u32(data) != 0;
        if (is_sound && i == 2) is_sound = data[0] <= 3;
        if (is_sound && i == 3) is_sound = data[2] == 0 && data[3] <= 1;
        if (!is_sound)
            warnings_add(warnings, REASON_CHUNK_LEFT_OUT, "The PNG file's %s chunk is broken and was left out.",
                         kinds[i].name);
        return is_sound;
    }
    return false;
}

static bool has_chunk(const Bytes *chunks, const char *name) {
    PngChunk chunk;
    for (size_t at = 0; png_chunk_read(chunks->data, chunks->size, &at, &chunk) == PNG_CHUNK_WHOLE;) {
        if (png_chunk_is(&chunk, name)) return true;
    }
    return false;
}

// A name of 1 to 79 bytes, a zero, the kind of compression, which is 0, and the profile. What stands behind that is no
// part of it.
static Status keep_profile(const PngChunk *chunk, Bytes *icc, Bytes *warnings) {
    enum { MOST = 80 };
    const uint8_t *end = memchr(chunk->data, 0, chunk->size < MOST ? chunk->size : MOST);
    const size_t at = end && end > chunk->data ? (size_t)(end - chunk->data) + 2 : chunk->size;
    bool is_whole = false;
    Status status = STATUS_OK;
    if (at < chunk->size && chunk->data[at - 1] == 0)
        status = png_inflate(chunk->data + at, chunk->size - at, icc, &is_whole);
    const size_t told = icc->size >= 4 ? png_chunk_u32(icc->data) : 0;
    if (told && told < icc->size) icc->size = told;
    if (status || is_whole) return status;
    bytes_free(icc);
    warnings_add(warnings, REASON_PROFILE_LEFT_OUT, "The %s's colour profile is broken and was left out.", "PNG file");
    return STATUS_OK;
}

// The first counts; one that tells the same again is no loss.
static Status keep_exif(const uint8_t *data, size_t size, Bytes *exif, Bytes *warnings) {
    Bytes found = {0};
    Status status = bytes_append(&found, data, size);
    exif_strip_prefix(&found);
    exif_drop_broken(&found, "PNG", warnings);
    if (!status && !exif->size) {
        *exif = found;
        return STATUS_OK;
    }
    if (!status && found.size && (exif->size != found.size || memcmp(exif->data, found.data, found.size))) {
        warnings_add(warnings, REASON_SECOND_EXIF_LEFT_OUT, "The PNG file has EXIF twice: the second was left out.");
    }
    bytes_free(&found);
    return status;
}

static void keep_density(const PngChunk *chunk, Density *density) {
    enum { PHYS_BYTES = 9 };
    if (chunk->size != PHYS_BYTES) return;
    *density = (Density){png_chunk_u32(chunk->data), png_chunk_u32(chunk->data + 4), chunk->data[8] == 1};
}

// Text that is EXIF, as ImageMagick writes it, is no text: it tells which way up the picture was.
static Status keep_text(const PngChunk *chunk, Metadata *meta, Bytes *warnings) {
    Bytes raw = {0};
    Status status = png_text_raw_exif(chunk, &raw);
    const bool is_exif = raw.size > 0;
    if (!status && is_exif) status = keep_exif(raw.data, raw.size, &meta->exif, warnings);
    bytes_free(&raw);
    return status || is_exif ? status : png_text_keep(chunk, &meta->text, &meta->xmp);
}

Status png_metadata_keep(const PngChunk *chunk, PngPlace place, Metadata *meta, Bytes *warnings) {
    const bool is_before_pixels = place != PNG_BEHIND_PIXELS;
    if (png_chunk_is(chunk, "eXIf")) return keep_exif(chunk->data, chunk->size, &meta->exif, warnings);
    if (is_before_pixels && png_chunk_is(chunk, "pHYs")) {
        if (!meta->density.x) keep_density(chunk, &meta->density);
        return STATUS_OK;
    }
    if (is_before_pixels && png_chunk_is(chunk, "iCCP"))
        return meta->icc.size ? STATUS_OK : keep_profile(chunk, &meta->icc, warnings);
    if (is_before_pixels && is_colour(chunk, warnings)) {
        const bool is_late = place != PNG_BEFORE_PALETTE && png_chunk_is(chunk, "cICP");
        if (is_late || has_chunk(&meta->colour, chunk->name)) return STATUS_OK;
        return png_chunk_append(&meta->colour, chunk->name, NULL, 0, chunk->data, chunk->size);
    }
    return keep_text(chunk, meta, warnings);
}

void png_metadata_refuse(const PngChunk *chunk, Bytes *warnings) {
    warnings_add(warnings, REASON_CHUNK_LEFT_OUT, "The PNG file's %s chunk has a wrong checksum and was left out.",
                 png_chunk_has_name(chunk) ? chunk->name : "nameless");
}
