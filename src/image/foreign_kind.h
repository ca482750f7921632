// Names files that are no pictures we can decode, so that a sentence can say what a file is.
#ifndef IMAGE_FOREIGN_KIND_H
#define IMAGE_FOREIGN_KIND_H

#include <stddef.h>
#include <stdint.h>

// Such as "a TIFF file", told by the contents alone; NULL: unknown.
const char *foreign_kind_name(const uint8_t *bytes, size_t size);

#endif
