// Every decoder of still pictures, and all that becomes of a picture: colours spread under what is transparent, three
// channels for networks, and a file again, which must then be read without complaint and, if it is a PNG, be the same.
#include "encode_whole.h"
#include "image/bleed.h"
#include "image/rgb.h"
#include "pictures.h"

enum { MAX_RECODED_PIXELS = 1 << 12 };

static void check_same(const Image *a, const Image *b) {
    MUST(a->channels == b->channels && a->bits == b->bits && a->is_grey == b->is_grey);
    MUST(!memcmp(a->pixels, b->pixels, image_row_bytes(a) * (size_t)a->height));
}

static void decode_again(const Image *image, EncodeFormat format, const Bytes *file) {
    const DecodeOptions options = {.deep = image->bits == 16,
                                   .grey = format == ENCODE_PNG && image->is_grey ? GREY_EXACT : GREY_OFF,
                                   .max_pixels = 1 << 18};
    Image again;
    const Status status = image_decode(file->data, file->size, &options, &again);
    MUST_WORK(status);
    if (status) return;
    MUST(again.width == image->width && again.height == image->height);
    if (again.warnings.size) fprintf(stderr, "%.*s", (int)again.warnings.size, (const char *)again.warnings.data);
    MUST(!again.warnings.size);
    if (format == ENCODE_PNG) check_same(image, &again);
    image_free(&again);
}

static void recode(const Image *image, EncodeFormat format, uint32_t hash) {
    const EncodePicture picture = encode_picture_of(image, &image->meta, format, hash);
    Bytes file = {0};
    Status status = encode_check(&picture);
    if (status == STATUS_OK) {
        status = encode_whole(&picture, image->pixels, &file);
        MUST_WORK(status);
        if (!status) decode_again(image, format, &file);
    }
    bytes_free(&file);
}

static void recode_all(const Image *image, uint32_t hash) {
    if (image->width * image->height > MAX_RECODED_PIXELS) return;
    recode(image, ENCODE_PNG, hash);
    if (image->bits == 8)
        recode(image, (EncodeFormat[]){ENCODE_JPEG, ENCODE_WEBP, ENCODE_WEBP_LOSSLESS}[(hash >> 5) % 3], hash);
}

static void look(const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    Image image;
    if (rgb_decode(bytes, size, options, &image)) return;
    check_image(&image, options);
    MUST((image.channels == 3 || !image_is_opaque(&image)) && image.bits == 8);
    (hash_of(bytes, size) & 1 ? rgb_convert : rgb_lay_on_white)(&image);
    MUST(image.channels == 3 && image.bits == 8);
    image_free(&image);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    const uint32_t hash = hash_of(bytes, size);
    const DecodeOptions options = options_of(hash);
    Image image;
    if (hash >> 24 & 3) {
        if (image_decode(bytes, size, &options, &image)) return;
        check_image(&image, &options);
        MUST_WORK(bleed_colours(&image));
        recode_all(&image, hash);
        image_free(&image);
    } else {
        look(bytes, size, &options);
    }
}
