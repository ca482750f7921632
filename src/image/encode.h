// Pixels to a picture file, row by row: PNG, JPEG or WebP behind one interface. PNG and JPEG are written row by row.
// libwebp needs the whole picture, so a WebP stays in memory until the end (4 bytes a pixel, and as much again while
// it encodes).
#ifndef IMAGE_ENCODE_H
#define IMAGE_ENCODE_H

#include "core/bytes.h"
#include "core/status.h"
#include "image/metadata.h"

typedef enum EncodeFormat { ENCODE_PNG, ENCODE_JPEG, ENCODE_WEBP, ENCODE_WEBP_LOSSLESS } EncodeFormat;

typedef struct EncodePicture {
    EncodeFormat format;
    int width, height;
    int channels; // 3 = RGB, 4 = RGBA, straight alpha. JPEG has none: the picture is composited over white
    int bits;     // of a sample: 8, or 16 (PNG only) as uint16_t in the machine's order
    int quality;  // of JPEG and lossy WebP, 1 to 100. JPEG keeps the full resolution of colours (4:4:4) from 90 on
    int level;    // of PNG and lossless WebP, 1 (fast) to 9 (small)
    // All three colours of each pixel are equal: PNG and JPEG then hold one channel, unless there is a profile of RGB.
    bool is_grey;
    // What Metadata keeps under these names; NULL or of size 0: none. All are needed until encode_free. A broken
    // profile is left out; the size in EXIF is set to that of the picture; only PNG stores text and colour.
    const Bytes *icc, *colour, *exif, *xmp, *text;
    Density density; // PNG and JPEG
} EncodePicture;

typedef struct Encode Encode;

// Checks whether the format can hold the picture. STATUS_UNSUPPORTED: it is too large or has too much EXIF or XMP;
// STATUS_BAD_ARGUMENT: any other reason.
MUST_CHECK Status encode_check(const EncodePicture *picture);
// Adapts the picture's colour information to the format; encode_begin calls it. is_grey stays true only where one
// channel can be written (not in a WebP, nor with a profile of RGB). Colour chunks, if the format has none, and a grey
// profile with three channels become a profile of RGB: appended to the empty `made`, which the caller
// owns and `picture` then refers to.
MUST_CHECK Status encode_settle(EncodePicture *picture, Bytes *made);
// Whether a file of the picture's format keeps its profile; true if it has none. A broken one is not kept, nor a
// grey one that cannot become a profile of RGB. True if there is not enough memory to find out.
bool encode_keeps_profile(const EncodePicture *picture);
// The picture's EXIF with the picture's size, appended to `out`.
MUST_CHECK Status encode_exif(const EncodePicture *picture, Bytes *out);
// Starts a file. What is ready is appended to `sink`, which the caller owns, must outlive the encoder, and may clear
// between calls. Errors as encode_check.
MUST_CHECK Status encode_begin(const EncodePicture *picture, Bytes *sink, Encode **out);
// Appends `n_rows` rows of pixels without gaps, `row_bytes` from one row to the next.
MUST_CHECK Status encode_rows(Encode *encode, const void *rows, size_t row_bytes, int n_rows);
// Writes the end. STATUS_INTERNAL unless exactly `height` rows were given.
MUST_CHECK Status encode_finish(Encode *encode);
// Accepts NULL and unfinished encoders.
void encode_free(Encode *encode);

#endif
