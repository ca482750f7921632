// What is carried along with a picture: EXIF, XMP, profiles, looked at and changed in place.
#include "fuzz.h"
#include "image/encode.h"
#include "image/exif.h"
#include "image/icc.h"

static Bytes copy(const uint8_t *bytes, size_t size) {
    Bytes out = {0};
    if (bytes_append(&out, bytes, size)) abort();
    // of just that size, so that a sanitizer sees what is read behind its end
    uint8_t *exact = malloc(size ? size : 1);
    if (size) memcpy(exact, out.data, size);
    bytes_free(&out);
    return (Bytes){exact, size, size};
}

static void fuzz_exif(const uint8_t *bytes, size_t size) {
    Bytes exif = copy(bytes, size);
    const int orientation = exif_take_orientation(&exif);
    MUST(orientation >= 1 && orientation <= 8);
    MUST(exif_take_orientation(&exif) == 1);
    exif_set_size(&exif, 65535, 1);
    bytes_free(&exif);
}

static void fuzz_encode(const uint8_t *bytes, size_t size) {
    const Bytes exif = {(uint8_t *)bytes, size, size};
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = 3, .height = 70000, .channels = 3, .bits = 8, .level = 1, .exif = &exif};
    Bytes out = {0};
    MUST_WORK(encode_exif(&picture, &out));
    bytes_free(&out);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    fuzz_exif(bytes, size);
    fuzz_encode(bytes, size);
    Bytes xmp = copy(bytes, size);
    exif_set_xmp_upright(&xmp);
    if (icc_is_rgb(&xmp)) MUST(xmp.size >= 128);
    bytes_free(&xmp);
}
