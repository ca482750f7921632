// libwebp takes the whole picture as 32-bit ARGB numbers.
#include "image/webp_picture.h"

Status webp_picture_no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the WebP file."); }

Status webp_picture_explain(WebPEncodingError code) {
    switch (code) {
        case VP8_ENC_OK: return STATUS_OK;
        case VP8_ENC_ERROR_OUT_OF_MEMORY:
        case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
        case VP8_ENC_ERROR_BAD_WRITE: return webp_picture_no_memory(); // writing is appending to memory
        case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
        case VP8_ENC_ERROR_PARTITION_OVERFLOW:
        case VP8_ENC_ERROR_FILE_TOO_BIG:
            return status_fail_for(REASON_WEBP_TOO_LARGE, STATUS_UNSUPPORTED,
                                   "The picture is too large for a WebP file of this quality.");
        default: return status_fail(STATUS_INTERNAL, "Writing the WebP failed with libwebp's code %d.", (int)code);
    }
}

Status webp_picture_create(const EncodePicture *picture, WebPConfig *config, WebPPicture *gathered) {
    const int is_lossless = picture->format == ENCODE_WEBP_LOSSLESS;
    int is_known = WebPPictureInit(gathered) && WebPConfigPreset(config, WEBP_PRESET_DRAWING, (float)picture->quality);
    if (is_known && is_lossless) is_known = WebPConfigInit(config) && WebPConfigLosslessPreset(config, picture->level);
    if (!is_known) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    config->use_sharp_yuv = 1;   // colours have half the resolution: thin lines would bleed
    config->exact = is_lossless; // colours under transparency too
    gathered->use_argb = 1;
    gathered->width = picture->width;
    gathered->height = picture->height;
    return WebPPictureAlloc(gathered) ? STATUS_OK : webp_picture_explain(gathered->error_code);
}

void webp_picture_rows(const EncodePicture *picture, const uint8_t *rows, size_t row_bytes, int n_rows, int y,
                       WebPPicture *gathered) {
    const int channels = picture->channels;
    for (int i = 0; i < n_rows; i++, rows += row_bytes) {
        uint32_t *to = gathered->argb + (size_t)(y + i) * (size_t)gathered->argb_stride;
        const uint8_t *pixel = rows;
        for (int x = 0; x < picture->width; x++, pixel += channels) {
            const uint32_t alpha = channels == 4 ? pixel[3] : 255;
            to[x] = alpha << 24 | (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
        }
    }
}
