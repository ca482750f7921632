// The merged picture of PSD files (Photoshop) to pixels; layers are not looked at. Called by image_decode only.
#ifndef IMAGE_DECODE_PSD_H
#define IMAGE_DECODE_PSD_H

#include "image/image.h"

// As image_decode, for bytes that begin like a PSD file, but as the file has it: the profile of any colour space.
// Samples of 16 bits stay so if the options say deep. Writes `out` only on STATUS_OK.
MUST_CHECK Status decode_psd(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
