// libjpeg's source: a file in memory, and end markers after it.
#ifndef IMAGE_JPEG_SOURCE_H
#define IMAGE_JPEG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/guard_jpeg.h"

typedef struct JpegSource {
    struct jpeg_source_mgr manager; // first: libjpeg hands out its address
    const uint8_t *bytes;           // not owned
    size_t size;                    // without a last segment that is cut short
    size_t file_size;
    bool may_end;     // to be set after the header was read: a file that ends later gets an end marker; before, it is
                      // refused
    bool is_past_end; // it got one
} JpegSource;

// `source` must live as long as `jpeg`, whose error manager is a GuardJpeg.
void jpeg_source_init(JpegSource *source, const uint8_t *bytes, size_t size, j_decompress_ptr jpeg);
// Whether a segment begins at the source's position, directly after a marker: it has a length, and another marker
// follows after it.
bool jpeg_source_is_at_segment(const JpegSource *source);

#endif
