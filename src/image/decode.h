// Shared by the decoders: the check of the size in a file, and the messages about damaged files. `what` names the file
// in the message, for example "PNG file".
#ifndef IMAGE_DECODE_H
#define IMAGE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/status.h"
#include "image/decode_options.h"
#include "image/image.h"

// STATUS_BAD_FORMAT for a side of 0, STATUS_UNSUPPORTED beyond IMAGE_MAX_SIDE or the options' pixels. Call it
// before allocating anything of that size.
MUST_CHECK Status decode_check_size(const char *what, uint32_t width, uint32_t height, const DecodeOptions *options);
// STATUS_BAD_FORMAT: the file of `size` bytes is cut short.
MUST_CHECK Status decode_cut(const char *what, size_t size);
// For a file that has only the first `n_rows` of `height` rows. If the options keep damaged files and there is a row:
// STATUS_OK and a warning with the number of missing rows. Otherwise decode_cut.
MUST_CHECK Status decode_rows_missing(const char *what, size_t size, uint32_t n_rows, uint32_t height,
                                      const DecodeOptions *options, Bytes *warnings);
// Zeroes all rows except the file's first `n_rows`. These are the picture's last rows, unless the file is top-down.
void decode_blacken(Image *image, uint32_t n_rows, bool is_top_down);
// STATUS_BAD_FORMAT: the file is damaged. `why` is the reason, in the words of the library.
MUST_CHECK Status decode_damaged(const char *what, const char *why);
// STATUS_UNSUPPORTED: the file is sound, but of a variant that is not read. `why` says which, as part of a sentence.
MUST_CHECK Status decode_unsupported(const char *what, const char *why);
// STATUS_UNSUPPORTED: the file is an animation, and taking its first frame would silently lose the others.
MUST_CHECK Status decode_animated(const char *what);
// STATUS_NO_MEMORY.
MUST_CHECK Status decode_no_memory(const char *what);

#endif
