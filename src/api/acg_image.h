// The exported ABI of pictures. See acg.h for what all functions have in common.
#ifndef API_ACG_IMAGE_H
#define API_ACG_IMAGE_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgImage AcgImage;

// How a picture is taken up, added up. ACG_IMAGE_GREY_*: which pictures count as grey, which keeps colour out of what
// is made of them; neither: those whose three colours are equal everywhere.
enum {
    ACG_IMAGE_DEEP = 1,      // keep 16 bits a sample if the file has them, which only a PNG can take up again
    ACG_IMAGE_METADATA = 2,  // files made of it get its EXIF, XMP and PNG text too, as far as the format has these
    ACG_IMAGE_DAMAGED = 4,   // a file that is cut short or damaged is filled up to what is there, not refused
    ACG_IMAGE_GREY_NEAR = 8, // also those that are nearly grey
    ACG_IMAGE_GREY_OFF = 16, // none
};

// A picture from a file's bytes (PNG, JPEG, WebP, GIF, BMP), or from `channels` 3 (RGB) or 4 (straight RGBA) bytes a
// pixel. Neither keeps the argument's memory. Files made of it always get its colour profile. `flags`: ACG_IMAGE_*.
// `max_pixels`: the most that a picture may have, 0: 2^28. Of an animation (GIF, PNG or WebP of several frames) the
// file is kept, and its frames are yet to be looked at; of a large picture with transparency, colours are yet to be
// spread under it: acg_image_step until nothing is left.
AcgImage *acg_image_decode(const uint8_t *bytes, size_t size, int flags, double max_pixels);
AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels, int flags);
int acg_image_is_grey(const AcgImage *image);     // whether it counts as grey; of an animation when no frame is left
int acg_image_frames_left(const AcgImage *image); // to be looked at; of a still picture 1 until it is ready, then 0
int acg_image_step(AcgImage *image);              // looks at one of them, or does a part of what is left
// What is odd about the file, a line each: a sentence, a tab and its facts as of acg_facts. "": nothing. Of an
// animation all that was seen so far. Valid until the next call.
const char *acg_image_warnings(AcgImage *image);
void acg_image_free(AcgImage *image); // accepts NULL

// The same for networks that look at a picture instead of enlarging it: with 8 bits a sample; of an animation the first
// frame. Such a picture serves any number of networks, and cannot be enlarged.
AcgImage *acg_image_decode_rgb(const uint8_t *bytes, size_t size, int flags, double max_pixels);
AcgImage *acg_image_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels);
int acg_image_width(const AcgImage *image);
int acg_image_height(const AcgImage *image);
// Of such a picture, see image/perceptual_hash.h: 32 bytes, then 32 of the mirrored picture, then its contrast, a
// float32; valid until the picture is freed. NULL: a picture to enlarge.
const uint8_t *acg_image_hash(AcgImage *image);

#endif
