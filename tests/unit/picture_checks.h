// What the tests of picture decoders share: what has to hold for each fixture.
#ifndef UNIT_PICTURE_CHECKS_H
#define UNIT_PICTURE_CHECKS_H

#include "failing_memory.h"
#include "image/image.h"
#include "picture_fixtures.h"

// Decodes from memory of exactly `size` bytes, so that a sanitizer sees a byte read too far.
static inline Status picture_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size) memcpy(copy, bytes, size);
    const Status status = image_decode(copy, size, options, out);
    free(copy);
    return status;
}

static inline bool picture_warns(const Image *image, const char *beginning) {
    const char *line = (const char *)image->warnings.data, *end = line + image->warnings.size;
    while (line < end) {
        if ((size_t)(end - line) >= strlen(beginning) && !memcmp(line, beginning, strlen(beginning))) return true;
        line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
    }
    return false;
}

// Rows `first` to `end` of the picture.
static inline void picture_check_rows(const PictureFixture *fixture, const Image *image, int first, int end) {
    if (image->width != fixture->width || image->height != fixture->height || image->channels != fixture->channels ||
        image->bits != fixture->bits) {
        fail_msg("%s: expected %dx%dx%d of %d bits but found %dx%dx%d of %d", fixture->name, fixture->width,
                 fixture->height, fixture->channels, fixture->bits, image->width, image->height, image->channels,
                 image->bits);
    }
    const size_t row = (size_t)image->width * (size_t)image->channels;
    for (size_t i = row * (size_t)first; i < row * (size_t)end; i++) {
        if (abs(image_sample(image->pixels, image->bits, i) - fixture->pixels[i]) > fixture->tolerance) {
            fail_msg("%s: sample %zu: expected %d but found %d", fixture->name, i, fixture->pixels[i],
                     image_sample(image->pixels, image->bits, i));
        }
    }
}

static inline void picture_check(const PictureFixture *fixture, const Image *image) {
    picture_check_rows(fixture, image, 0, fixture->height);
    const char *warnings = image->warnings.size ? (const char *)image->warnings.data : "";
    const bool is_right = *fixture->warning ? picture_warns(image, fixture->warning) : !image->warnings.size;
    if (!is_right)
        fail_msg("%s: expected \"%s\" but found \"%.*s\"", fixture->name, fixture->warning, (int)image->warnings.size,
                 warnings);
    const Density *density = &image->meta.density;
    if (density->x != fixture->density_x || density->y != fixture->density_y ||
        density->is_per_metre != fixture->is_per_metre)
        fail_msg("%s: a density of %u x %u (%d)", fixture->name, density->x, density->y, density->is_per_metre);
    if (image->meta.icc.size != fixture->icc_size)
        fail_msg("%s: a profile of %zu bytes", fixture->name, image->meta.icc.size);
}

static inline void picture_check_all(const DecodeOptions *options) {
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        if (picture_decode(fixtures[i].file, fixtures[i].size, options, &image))
            fail_msg("%s: %s", fixtures[i].name, status_message());
        picture_check(&fixtures[i], &image);
        image_free(&image);
    }
}

static inline void picture_check_refused(const DecodeOptions *options) {
    for (int i = 0; i < n_refused_fixtures; i++) {
        const RefusedFixture *refused = &refused_fixtures[i];
        Image untouched;
        memset(&untouched, 0x5a, sizeof untouched);
        Image image = untouched;
        const Status status = picture_decode(refused->file, refused->size, options, &image);
        const bool is_right = status && (int)status == refused->status && status == status_last() &&
                              !strncmp(status_message(), refused->sentence, strlen(refused->sentence));
        if (!is_right) {
            fail_msg("%s: expected %d \"%s\" but found %d \"%s\"", refused->name, refused->status, refused->sentence,
                     status, status_message());
        }
        assert_memory_equal(&image, &untouched, sizeof image);
    }
}

// Every file cut off everywhere: refused as cut short or, if `may_miss` bytes at its end or fewer are missing, shown.
// With the options that keep it: shown, and if more is missing with a warning; or still refused.
static inline void picture_check_cut(const PictureFixture *fixture, const DecodeOptions *options, size_t may_miss,
                                     size_t from) {
    DecodeOptions keeping = *options;
    keeping.keeps_damaged = true;
    for (size_t size = from; size < fixture->size; size++) {
        Image image;
        Status status = picture_decode(fixture->file, size, options, &image);
        if (!status) {
            if (fixture->size - size > may_miss) fail_msg("%s: took %zu bytes for a file", fixture->name, size);
            picture_check_rows(fixture, &image, 0, fixture->height);
            image_free(&image);
        } else if (status != STATUS_BAD_FORMAT || !strstr(status_message(), " file ends too early: ")) {
            fail_msg("%s of %zu bytes: %d \"%s\"", fixture->name, size, status, status_message());
        }
        const bool was_refused = status != STATUS_OK;
        status = picture_decode(fixture->file, size, &keeping, &image);
        if (status && (status != STATUS_BAD_FORMAT || !was_refused))
            fail_msg("%s of %zu bytes, kept: %d \"%s\"", fixture->name, size, status, status_message());
        if (status) continue;
        if (was_refused && !image.warnings.size) fail_msg("%s of %zu bytes: kept without a word", fixture->name, size);
        assert_int_equal(image.width * image.height, fixture->width * fixture->height);
        image_free(&image);
    }
}

// Random damage: any answer is right, as long as no sanitizer speaks.
static inline void picture_damage(const DecodeOptions *options, int n_times) {
    uint32_t state = 20240607;
    int n_decoded = 0;
    for (int i = 0; i < n_times; i++) {
        const PictureFixture *fixture = &fixtures[i % n_fixtures];
        uint8_t *file = malloc(fixture->size);
        assert_non_null(file);
        memcpy(file, fixture->file, fixture->size);
        for (int k = 0; k <= i % 4; k++) {
            state = state * 1664525u + 1013904223u;
            const size_t most = i % 3 || fixture->size < 64 ? fixture->size : 64; // headers are where it matters most
            file[(size_t)((uint64_t)(state >> 8) * most >> 24)] ^= (uint8_t)(1u << (state >> 5 & 7));
        }
        DecodeOptions damaged = *options;
        damaged.keeps_damaged = i % 2;
        damaged.max_pixels = 1 << 20; // a damaged size is not what this is about
        Image image;
        if (!image_decode(file, fixture->size, &damaged, &image)) {
            n_decoded++;
            image_free(&image);
        }
        free(file);
    }
    print_message("# %d of %d decoded\n", n_decoded, n_times);
    assert_in_range(n_decoded, 1, n_times - 1); // both ways were taken
}

// A warning that memory is too short for is lost, and libjpeg may ask again for less: then the picture must be right.
static inline void picture_check_allocations(const PictureFixture *fixture, const DecodeOptions *options) {
    for (long fail_at = 0;; fail_at++) {
        assert_in_range(fail_at, 0, 1000);
        Image image = {0};
        const long n_live = memory.n_live;
        count_memory(fail_at);
        const Status status = image_decode(fixture->file, fixture->size, options, &image);
        const bool has_failed = memory.n > fail_at;
        count_memory(-1);
        if (status && (!has_failed || status != STATUS_NO_MEMORY))
            fail_msg("%s, allocation %ld: %d \"%s\"", fixture->name, fail_at, status, status_message());
        if (!status) picture_check_rows(fixture, &image, 0, fixture->height);
        image_free(&image);
        if (memory.n_live != n_live) fail_msg("%s, allocation %ld: leaks", fixture->name, fail_at);
        if (!has_failed) break;
    }
}

#endif
