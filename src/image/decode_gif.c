// A GIF of one frame is a picture; one of more is refused.
#include "image/decode_gif.h"

#include "image/frames.h"

Status decode_gif(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    return frames_only("GIF file", bytes, size, options, out);
}
