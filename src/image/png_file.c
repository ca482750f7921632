// PNG specification, third edition, 5.6 and 11.
#include "image/png_file.h"

#include "core/warnings.h"
#include "image/decode.h"
#include "image/png_metadata.h"

static const char what[] = "PNG file";

static bool is_one_of(const PngChunk *chunk, const char *names) {
    for (; *names; names += 4) {
        if (png_chunk_is(chunk, names)) return true;
    }
    return false;
}

static Status keep(PngFile *file, const PngChunk *chunk) {
    return png_chunk_append(&file->pixels, chunk->name, NULL, 0, chunk->data, chunk->size);
}

// A chunk whose checksum is right, or which is critical, and then libpng is to find it out.
static Status take(PngFile *file, const PngChunk *chunk, bool *has_pixels) {
    if (png_chunk_is(chunk, "CgBI")) file->is_apple = true;
    if (png_chunk_is(chunk, "acTL") && chunk->size == 8 && !*has_pixels)
        file->n_animation = (int)(png_chunk_u32(chunk->data) & 0x7fffffff);
    if (png_chunk_is(chunk, "IDAT")) *has_pixels = true;
    if (is_one_of(chunk, "IHDRPLTEtRNSIDAT")) return keep(file, chunk);
    return png_metadata_keep(chunk, !*has_pixels, &file->meta, &file->warnings);
}

// The rest of a chunk that reaches beyond the end of the file.
static Status take_rest(PngFile *file, const uint8_t *bytes, size_t size, size_t at, bool *has_pixels) {
    enum { HEAD = 8 };
    file->is_cut = true;
    if (size - at < HEAD) return STATUS_OK;
    PngChunk chunk = {.data = bytes + at + HEAD, .size = (uint32_t)(size - at - HEAD)};
    memcpy(chunk.name, bytes + at + 4, 4);
    return png_chunk_is(&chunk, "IDAT") ? take(file, &chunk, has_pixels) : STATUS_OK;
}

// A wrong checksum: what pixels cannot do without goes to libpng as it is, with its wrong checksum.
static Status take_damaged(PngFile *file, const PngChunk *chunk, bool *has_pixels) {
    const bool is_critical = !(chunk->name[0] & 0x20);
    if (is_one_of(chunk, "IHDRPLTEIDAT")) {
        enum { AROUND = 12 };
        *has_pixels = *has_pixels || png_chunk_is(chunk, "IDAT");
        file->is_damaged = true;
        return bytes_append(&file->pixels, chunk->data - 8, (size_t)chunk->size + AROUND);
    }
    if (!is_critical || png_chunk_is(chunk, "IEND"))
        warnings_add(&file->warnings, "The %s's %s chunk has a wrong checksum and was left out.", what, chunk->name);
    return STATUS_OK;
}

static Status read_chunks(const uint8_t *bytes, size_t size, PngFile *file) {
    bool has_pixels = false;
    for (size_t at = PNG_CHUNK_SIGNATURE_BYTES;;) {
        PngChunk chunk;
        const PngChunkFound found = png_chunk_read(bytes, size, &at, &chunk);
        Status status = STATUS_OK;
        if (found == PNG_CHUNK_CUT) return take_rest(file, bytes, size, at, &has_pixels);
        if (found == PNG_CHUNK_NONSENSE) {
            if (!has_pixels) return decode_damaged(what, "a chunk is broken");
            file->is_cut = true;
            return STATUS_OK;
        }
        status = found == PNG_CHUNK_DAMAGED ? take_damaged(file, &chunk, &has_pixels) : take(file, &chunk, &has_pixels);
        if (status || png_chunk_is(&chunk, "IEND")) return status;
    }
}

Status png_file_read(const uint8_t *bytes, size_t size, PngFile *out) {
    *out = (PngFile){.size = size};
    Status status = bytes_append(&out->pixels, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    if (!status) status = read_chunks(bytes, size, out);
    return status ? status : png_chunk_append(&out->pixels, "IEND", NULL, 0, NULL, 0);
}

void png_file_free(PngFile *file) {
    bytes_free(&file->pixels);
    metadata_free(&file->meta);
    bytes_free(&file->warnings);
}
