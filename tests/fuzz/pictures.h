// Pictures to files and back, for the harnesses that decode some.
#ifndef TESTS_FUZZ_PICTURES_H
#define TESTS_FUZZ_PICTURES_H

#include "core/warnings.h"
#include "fuzz.h"
#include "image/encode.h"
#include "image/image.h"

// A number that any change of the input changes: chooses options, so that the input itself is just a file.
static inline uint32_t hash_of(const uint8_t *bytes, size_t size) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

// One of sixteen inputs may be a large picture: some faults need one.
static inline DecodeOptions options_of(uint32_t hash) {
    return (DecodeOptions){
        .deep = hash & 1,
        .keeps_damaged = hash >> 1 & 1,
        .grey = (GreyMode)((hash >> 20) % 3),
        .max_pixels = hash >> 2 & 15 ? 1 << 16 : 1 << 24,
    };
}

static inline EncodePicture encode_picture_of(const Image *image, const Metadata *meta, EncodeFormat format,
                                              uint32_t hash) {
    return (EncodePicture){
        .format = format,
        .width = image->width,
        .height = image->height,
        .channels = image->channels,
        .bits = image->bits,
        .quality = 1 + (int)(hash >> 8) % 100,
        .level = 1 + (int)(hash >> 16) % 4, // the others take libwebp seconds for a few pixels
        .is_grey = image->is_grey,
        .icc = &meta->icc,
        .colour = &meta->colour,
        .exif = &meta->exif,
        .xmp = &meta->xmp,
        .text = &meta->text,
        .density = meta->density,
    };
}

static inline void check_warnings(const Bytes *warnings) {
    MUST(!warnings->size || warnings->data[warnings->size - 1] == '\n');
    MUST(warnings->size <= (size_t)WARNINGS_MOST * WARNINGS_MAX_LINE);
}

static inline void check_grey(const Image *image) {
    const size_t sample = (size_t)image->bits / 8, pixel = image_pixel_bytes(image),
                 size = image_row_bytes(image) * (size_t)image->height;
    for (const uint8_t *at = image->pixels; at < image->pixels + size; at += pixel)
        MUST(!memcmp(at, at + sample, sample) && !memcmp(at, at + 2 * sample, sample));
}

static inline void check_image(const Image *image, const DecodeOptions *options) {
    MUST(image->width > 0 && image->height > 0 && image->width <= IMAGE_MAX_SIDE && image->height <= IMAGE_MAX_SIDE);
    MUST((uint64_t)image->width * (uint64_t)image->height <= options->max_pixels);
    MUST(image->channels == 3 || image->channels == 4);
    MUST(image->bits == 8 || (image->bits == 16 && options->deep));
    check_warnings(&image->warnings);
    read_all(image->pixels, image_row_bytes(image) * (size_t)image->height);
    if (image->is_grey) check_grey(image);
}

#endif
