// What the decoders share: the check of a size that a file claims, and the sentences for what is wrong with a file.
// `what` names the thing in the sentence, for example "PNG file".
#ifndef IMAGE_DECODE_H
#define IMAGE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/status.h"
#include "image/decode_options.h"
#include "image/image.h"

// STATUS_BAD_FORMAT for a side of 0, STATUS_UNSUPPORTED beyond IMAGE_MAX_SIDE or the options' pixels. To be called
// before anything of that size is allocated.
MUST_CHECK Status decode_check_size(const char *what, uint32_t width, uint32_t height, const DecodeOptions *options);
// STATUS_BAD_FORMAT: the file's `size` bytes are not all that its beginning promises.
MUST_CHECK Status decode_cut(const char *what, size_t size);
// For a file whose first `n_rows` of `height` rows are all that is there: decode_cut; or STATUS_OK, if the options keep
// such a file and there is a row, and a warning that says how many are missing.
MUST_CHECK Status decode_rows_missing(const char *what, size_t size, uint32_t n_rows, uint32_t height,
                                      const DecodeOptions *options, Bytes *warnings);
// Makes all rows zero but those that are the file's first `n_rows`, which are the picture's last unless it is top-down.
void decode_blacken(Image *image, uint32_t n_rows, bool is_top_down);
// STATUS_BAD_FORMAT: `why` is a phrase of the library that found the damage.
MUST_CHECK Status decode_damaged(const char *what, const char *why);
// STATUS_UNSUPPORTED: its first picture alone would be a silent loss of all the others.
MUST_CHECK Status decode_animated(const char *what);
// STATUS_NO_MEMORY.
MUST_CHECK Status decode_no_memory(const char *what);

#endif
