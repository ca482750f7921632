// Made by resize_fixtures.py: FNV-1a of what Pillow and torchvision make of pictures made by a formula.
#ifndef UNIT_RESIZE_FIXTURES_H
#define UNIT_RESIZE_FIXTURES_H

#include <stdint.h>

// The whole picture to another size
static const struct {
    int width, height, to_width, to_height;
    uint32_t bilinear, bicubic;
} whole_cases[] = {
    {97, 61, 224, 141, 0xbbb4f005, 0xfd3b4143},
    {640, 480, 200, 150, 0x61510f12, 0x77c3b853},
    {1, 1, 5, 7, 0x905ce843, 0x905ce843},
    {1, 50, 3, 20, 0x512a8309, 0xace920ef},
    {300, 1, 17, 4, 0x235c49e5, 0x9c2857d1},
    {64, 64, 64, 64, 0x22791a30, 0x22791a30},
    {64, 64, 64, 31, 0x727783a7, 0xacee556b},
    {31, 77, 93, 77, 0x8056a825, 0xf2de0ed5},
    {1000, 7, 10, 70, 0xd1180c35, 0x177b824a},
    {513, 511, 1, 1, 0xbb19f336, 0xbb19f336},
    {33, 31, 34, 32, 0xdc0a2827, 0xde643c8f},
    {255, 257, 128, 128, 0xbb0b6d2b, 0x771b47eb},
    {90, 270, 60, 180, 0xbe18fcc0, 0x725342d6},
    {90, 271, 60, 91, 0x3b28302b, 0xdce6eeba},
    {50, 100, 100, 40, 0x2389a2b2, 0xec2247ac},
    {40, 80, 20, 40, 0xaaf19693, 0xf51137d6},
    {40, 81, 20, 40, 0xa1f89bb8, 0xa413d3c3},
    {41, 81, 20, 39, 0xf0cba18d, 0x9df95cf7},
};

// torchvision's Resize(side, BICUBIC) and CenterCrop(side)
static const struct {
    int width, height, side;
    uint32_t hash;
} centred_cases[] = {
    {300, 200, 224, 0xb64dfb0e},
    {200, 300, 224, 0x585e3630},
    {1920, 1080, 224, 0x4ed2ca1a},
    {224, 224, 224, 0x69c7a888},
    {223, 225, 224, 0x20b9bf94},
    {100, 64, 224, 0x47c4bf24},
    {3000, 40, 224, 0x8f703bce},
    {40, 3000, 224, 0xdd10253f},
    {1, 9, 224, 0x1eb86185},
    {641, 479, 224, 0x870e6737},
    {17, 16, 224, 0xff160c24},
    {1023, 769, 336, 0x277cb676},
    {300, 900, 224, 0x7fcde27f},
    {400, 800, 224, 0x66b3c76e},
    {400, 801, 224, 0x60fbfcfe},
    {37, 190, 32, 0x5ed119d5},
};

// Files of image_fixtures.h: opened, convert('RGB'), Resize(FILE_SIDE, BICUBIC), CenterCrop(FILE_SIDE)
enum { FILE_SIDE = 32 };
static const struct {
    const char *name;
    uint32_t hash;
} file_cases[] = {
    {"png_grey1", 0x516cf4c4},
    {"png_grey2", 0xe7d804af},
    {"png_grey4", 0xbee2e268},
    {"png_grey8", 0x243597bb},
    {"png_grey4_trns", 0xf29b9d91},
    {"png_grey_alpha8", 0x2b7173e4},
    {"png_grey_alpha16", 0x029fbc45},
    {"png_palette1", 0x06f2d887},
    {"png_palette2", 0x4edf1233},
    {"png_palette4", 0xc5e46a6c},
    {"png_palette8", 0xf11c2c86},
    {"png_palette4_trns", 0x4475b167},
    {"png_rgb8", 0x404a74cc},
    {"png_rgb8_trns", 0x7590e27b},
    {"png_rgb16", 0xbf4a3c1f},
    {"png_rgb16_trns", 0x2b48cc25},
    {"png_rgba8", 0x57161a43},
    {"png_rgba16", 0xba988594},
    {"png_rgb8_interlaced", 0x5a0bb3dc},
    {"png_grey1_interlaced", 0x8cb15331},
    {"png_rgb8_gamma", 0x15bf835f},
    {"jpeg_444", 0x1cc1fb28},
    {"jpeg_422", 0xbdbc1d3d},
    {"jpeg_420", 0x82cb0948},
    {"jpeg_restart", 0xb9a826df},
    {"jpeg_progressive", 0x82cb0948},
    {"jpeg_grey", 0xb83535c5},
    {"jpeg_cmyk", 0xb75bd98c},
    {"webp_lossy", 0x3fe7af4d},
    {"webp_lossy_alpha", 0x5b1864b8},
    {"webp_lossless", 0x7df0f2a9},
    {"webp_lossless_alpha", 0x7df0f2a9},
    {"bmp_24", 0x8df49d45},
    {"bmp_32", 0x8df49d45},
    {"bmp_palette8", 0x8df49d45},
    {"bmp_palette1", 0x877386da},
    {"bmp_top_down", 0x8df49d45},
    {"gif_opaque", 0x01c98ebb},
    {"gif_interlaced", 0x01c98ebb},
};

#endif
