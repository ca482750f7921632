// libwebp's WebPAnimEncoder: compares each frame with the one before, and chooses the rectangle, disposal and blending
// that come out smallest.
#include "image/encode_awebp.h"

#include <stdlib.h>
#include <webp/mux.h>

#include "core/checked.h"
#include "image/guard_webp.h"
#include "image/webp_picture.h"

enum {
    MAX_LOOPS = 65535,
    MAX_DELAY = (1 << 24) - 1, // ms
    // The encoder's: the frame, a copy of it, the one before, and the one before as it is disposed of.
    N_CANVASES = 4,
};

struct EncodeAwebp {
    const EncodePicture *picture;
    Bytes *sink; // not owned
    WebPConfig config;
    WebPPicture frame;
    WebPAnimEncoder *encoder;
    int n_frames, n_added;
    double seconds;  // until the next frame begins
    uint32_t begins; // the same in ms, as it was given to the encoder
};

static Status no_memory_or(Status status) { return guard_webp_ran_out() ? webp_picture_no_memory() : status; }

static Status explain(const char *what) {
    return no_memory_or(status_fail(STATUS_INTERNAL, "Writing the animated WebP failed: %s.", what));
}

size_t encode_awebp_memory(const EncodePicture *picture) {
    size_t bytes;
    const bool fits = checked_mul((size_t)picture->width, (size_t)picture->height, &bytes) &&
                      checked_mul(bytes, N_CANVASES * sizeof(uint32_t), &bytes);
    return fits ? bytes : SIZE_MAX;
}

static Status set_chunk(EncodeAwebp *awebp, const char *name, const Bytes *bytes) {
    if (!bytes || !bytes->size) return STATUS_OK;
    const WebPData data = {bytes->data, bytes->size};
    return WebPAnimEncoderSetChunk(awebp->encoder, name, &data, 1) == WEBP_MUX_OK ? STATUS_OK
                                                                                  : webp_picture_no_memory();
}

static Status set_metadata(EncodeAwebp *awebp) {
    Bytes exif = {0};
    Status status = encode_exif(awebp->picture, &exif);
    if (!status) status = set_chunk(awebp, "ICCP", awebp->picture->icc);
    if (!status) status = set_chunk(awebp, "EXIF", &exif);
    if (!status) status = set_chunk(awebp, "XMP ", awebp->picture->xmp);
    bytes_free(&exif);
    return status;
}

static Status create(EncodeAwebp *awebp, int n_loops) {
    const EncodePicture *picture = awebp->picture;
    WebPAnimEncoderOptions options;
    Status status = webp_picture_create(picture, &awebp->config, &awebp->frame);
    if (status) return status;
    if (!WebPAnimEncoderOptionsInit(&options)) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    options.anim_params.loop_count = n_loops > MAX_LOOPS ? 0 : n_loops;
    options.anim_params.bgcolor = 0;
    awebp->encoder = WebPAnimEncoderNew(picture->width, picture->height, &options);
    return awebp->encoder ? set_metadata(awebp) : webp_picture_no_memory();
}

Status encode_awebp_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink, EncodeAwebp **out) {
    EncodeAwebp *awebp = calloc(1, sizeof *awebp);
    if (!awebp) return webp_picture_no_memory();
    awebp->picture = picture;
    awebp->sink = sink;
    awebp->n_frames = n_frames;
    guard_webp_begin();
    Status status = create(awebp, n_loops);
    if (status) {
        encode_awebp_free(awebp);
        return status;
    }
    *out = awebp;
    return STATUS_OK;
}

void encode_awebp_free(EncodeAwebp *awebp) {
    if (!awebp) return;
    WebPAnimEncoderDelete(awebp->encoder);
    WebPPictureFree(&awebp->frame);
    free(awebp);
}

// Advances the start time of the next frame. libwebp's number of milliseconds may wrap around.
static void pass_time(EncodeAwebp *awebp, FrameDelay delay) {
    const double before = awebp->seconds;
    awebp->seconds += (double)delay.numerator / delay.denominator;
    const double ms = (double)(int64_t)(awebp->seconds * 1000 + 0.5) - (double)(int64_t)(before * 1000 + 0.5);
    awebp->begins += ms > MAX_DELAY ? MAX_DELAY : (uint32_t)ms;
}

Status encode_awebp_frame(EncodeAwebp *awebp, const uint8_t *pixels, FrameDelay delay) {
    const EncodePicture *picture = awebp->picture;
    if (awebp->n_added == awebp->n_frames) {
        return status_fail(STATUS_INTERNAL, "The animation of %d frames was given more than that.", awebp->n_frames);
    }
    webp_picture_rows(picture, pixels, (size_t)(picture->width * picture->channels), picture->height, 0, &awebp->frame);
    guard_webp_begin();
    if (!WebPAnimEncoderAdd(awebp->encoder, &awebp->frame, (int)awebp->begins, &awebp->config)) {
        Status status = no_memory_or(webp_picture_explain(awebp->frame.error_code));
        return status ? status : explain(WebPAnimEncoderGetError(awebp->encoder));
    }
    awebp->n_added++;
    pass_time(awebp, delay);
    return no_memory_or(STATUS_OK);
}

Status encode_awebp_finish(EncodeAwebp *awebp) {
    if (awebp->n_added != awebp->n_frames) {
        return status_fail(STATUS_INTERNAL, "The animation of %d frames was given only %d.", awebp->n_frames,
                           awebp->n_added);
    }
    WebPData file = {0};
    guard_webp_begin();
    const bool is_written = WebPAnimEncoderAdd(awebp->encoder, NULL, (int)awebp->begins, NULL) &&
                            WebPAnimEncoderAssemble(awebp->encoder, &file);
    Status status = is_written ? no_memory_or(STATUS_OK) : explain(WebPAnimEncoderGetError(awebp->encoder));
    if (!status) status = bytes_append(awebp->sink, file.bytes, file.size);
    WebPDataClear(&file);
    return status;
}
