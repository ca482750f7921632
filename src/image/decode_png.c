// PNG to pixels with libpng. Gamma and all else that is not pixels, colour profile, EXIF or text
// is skipped unread; of text, at most 1000 chunks of at most 8 MB each are kept, which are libpng's limits.
#include "image/decode_png.h"

#include <assert.h>
#include <string.h>

#include "image/decode.h"
#include "image/frames.h"
#include "image/guard_png.h"
#include "image/png_text.h"

static const char what[] = "PNG file";

typedef struct Reader {
    GuardPng guard;
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t size, at;
    const DecodeOptions *options;
    Image image;
} Reader;

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static Status explain(const char *phrase) { return decode_damaged(what, phrase); }

static void read_bytes(png_structp png, png_bytep data, size_t length) {
    Reader *reader = png_get_io_ptr(png);
    if (length > reader->size - reader->at) guard_png_fail(png, decode_cut(what, reader->size));
    memcpy(data, reader->bytes + reader->at, length);
    reader->at += length;
}

// Its default picture alone would be a silent loss of all the others.
static void refuse_animation(Reader *reader) {
    png_unknown_chunkp chunks;
    int n_chunks = png_get_unknown_chunks(reader->png, reader->info, &chunks);
    for (int i = 0; i < n_chunks; i++) {
        if (!memcmp(chunks[i].name, "acTL", 4) && chunks[i].size >= 4 && big_endian(chunks[i].data) > 1) {
            guard_png_fail(reader->png, frames_only(what, reader->bytes, reader->size, reader->options, &reader->image));
        }
    }
}

static void read_header(Reader *reader) {
    reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reader->guard, guard_png_error, guard_png_warning,
                                           &reader->guard, guard_png_malloc, guard_png_release);
    png_structp png = reader->png;
    if (!png) guard_fail(&reader->guard.guard, decode_no_memory(what));
    reader->info = png_create_info_struct(png);
    if (!reader->info) png_error(png, "out of memory");
    png_set_read_fn(png, reader, read_bytes);
    // By default a broken tRNS would be dropped, and with it the transparency.
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "acTL", 1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "iCCP\0eXIf", 2);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "tEXt\0zTXt\0iTXt", 3);
    png_read_info(png, reader->info);
    refuse_animation(reader);

    const uint16_t one = 1;
    png_set_expand(png);
    if (!reader->options->deep) png_set_scale_16(png);           // rounds; png_set_strip_16 would cut
    else if (*(const uint8_t *)&one) png_set_swap(png); // the machine's order
    png_set_gray_to_rgb(png);
}

static void keep(png_structp png, Bytes *bytes, const uint8_t *data, size_t size) {
    Status status = bytes_append(bytes, data, size);
    if (status) guard_png_fail(png, status);
}

static void keep_text(Reader *reader) {
    png_unknown_chunkp chunks;
    const int n_chunks = png_get_unknown_chunks(reader->png, reader->info, &chunks);
    for (int i = 0; i < n_chunks; i++) {
        PngChunk chunk = {.data = chunks[i].data, .size = (uint32_t)chunks[i].size};
        memcpy(chunk.name, chunks[i].name, 4);
        Status status = png_text_keep(&chunk, &reader->image.meta.text, &reader->image.meta.xmp);
        if (status) guard_png_fail(reader->png, status);
    }
}

// EXIF may stand behind the pixels, so that this comes last.
static void keep_metadata(Reader *reader) {
    png_charp name;
    int method;
    png_bytep data;
    png_uint_32 size;
    if (png_get_iCCP(reader->png, reader->info, &name, &method, &data, &size))
        keep(reader->png, &reader->image.meta.icc, data, size);
    if (png_get_eXIf_1(reader->png, reader->info, &size, &data)) keep(reader->png, &reader->image.meta.exif, data, size);
    keep_text(reader);
}

static void read_picture(void *context) {
    Reader *reader = context;
    read_header(reader);
    png_structp png = reader->png;
    int n_passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);
    int width = (int)png_get_image_width(png, reader->info), height = (int)png_get_image_height(png, reader->info);
    Status status = image_create_deep(width, height, png_get_channels(png, reader->info),
                                      png_get_bit_depth(png, reader->info), &reader->image);
    if (status) guard_png_fail(png, status);
    size_t row_bytes = png_get_rowbytes(png, reader->info);
    assert(row_bytes == image_row_bytes(&reader->image));
    for (int pass = 0; pass < n_passes; pass++) {
        for (int y = 0; y < height; y++) png_read_row(png, reader->image.pixels + (size_t)y * row_bytes, NULL);
    }
    png_read_end(png, reader->info); // a file without its end is a cut file, even if all pixels were there
    keep_metadata(reader);
}

Status decode_png(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    // Before libpng does it, for clearer sentences: signature, then IHDR's length, name, width and height.
    if (size >= 24 && !memcmp(bytes + 12, "IHDR", 4)) {
        Status status = decode_check_size(what, big_endian(bytes + 16), big_endian(bytes + 20), options);
        if (status) return status;
    }
    Reader reader = {.guard = {.explain = explain}, .bytes = bytes, .size = size, .options = options};
    Status status = guard_png_run(&reader.guard, read_picture, &reader);
    png_destroy_read_struct(&reader.png, &reader.info, NULL);
    if (status) {
        image_free(&reader.image);
        return status;
    }
    *out = reader.image;
    return STATUS_OK;
}
