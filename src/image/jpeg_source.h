// libjpeg's source: a file in memory, and what it gets where that ends.
#ifndef IMAGE_JPEG_SOURCE_H
#define IMAGE_JPEG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/guard_jpeg.h"

typedef struct JpegSource {
    struct jpeg_source_mgr manager; // first: libjpeg hands out its address
    const uint8_t *bytes;           // not owned
    size_t size;                    // without a segment at the end that is cut off
    size_t file_size;
    bool may_end; // set it when the header is read: from then on a file that ends gets an end; before, it is refused
    bool is_past_end; // it got one
} JpegSource;

// `source` must live as long as `jpeg`, whose error manager is a GuardJpeg.
void jpeg_source_init(JpegSource *source, const uint8_t *bytes, size_t size, j_decompress_ptr jpeg);
// Whether a segment of the file begins where the source stands, right behind a marker: its length is told, and another
// marker stands behind it.
bool jpeg_source_is_at_segment(const JpegSource *source);

#endif
