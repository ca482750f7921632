// PNG specification, third edition, 11.3.
#include "image/png_metadata.h"

#include "core/warnings.h"
#include "image/exif.h"
#include "image/png_inflate.h"
#include "image/png_text.h"

// Says what a PNG's numbers mean. A later mDCV or cLLI goes with cICP.
static const char *const colour_names[] = {"gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI"};

static bool is_colour(const PngChunk *chunk) {
    for (size_t i = 0; i < sizeof colour_names / sizeof *colour_names; i++) {
        if (png_chunk_is(chunk, colour_names[i])) return true;
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

// A name, a zero, the kind of compression, which is 0, and the profile.
static Status keep_profile(const PngChunk *chunk, Bytes *icc, Bytes *warnings) {
    const uint8_t *end = memchr(chunk->data, 0, chunk->size);
    const size_t at = end ? (size_t)(end - chunk->data) + 2 : chunk->size;
    bool is_whole = false;
    Status status = STATUS_OK;
    if (at < chunk->size && chunk->data[at - 1] == 0)
        status = png_inflate(chunk->data + at, chunk->size - at, icc, &is_whole);
    if (status || is_whole) return status;
    bytes_free(icc);
    warnings_add(warnings, "The PNG file's colour profile is broken and was left out.");
    return STATUS_OK;
}

static Status keep_exif(const uint8_t *data, size_t size, Bytes *exif, Bytes *warnings) {
    Status status = bytes_append(exif, data, size);
    exif_strip_prefix(exif);
    if (status || exif_is_tiff(exif)) return status;
    bytes_free(exif);
    warnings_add(warnings, "The PNG file's EXIF is broken and was left out.");
    return STATUS_OK;
}

static void keep_density(const PngChunk *chunk, Density *density) {
    enum { PHYS_BYTES = 9 };
    if (chunk->size != PHYS_BYTES) return;
    *density = (Density){png_chunk_u32(chunk->data), png_chunk_u32(chunk->data + 4), chunk->data[8] == 1};
}

// EXIF as ImageMagick writes it, beside which no eXIf stands.
static Status keep_text(const PngChunk *chunk, Metadata *meta, Bytes *warnings) {
    if (!meta->exif.size) {
        Bytes raw = {0};
        Status status = png_text_raw_exif(chunk, &raw);
        if (!status && raw.size) status = keep_exif(raw.data, raw.size, &meta->exif, warnings);
        const bool is_taken = raw.size > 0;
        bytes_free(&raw);
        if (status || is_taken) return status;
    }
    return png_text_keep(chunk, &meta->text, &meta->xmp);
}

Status png_metadata_keep(const PngChunk *chunk, bool is_before_pixels, Metadata *meta, Bytes *warnings) {
    if (png_chunk_is(chunk, "eXIf"))
        return meta->exif.size ? STATUS_OK : keep_exif(chunk->data, chunk->size, &meta->exif, warnings);
    if (is_before_pixels && png_chunk_is(chunk, "pHYs")) {
        if (!meta->density.x) keep_density(chunk, &meta->density);
        return STATUS_OK;
    }
    if (is_before_pixels && png_chunk_is(chunk, "iCCP"))
        return meta->icc.size ? STATUS_OK : keep_profile(chunk, &meta->icc, warnings);
    if (is_before_pixels && is_colour(chunk)) {
        if (has_chunk(&meta->colour, chunk->name)) return STATUS_OK;
        return png_chunk_append(&meta->colour, chunk->name, NULL, 0, chunk->data, chunk->size);
    }
    return keep_text(chunk, meta, warnings);
}
