// The parts of a PSD file (Photoshop) before the merged picture.
#ifndef IMAGE_PSD_HEADER_H
#define IMAGE_PSD_HEADER_H

#include "image/image.h"

typedef enum PsdMode { PSD_GREY = 1, PSD_PALETTE = 2, PSD_RGB = 3, PSD_CMYK = 4, PSD_DUOTONE = 8 } PsdMode;
// The meaning of the channel after the colours. PSD_MATTED: alpha, and the colours are composited over white.
typedef enum PsdAlpha { PSD_OPAQUE, PSD_STRAIGHT, PSD_MATTED } PsdAlpha;

typedef struct PsdHeader {
    uint32_t width, height;    // checked with decode_check_size
    uint32_t n_channels, bits; // bits of a sample: 8 or 16
    PsdMode mode;
    PsdAlpha alpha;
    const uint8_t *palette; // 256 reds, greens, blues; only of PSD_PALETTE
    bool is_packed;
    size_t pixels; // where they begin: of a packed picture with the lengths of all rows of all channels, two bytes each
    Density density;
    const uint8_t *icc;
    size_t icc_size; // 0: no profile
} PsdHeader;

// How many channels a mode's colours have.
uint32_t psd_header_n_colours(const PsdHeader *header);
// Errors: STATUS_BAD_FORMAT (cut short, no size), STATUS_UNSUPPORTED.
MUST_CHECK Status psd_header_read(const uint8_t *bytes, size_t size, const DecodeOptions *options, PsdHeader *out,
                                  Bytes *warnings);

#endif
