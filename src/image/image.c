// The picture in memory, and the choice of the decoder.
#include "image/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/decode.h"
#include "image/decode_bmp.h"
#include "image/decode_gif.h"
#include "image/decode_jpeg.h"
#include "image/decode_png.h"
#include "image/decode_pnm.h"
#include "image/decode_psd.h"
#include "image/decode_tga.h"
#include "image/decode_webp.h"
#include "image/exif.h"
#include "image/foreign_kind.h"
#include "image/grey.h"
#include "image/icc.h"
#include "image/orient.h"

Status image_create_deep(int width, int height, int channels, int bits, Image *out) {
    if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || channels < 3 || channels > 4) {
        return status_fail(STATUS_BAD_ARGUMENT,
                           "Expected 1 to %d pixels a side of 3 or 4 channels for picture but received %d x %d of %d.",
                           IMAGE_MAX_SIDE, width, height, channels);
    }
    if (bits != 8 && bits != 16) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected 8 or 16 for bits but received %d.", bits);
    }
    Image image = {.width = width, .height = height, .channels = channels, .bits = bits};
    size_t size;
    if (!checked_mul(image_row_bytes(&image), (size_t)height, &size)) return decode_no_memory("picture");
    image.pixels = malloc(size);
    if (!image.pixels) {
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %d x %d pixels.", width, height);
    }
    *out = image;
    return STATUS_OK;
}

Status image_create(int width, int height, int channels, Image *out) {
    return image_create_deep(width, height, channels, 8, out);
}

bool image_is_opaque(const Image *image) {
    assert(image->channels == 4 && image->bits == 8);
    const size_t n = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < n; i++) {
        if (image->pixels[i * 4 + 3] != 255) return false;
    }
    return true;
}

void image_free(Image *image) {
    free(image->pixels);
    metadata_free(&image->meta);
    bytes_free(&image->warnings);
    *image = (Image){0};
}

// A kind of file, and the bytes by which it is recognised.
typedef struct Kind {
    Status (*decode)(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);
    size_t offset, length;
    const char *magic;
} Kind;

static const Kind kinds[] = {
    {decode_png, 0, 4, "\x89PNG"}, {decode_jpeg, 0, 3, "\xff\xd8\xff"},
    {decode_webp, 8, 4, "WEBP"},   {decode_gif, 0, 4, "GIF8"},
    {decode_bmp, 0, 2, "BM"},      {decode_psd, 0, 4, "8BPS"},
};

static const Kind *find_kind(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const Kind *kind = &kinds[i];
        if (size < kind->offset + kind->length) continue;
        if (!memcmp(bytes + kind->offset, kind->magic, kind->length)) return kind;
    }
    return NULL;
}

static bool looks_like_text(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size && i < 64; i++) {
        bool printable = bytes[i] >= ' ' && bytes[i] != 0x7f; // bytes from 0x80 up may be UTF-8
        if (!printable && !strchr("\t\n\r", bytes[i])) return false;
        if (bytes[i] == 0) return false; // strchr finds the terminator
    }
    return true;
}

// Kinds that need more than a few bytes to be recognised; tried last.
static const Kind *find_by_contents(const uint8_t *bytes, size_t size) {
    static const Kind pnm = {.decode = decode_pnm}, tga = {.decode = decode_tga};
    if (decode_pnm_matches(bytes, size)) return &pnm;
    if (looks_like_text(bytes, size)) return NULL;
    return decode_tga_matches(bytes, size) ? &tga : NULL;
}

// AVIF and JPEG XL come here as PNG: js/worker/decoders.
#define SUPPORTED "Expected a PNG, JPEG, WebP, AVIF, JPEG XL, GIF, BMP, TGA, PSD or PPM picture but found "

Status image_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    static const DecodeOptions usual = {0};
    if (!options) options = &usual;
    if (size == 0) return status_fail_for(REASON_EMPTY_FILE, STATUS_BAD_FORMAT, SUPPORTED "an empty file.");
    const Kind *kind = find_kind(bytes, size);
    const bool may_be_foreign = !kind || kind->decode == decode_jpeg; // JPEG-LS begins alike
    const char *foreign = may_be_foreign ? foreign_kind_name(bytes, size) : NULL;
    if (foreign) return status_fail_for(REASON_FOREIGN_KIND, STATUS_UNSUPPORTED, SUPPORTED "%s.", foreign);
    if (!kind) kind = find_by_contents(bytes, size);
    if (!kind) {
        return looks_like_text(bytes, size) ? status_fail_for(REASON_TEXT_FILE, STATUS_BAD_FORMAT, SUPPORTED "text.")
                                            : status_fail_for(REASON_UNKNOWN_KIND, STATUS_BAD_FORMAT,
                                                              SUPPORTED "an unknown kind of file of %zu bytes.", size);
    }

    // Decodes into a local picture, so that the caller never gets an incomplete one.
    Image image = {0};
    Status status = kind->decode(bytes, size, options, &image);
    if (status) return status;
    assert(image.width > 0 && image.height > 0 && (image.channels == 3 || image.channels == 4));
    const int orientation = exif_take_orientation(&image.meta.exif);
    if (orientation != 1) exif_set_xmp_upright(&image.meta.xmp);
    status = orient_image(&image, orientation);
    if (orientation >= 5) { // the sides are exchanged
        const uint32_t x = image.meta.density.x;
        image.meta.density.x = image.meta.density.y;
        image.meta.density.y = x;
    }
    if (status) {
        image_free(&image);
        return status;
    }
    image.is_grey = grey_settle(&image, options->grey);
    // Equal colours may have a profile of grey, also where they do not count as grey.
    const bool fits_grey = icc_is_grey(&image.meta.icc) && (image.is_grey || grey_is_exact(&image));
    icc_settle(&image.meta.icc, fits_grey, &image.warnings);
    *out = image;
    return STATUS_OK;
}
