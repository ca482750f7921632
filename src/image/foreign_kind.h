// Names kinds of files that we cannot decode, for messages.
#ifndef IMAGE_FOREIGN_KIND_H
#define IMAGE_FOREIGN_KIND_H

#include <stddef.h>
#include <stdint.h>

// Such as "a TIFF file", recognised by the contents; NULL: unknown.
const char *foreign_kind_name(const uint8_t *bytes, size_t size);

#endif
