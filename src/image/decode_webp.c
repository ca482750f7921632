// A WebP of one picture, lossy, lossless or with alpha; animations of more than one frame are refused.
#include "image/decode_webp.h"

#include <webp/decode.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/frames.h"
#include "image/webp_file.h"

static const char what[] = "WebP file";

static Status decode_picture(const WebPIterator *picture, bool has_alpha, const DecodeOptions *options, Image *out) {
    Bytes warnings = {0};
    int n_rows = 0;
    Status status = decode_check_size(what, (uint32_t)picture->width, (uint32_t)picture->height, options);
    if (!status) status = webp_file_decode(picture, has_alpha, options, &warnings, out, &n_rows);
    if (!status) status = webp_file_has_rows(n_rows);
    out->warnings = warnings;
    return status;
}

static Status decode(const WebpFile *file, size_t size, const DecodeOptions *options, Image *out) {
    WebPIterator picture;
    if (!WebPDemuxGetFrame(file->demuxer, 1, &picture) || picture.width == 0) return decode_cut(what, size);
    Status status = decode_picture(&picture, file->has_alpha || picture.has_alpha, options, out);
    WebPDemuxReleaseIterator(&picture);
    if (!status && file->is_cut)
        warnings_add(&out->warnings, REASON_CUT, "The %s ends too early: it was cut short.", what);
    return status ? status : webp_file_metadata(file, &out->meta, &out->warnings);
}

// The picture that libwebp finds although the chunks make no sense; metadata are left out.
static Status decode_in_spite(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    WebPBitstreamFeatures found;
    const bool is_found = WebPGetFeatures(bytes, size, &found) == VP8_STATUS_OK;
    if (!is_found || found.has_animation) return decode_damaged(what, "its chunks make no sense");
    const WebPIterator picture = {
        .width = found.width, .height = found.height, .fragment = {bytes, size}, .frame_num = 1, .complete = 1};
    Status status = decode_picture(&picture, found.has_alpha, options, out);
    if (!status)
        warnings_add(&out->warnings, REASON_CHUNKS_NONSENSE,
                     "The chunks of the %s make no sense: only its picture is taken.", what);
    return status;
}

Status decode_webp(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    WebpFile file;
    Image image = {0};
    Status status = webp_file_open(bytes, size, options, &file);
    if (status == STATUS_BAD_FORMAT && options->keeps_damaged && !file.demuxer)
        status = decode_in_spite(bytes, size, options, &image);
    else if (!status && file.is_animated)
        status = frames_only(what, bytes, size, options, &image);
    else if (!status)
        status = decode(&file, size, options, &image);
    webp_file_close(&file);
    if (status)
        image_free(&image);
    else
        *out = image;
    return status;
}
