// The C interface of pictures. acg.h says how functions fail.
#ifndef API_ACG_IMAGE_H
#define API_ACG_IMAGE_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgImage AcgImage;

// Flags for opening a picture; they are added up. ACG_IMAGE_GREY_* say which pictures count as grey, so that their
// results get no colour. Without these flags, a picture is grey if its three colours are equal everywhere.
enum {
    ACG_IMAGE_DEEP = 1,      // keep 16 bits a sample if the file has them; only a PNG can store the result
    ACG_IMAGE_METADATA = 2,  // copy EXIF, XMP and PNG text to output files, if their format has these
    ACG_IMAGE_DAMAGED = 4,   // read a truncated or damaged file as far as possible, instead of refusing it
    ACG_IMAGE_GREY_NEAR = 8, // pictures that are nearly grey count as grey too
    ACG_IMAGE_GREY_OFF = 16, // no picture counts as grey
};

// Opens a picture to enlarge: from the bytes of a file (PNG, JPEG, WebP, GIF, BMP), or from bare rows of 3 (RGB) or 4
// (RGBA, straight alpha) bytes a pixel. The arguments' memory is not needed after this call. Output files always get
// the picture's colour profile. `flags`: the sum of ACG_IMAGE_*; acg_image_from_pixels uses only ACG_IMAGE_GREY_*.
// `max_pixels`: larger pictures are refused; 0: 2^28. STATUS_BAD_FORMAT: the file is damaged or no picture;
// STATUS_UNSUPPORTED: another kind of picture, or too many pixels; STATUS_BAD_ARGUMENT: width, height or channels are
// out of range; STATUS_NO_MEMORY.
//
// Two kinds of pictures need acg_image_step until acg_image_frames_left is 0: an animation (GIF, PNG or WebP of several
// frames), whose frames must be examined, and a large picture with transparency, under which colours must be spread:
//     while (acg_image_frames_left(image)) acg_image_step(image);
AcgImage *acg_image_decode(const uint8_t *bytes, size_t size, int flags, double max_pixels);
AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels, int flags);
int acg_image_is_grey(const AcgImage *image);     // 1: it counts as grey; for an animation known when no frame is left
int acg_image_frames_left(const AcgImage *image); // frames to examine; for a still picture 1 until it is ready, then 0
// Examines one frame, or does a part of the other work. STATUS_BAD_ARGUMENT: nothing is left; STATUS_BAD_FORMAT: a
// frame is damaged; STATUS_NO_MEMORY.
int acg_image_step(AcgImage *image);
// Warnings about the file, one a line: a sentence, a tab and its facts as in acg_facts. "": none. For an animation
// those of the frames examined so far. Valid until the next call.
const char *acg_image_warnings(AcgImage *image);
// The colour space of a picture to enlarge, valid until the next call. ACG_COLOURS_SRGB: sRGB, or the file does not
// say; ACG_COLOURS_PROFILE: the one of `profile`, an ICC profile for RGB, which is made if the file describes its
// colours in another way; ACG_COLOURS_HDR: PQ or HLG, which no profile can describe. For an animation known when no
// frame is left. STATUS_NO_MEMORY.
enum { ACG_COLOURS_SRGB = 0, ACG_COLOURS_PROFILE = 1, ACG_COLOURS_HDR = 2 };
typedef struct AcgColours {
    int32_t kind;           // ACG_COLOURS_*
    int32_t channels, bits; // of the pixels: 3 or 4; 8 or 16 a sample
    const uint8_t *profile;
    size_t profile_bytes;
} AcgColours;
const AcgColours *acg_image_colours(AcgImage *image);
void acg_image_free(AcgImage *image); // accepts NULL

// The same for networks that look at a picture instead of enlarging it: 8 bits a sample, and only the first frame of an
// animation. Any number of networks can use it, but it cannot be enlarged.
AcgImage *acg_image_decode_rgb(const uint8_t *bytes, size_t size, int flags, double max_pixels);
AcgImage *acg_image_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels);
int acg_image_width(const AcgImage *image); // in pixels
int acg_image_height(const AcgImage *image);
// The perceptual hash of a picture to look at (image/perceptual_hash.h): 32 bytes, then 32 bytes of the mirrored
// picture, then its contrast as float32. Valid until the picture is freed. STATUS_BAD_ARGUMENT: a picture to enlarge.
const uint8_t *acg_image_hash(AcgImage *image);

#endif
