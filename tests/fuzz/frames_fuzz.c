// Animations: counted, looked at frame by frame, and made into animated PNG and WebP again, which must then open.
#include "image/encode_frames.h"
#include "image/frames_survey.h"
#include "image/grey.h"
#include "pictures.h"

enum { MAX_WORK = 1 << 22 }; // pixels of all frames that are looked at

// libwebp writes frames that look the same once they are compressed as one, and one as a still picture.
static bool is_still(const Bytes *file, const DecodeOptions *options) {
    Image image;
    if (memcmp(file->data, "RIFF", 4) || image_decode(file->data, file->size, options, &image)) return false;
    image_free(&image);
    return true;
}

static void open_again(const Bytes *file, const FramesInfo *info, int n_frames) {
    const DecodeOptions options = {.max_pixels = 1 << 18};
    const Image *canvas;
    FrameDelay delay;
    Frames *frames;
    const Status status = frames_open(file->data, file->size, &options, &frames);
    if (status == STATUS_BAD_ARGUMENT && (n_frames == 1 || is_still(file, &options))) return;
    MUST_WORK(status);
    if (status) return;
    MUST(frames_info(frames)->width == info->width && frames_info(frames)->height == info->height);
    MUST(frames_info(frames)->n_frames <= n_frames);
    for (canvas = NULL;;) {
        MUST_WORK(frames_next(frames, &canvas, &delay));
        if (!canvas) break;
    }
    frames_close(frames);
}

// Takes every frame of the survey once more, as the task that enlarges them does.
static Status encode(const uint8_t *bytes, size_t size, const FramesSurvey *survey, const EncodePicture *picture,
                     Bytes *out) {
    EncodeFrames *encode = NULL;
    Frames *frames = NULL;
    const int n = frames_survey_n_shown(survey);
    Status status = frames_open(bytes, size, frames_survey_options(survey), &frames);
    if (!status) status = encode_frames_begin(picture, n, frames_survey_info(survey)->n_loops, out, &encode);
    for (int i = 0; i < n && !status; i++) {
        const FramesShown shown = frames_survey_shown(survey, i);
        const Image *canvas = NULL;
        Image copy = {0};
        FrameDelay delay;
        status = frames_next(frames, &canvas, &delay);
        if (!status) MUST(canvas);
        if (!status) status = frames_copy(canvas, picture->channels, &copy);
        if (!status && picture->is_grey) MUST(grey_settle(&copy, frames_survey_options(survey)->grey));
        if (!status) status = encode_frames_add(encode, copy.pixels, shown.delay);
        image_free(&copy);
        for (int k = 1; k < shown.n_frames && !status; k++) status = frames_next(frames, &canvas, &delay);
    }
    if (!status) status = encode_frames_finish(encode);
    encode_frames_free(encode);
    frames_close(frames);
    return status;
}

static void recode(const uint8_t *bytes, size_t size, const FramesSurvey *survey, uint32_t hash) {
    const FramesInfo *info = frames_survey_info(survey);
    const int channels = frames_survey_is_opaque(survey) ? 3 : 4;
    const Image shape = {.width = info->width,
                         .height = info->height,
                         .channels = channels,
                         .bits = 8,
                         .is_grey = frames_survey_is_grey(survey)};
    const EncodeFormat format = (EncodeFormat[]){ENCODE_PNG, ENCODE_WEBP, ENCODE_WEBP_LOSSLESS}[(hash >> 5) % 3];
    const EncodePicture picture = encode_picture_of(&shape, &info->meta, format, hash);
    Bytes file = {0};
    if (encode_check(&picture) == STATUS_OK) {
        const Status status = encode(bytes, size, survey, &picture, &file);
        MUST_WORK(status);
        if (!status) open_again(&file, info, frames_survey_n_shown(survey));
    }
    bytes_free(&file);
}

static void survey_all(const uint8_t *bytes, size_t size, FramesSurvey *survey, uint32_t hash) {
    const FramesInfo *info = frames_survey_info(survey);
    const int64_t pixels = (int64_t)info->width * info->height;
    Status status = STATUS_OK;
    for (int64_t work = 0; frames_survey_n_left(survey) && work < MAX_WORK && !status; work += pixels)
        status = frames_survey_step(survey);
    check_warnings(&info->warnings);
    if (status || frames_survey_n_left(survey)) return;
    MUST(frames_survey_step(survey) == STATUS_BAD_ARGUMENT);
    if (pixels * info->n_frames < MAX_WORK / 16) recode(bytes, size, survey, hash);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    const uint32_t hash = hash_of(bytes, size);
    const DecodeOptions options = options_of(hash);
    FramesSurvey *survey;
    const int n = frames_count(bytes, size, &options);
    MUST(n >= 1);
    const Status status = frames_survey_begin(bytes, size, &options, &survey);
    if (status) {
        MUST(n == 1 || status == STATUS_NO_MEMORY || status == STATUS_UNSUPPORTED);
        return;
    }
    MUST(frames_survey_info(survey)->n_frames == n);
    MUST(frames_survey_n_left(survey) == n);
    survey_all(bytes, size, survey, hash);
    frames_survey_free(survey);
}
