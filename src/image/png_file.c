// PNG specification, third edition, 5.6 and 11.
#include "image/png_file.h"

#include "core/warnings.h"
#include "image/decode.h"
#include "image/png_frames.h"
#include "image/png_metadata.h"

static const char what[] = "PNG file";

// How far a file has been read.
typedef struct Sorter {
    PngFile *file;
    PngAnimation animation;
    PngPlace place;
    bool has_header, has_control, has_palette, has_transparency, is_behind;
    uint8_t bits, colour;
    size_t n_colours; // of the palette
} Sorter;

enum { COLOUR_GREY = 0, COLOUR_RGB = 2, COLOUR_PALETTE = 3 };

static Status damaged(const char *phrase) { return decode_damaged(what, phrase); }

static Status keep(Sorter *sorter, const PngChunk *chunk) {
    return png_chunk_append(&sorter->file->pixels, chunk->name, NULL, 0, chunk->data, chunk->size);
}

// ---- palette and transparency, in the lengths that libpng expects

enum { ENTRY = 3, MAX_ENTRIES = 256 };

// The size of a palette for all indices: those beyond the file's palette are its last colour, as in Chromium.
static size_t palette_size(const Sorter *sorter) {
    const size_t all = (size_t)1 << (sorter->bits <= 8 ? sorter->bits : 8);
    return sorter->n_colours < all ? all : sorter->n_colours;
}

static Status keep_palette(Sorter *sorter, const PngChunk *chunk) {
    if (sorter->has_palette) return damaged("PLTE: duplicate");
    sorter->has_palette = true;
    sorter->place = PNG_BEFORE_PIXELS;
    if (sorter->colour != COLOUR_PALETTE) return STATUS_OK; // only a suggestion
    sorter->n_colours = chunk->size / ENTRY;
    if (!sorter->n_colours || chunk->size > MAX_ENTRIES * ENTRY) return damaged("PLTE: invalid");
    uint8_t colours[MAX_ENTRIES * ENTRY];
    const size_t n = palette_size(sorter);
    for (size_t i = 0; i < n; i++) {
        const size_t from = i < sorter->n_colours ? i : sorter->n_colours - 1;
        memcpy(colours + i * ENTRY, chunk->data + from * ENTRY, ENTRY);
    }
    return png_chunk_append(&sorter->file->pixels, "PLTE", NULL, 0, colours, n * ENTRY);
}

// The alpha of each colour; colours without one are opaque.
static Status keep_alphas(Sorter *sorter, const PngChunk *chunk) {
    uint8_t alphas[MAX_ENTRIES];
    const size_t n = palette_size(sorter);
    for (size_t i = 0; i < n; i++) {
        const size_t from = i < sorter->n_colours ? i : sorter->n_colours - 1;
        alphas[i] = from < chunk->size ? chunk->data[from] : 255;
    }
    return png_chunk_append(&sorter->file->pixels, "tRNS", NULL, 0, alphas, n);
}

static Status keep_transparency(Sorter *sorter, const PngChunk *chunk) {
    if (sorter->has_transparency || sorter->place == PNG_BEHIND_PIXELS) return STATUS_OK;
    const uint32_t least = sorter->colour == COLOUR_GREY ? 2 : sorter->colour == COLOUR_RGB ? 6 : 0; // of one colour
    const bool is_of_palette = sorter->n_colours && chunk->size > 0 && chunk->size <= MAX_ENTRIES;
    sorter->has_transparency = is_of_palette || (least && chunk->size >= least);
    if (!sorter->has_transparency)
        warnings_add(&sorter->file->warnings, REASON_TRANSPARENCY_LEFT_OUT,
                     "The %s's transparency (tRNS) cannot be used and was left out.", what);
    if (!sorter->has_transparency) return STATUS_OK;
    if (is_of_palette) return keep_alphas(sorter, chunk);
    return png_chunk_append(&sorter->file->pixels, "tRNS", NULL, 0, chunk->data, least);
}

// ---- chunks

static Status keep_header(Sorter *sorter, const PngChunk *chunk) {
    enum { BITS = 8, COLOUR = 9 };
    if (chunk->size > COLOUR) {
        sorter->bits = chunk->data[BITS];
        sorter->colour = chunk->data[COLOUR];
    }
    sorter->has_header = true;
    return keep(sorter, chunk);
}

static Status keep_pixels(Sorter *sorter, const PngChunk *chunk) {
    sorter->place = PNG_BEHIND_PIXELS;
    sorter->file->is_mixed = sorter->file->is_mixed || sorter->is_behind;
    return keep(sorter, chunk);
}

static void take_animation(Sorter *sorter, const PngChunk *chunk) {
    if (png_frames_take(&sorter->animation, chunk)) return;
    warnings_add(&sorter->file->warnings, REASON_ANIMATION_LEFT_OUT,
                 "What the %s tells of its animation makes no sense: it counts as a still picture.", what);
}

// A chunk whose checksum is right, or IDAT of which only the beginning is there.
static Status take(Sorter *sorter, const PngChunk *chunk) {
    PngFile *file = sorter->file;
    const bool is_frame = png_chunk_is(chunk, "fcTL") || png_chunk_is(chunk, "fdAT");
    if (png_chunk_is(chunk, "CgBI")) file->is_apple = true;
    if (file->is_apple || png_chunk_is(chunk, "IEND")) return STATUS_OK;
    if (png_chunk_is(chunk, "IHDR")) return keep_header(sorter, chunk);
    if (!sorter->has_header) return damaged("Missing IHDR before other chunks");
    if (png_chunk_is(chunk, "IDAT")) return keep_pixels(sorter, chunk);
    sorter->is_behind = sorter->is_behind || (sorter->place == PNG_BEHIND_PIXELS && !is_frame);
    if (sorter->place == PNG_BEHIND_PIXELS)
        return png_metadata_keep(chunk, sorter->place, &file->meta, &file->warnings);
    if (png_chunk_is(chunk, "PLTE")) return keep_palette(sorter, chunk);
    if (png_chunk_is_critical(chunk)) return damaged("unknown critical chunk");
    if (png_chunk_is(chunk, "tRNS")) return keep_transparency(sorter, chunk);
    if (png_chunk_is(chunk, "acTL")) take_animation(sorter, chunk);
    if (png_chunk_is(chunk, "fcTL")) sorter->has_control = true;
    return png_metadata_keep(chunk, sorter->place, &file->meta, &file->warnings);
}

// A chunk with a wrong checksum: if pixels need it, libpng gets it with its wrong checksum.
static Status take_damaged(Sorter *sorter, const PngChunk *chunk) {
    enum { AROUND = 12 };
    const bool is_behind = sorter->place == PNG_BEHIND_PIXELS, is_pixels = png_chunk_is(chunk, "IDAT");
    if (is_pixels || (!is_behind && (png_chunk_is(chunk, "IHDR") || png_chunk_is(chunk, "PLTE")))) {
        if (png_chunk_is(chunk, "PLTE") && sorter->colour != COLOUR_PALETTE) return damaged("PLTE: CRC error");
        if (is_pixels) sorter->place = PNG_BEHIND_PIXELS;
        sorter->has_header = true;
        sorter->file->is_damaged = true;
        return bytes_append(&sorter->file->pixels, chunk->data - 8, (size_t)chunk->size + AROUND);
    }
    if (!sorter->has_header && !png_chunk_is(chunk, "CgBI")) return damaged("Missing IHDR before other chunks");
    if (!is_behind && png_chunk_is_critical(chunk) && !png_chunk_is(chunk, "IEND"))
        return damaged("unknown critical chunk");
    png_metadata_refuse(chunk, &sorter->file->warnings);
    return STATUS_OK;
}

static Status read_chunks(const uint8_t *bytes, size_t size, Sorter *sorter) {
    for (size_t at = PNG_CHUNK_SIGNATURE_BYTES;;) {
        PngChunk chunk;
        const PngChunkFound found = png_chunk_read(bytes, size, &at, &chunk);
        if (found == PNG_CHUNK_NONSENSE && sorter->place != PNG_BEHIND_PIXELS) return damaged("a chunk is broken");
        sorter->file->is_cut = found == PNG_CHUNK_CUT || found == PNG_CHUNK_NONSENSE;
        if (found == PNG_CHUNK_CUT && png_chunk_is(&chunk, "IDAT")) return take(sorter, &chunk);
        if (sorter->file->is_cut) return STATUS_OK;
        Status status = found == PNG_CHUNK_DAMAGED ? take_damaged(sorter, &chunk) : take(sorter, &chunk);
        if (status || png_chunk_is(&chunk, "IEND")) return status;
    }
}

Status png_file_read(const uint8_t *bytes, size_t size, PngFile *out) {
    *out = (PngFile){.size = size};
    Sorter sorter = {.file = out};
    Status status = bytes_append(&out->pixels, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    if (!status) status = read_chunks(bytes, size, &sorter);
    const bool is_one = sorter.animation.n_frames == 1 && sorter.has_control; // the picture itself
    out->n_animation = is_one ? 0 : (int)sorter.animation.n_frames;
    return status ? status : png_chunk_append(&out->pixels, "IEND", NULL, 0, NULL, 0);
}

void png_file_free(PngFile *file) {
    bytes_free(&file->pixels);
    metadata_free(&file->meta);
    bytes_free(&file->warnings);
}
