// The exported ABI of pictures. See acg.h for what all functions have in common.
#ifndef API_ACG_IMAGE_H
#define API_ACG_IMAGE_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgImage AcgImage;

// How to open a picture; flags are added up. ACG_IMAGE_GREY_*: which pictures count as grey, so that their results get
// no colour; neither: those whose three colours are equal everywhere.
enum {
    ACG_IMAGE_DEEP = 1,      // keep 16 bits a sample if the file has them; only a PNG can store the result
    ACG_IMAGE_METADATA = 2,  // output files also get its EXIF, XMP and PNG text, if the format has these
    ACG_IMAGE_DAMAGED = 4,   // a file that is cut short or damaged is read as far as it goes, not refused
    ACG_IMAGE_GREY_NEAR = 8, // also those that are nearly grey
    ACG_IMAGE_GREY_OFF = 16, // none
};

// A picture from a file's bytes (PNG, JPEG, WebP, GIF, BMP), or from `channels` 3 (RGB) or 4 (straight RGBA) bytes a
// pixel. Neither keeps the argument's memory. Files made of it always get its colour profile. `flags`: ACG_IMAGE_*.
// `max_pixels`: the most that a picture may have, 0: 2^28. Two kinds of pictures need
// acg_image_step until nothing is left: an animation (GIF, PNG or WebP of several frames), whose frames have to be
// examined, and a large picture with transparency, under which colours have to be spread.
AcgImage *acg_image_decode(const uint8_t *bytes, size_t size, int flags, double max_pixels);
AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels, int flags);
int acg_image_is_grey(const AcgImage *image);     // whether it counts as grey; of an animation when no frame is left
int acg_image_frames_left(const AcgImage *image); // to be examined; of a still picture 1 until it is ready, then 0
int acg_image_step(AcgImage *image);              // examines one frame, or does a part of the other work
// Warnings about the file, one a line: a sentence, a tab and its facts as in acg_facts. "": none. Of an animation those
// of the frames examined so far. Valid until the next call.
const char *acg_image_warnings(AcgImage *image);
// What the numbers of a picture to enlarge mean. ACG_COLOURS_SRGB: sRGB, or nothing is told; ACG_COLOURS_PROFILE: what
// the ICC profile says, one of RGB, which is made where the file tells it in another way; ACG_COLOURS_HDR: PQ or HLG,
// which no profile can say. Of an animation when no frame is left. Valid until the next call. NULL: there is no memory
// for it.
enum { ACG_COLOURS_SRGB = 0, ACG_COLOURS_PROFILE = 1, ACG_COLOURS_HDR = 2 };
typedef struct AcgColours {
    int32_t kind;           // ACG_COLOURS_*
    int32_t channels, bits; // of its pixels
    const uint8_t *profile;
    size_t profile_bytes;
} AcgColours;
const AcgColours *acg_image_colours(AcgImage *image);
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
