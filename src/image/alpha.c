// Alpha by bicubic interpolation.
#include "image/alpha.h"

#include "image/cubic.h"

void alpha_enlarge(const Image *image, int scale, int x, int y, int width, int height, uint8_t *out,
                   size_t stride_bytes) {
    const Cubic cubic = cubic_of(image, scale);
    for (int row = 0; row < height; row++) {
        uint8_t *to = out + (size_t)row * stride_bytes;
        for (int column = 0; column < width; column++) {
            const int level = cubic_to_level(cubic_sample(&cubic, x + column, y + row, 3), image->bits);
            if (image->bits == 16)
                ((uint16_t *)(void *)to)[column * 4 + 3] = (uint16_t)level;
            else
                to[column * 4 + 3] = (uint8_t)level;
        }
    }
}
