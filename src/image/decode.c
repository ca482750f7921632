// The limits and the sentences that all decoders share.
#include "image/decode.h"

#include <string.h>

#include "core/warnings.h"

Status decode_check_size(const char *what, uint32_t width, uint32_t height, const DecodeOptions *options) {
    if (width == 0 || height == 0) {
        return status_fail_for(REASON_FILE_WITHOUT_PIXELS, STATUS_BAD_FORMAT,
                               "The %s has no pixels: its size is %u x %u.", what, (unsigned)width, (unsigned)height);
    }
    const uint64_t most = options->max_pixels ? options->max_pixels : IMAGE_MAX_PIXELS;
    const bool is_long = width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE;
    if (is_long || (uint64_t)width * height > most) {
        return status_fail_for(is_long ? REASON_SIDES_TOO_LONG : REASON_TOO_MANY_PIXELS, STATUS_UNSUPPORTED,
                               "The %s is too large: %u x %u pixels; at most %d a side, and %llu in all unless "
                               "--max-pixels or maxPixels allows more.",
                               what, (unsigned)width, (unsigned)height, IMAGE_MAX_SIDE, (unsigned long long)most);
    }
    return STATUS_OK;
}

Status decode_cut(const char *what, size_t size) {
    return status_fail_for(REASON_FILE_CUT, STATUS_BAD_FORMAT,
                           "The %s ends too early: more was expected after its %zu bytes.", what, size);
}

Status decode_rows_missing(const char *what, size_t size, uint32_t n_rows, uint32_t height,
                           const DecodeOptions *options, Bytes *warnings) {
    if (!options->keeps_damaged || n_rows == 0) return decode_cut(what, size);
    warnings_add(warnings, REASON_ROWS_MISSING, "The %s ends too early: %u of its %u rows are missing, and black.",
                 what, (unsigned)(height - n_rows), (unsigned)height);
    return STATUS_OK;
}

void decode_blacken(Image *image, uint32_t n_rows, bool is_top_down) {
    const size_t row = image_row_bytes(image), n_missing = (size_t)image->height - n_rows;
    memset(image->pixels + (is_top_down ? n_rows * row : 0), 0, n_missing * row);
}

Status decode_damaged(const char *what, const char *why) {
    return status_fail_for(REASON_FILE_DAMAGED, STATUS_BAD_FORMAT, "The %s is damaged (%s).", what, why);
}

Status decode_unsupported(const char *what, const char *why) {
    return status_fail_for(REASON_VARIANT_UNSUPPORTED, STATUS_UNSUPPORTED, "The %s is not supported: %s.", what, why);
}

Status decode_animated(const char *what) {
    return status_fail(STATUS_UNSUPPORTED, "Expected a still picture but the %s is animated.", what);
}

Status decode_no_memory(const char *what) {
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for the %s.", what);
}
