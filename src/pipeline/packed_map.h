// Packs a feature map into bytes, in half the memory if wanted. It does not know where they are stored.
#ifndef PIPELINE_PACKED_MAP_H
#define PIPELINE_PACKED_MAP_H

#include <stddef.h>

#include "core/tensor.h"

typedef enum MapFormat {
    MAP_FLOAT, // float32
    MAP_SHORT, // half the memory: 16 bits for a sample and a scale for each pixel; the error is at most 1/65534 of the
               // pixel's largest sample
} MapFormat;

// Bytes of a map of h x w pixels of c channels, a multiple of 4. SIZE_MAX: more than a size_t can count.
size_t packed_map_bytes(size_t h, size_t w, size_t c, MapFormat format);

// Packs the first h rows and w columns of `from` to memory aligned to 4 bytes.
void packed_map_write(Tensor from, int h, int w, MapFormat format, void *to);

// A rectangle of a tensor.
typedef struct MapPart {
    int y, x, h, w;
} MapPart;

// Fills `part` of `to` from the first part.h rows and part.w columns of a packed map that is `from_w` pixels wide.
void packed_map_read(const void *from, int from_w, MapFormat format, Tensor to, MapPart part);

#endif
