// The loop over frames. Each frame is copied from the canvas, enlarged into a second canvas, and encoded.
#include "pipeline/animation.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/bleed.h"
#include "image/encode_frames.h"
#include "image/grey.h"
#include "pipeline/upscale_file.h"

struct Animation {
    Upscaler *upscaler;
    const FramesSurvey *survey;
    UpscaleOptions options; // of the file
    Frames *frames;
    Image picture;        // the frame under way
    Upscale *upscale;     // its enlargement, as bare rows
    bool has_step;        // the last step was a step of `upscale`
    bool is_fresh;        // `picture` has not been handed out for conversion to sRGB
    int n_to_pass;        // equal frames after it, which are passed over
    int n_done;           // frames of the output
    long long frame_work; // the work of the first one
    uint8_t *enlarged;
    size_t enlarged_bytes, n_gathered;
    uint64_t memory;
    ConsistencyCount consistency; // of the frames that are done
    EncodeFrames *file;
    Bytes output;
    bool is_output_taken;
};

int animation_n_frames(const Animation *animation) { return frames_survey_n_shown(animation->survey); }
uint64_t animation_memory(const Animation *animation) { return animation->memory; }
Upscale *animation_upscale(Animation *animation) { return animation->upscale; }

const Bytes *animation_output(Animation *animation) {
    if (animation->is_output_taken) bytes_clear(&animation->output);
    animation->is_output_taken = animation->output.size > 0;
    return &animation->output;
}

ConsistencyCount animation_consistency(const Animation *animation) { return animation->consistency; }

// ---- progress

static bool is_frame_done(const Animation *animation) {
    return upscale_done(animation->upscale) == upscale_total(animation->upscale);
}

int animation_frame(const Animation *animation) {
    return is_frame_done(animation) && animation->n_done ? animation->n_done - 1 : animation->n_done;
}

long long animation_total(const Animation *animation) { return animation_n_frames(animation) * animation->frame_work; }

// Every frame counts as much work as the first, although more or fewer of its tiles may repeat.
long long animation_done(const Animation *animation) {
    const long long whole = animation->n_done * animation->frame_work;
    if (is_frame_done(animation)) return whole;
    const double part = (double)upscale_done(animation->upscale) / (double)upscale_total(animation->upscale);
    return whole + (long long)(part * (double)animation->frame_work);
}

// ---- from frame to frame

static Status next_canvas(Animation *animation, const Image **canvas) {
    FrameDelay delay;
    Status status = frames_next(animation->frames, canvas, &delay);
    if (!status && !*canvas) return status_fail(STATUS_INTERNAL, "The animation has fewer frames than were counted.");
    return status;
}

static Status load_frame(Animation *animation) {
    const Image *canvas;
    upscale_end(animation->upscale); // frees its memory before more is allocated
    animation->upscale = NULL;
    image_free(&animation->picture);
    animation->n_gathered = 0;
    Status status = next_canvas(animation, &canvas);
    const int channels = frames_survey_is_opaque(animation->survey) ? 3 : 4;
    if (!status) status = frames_copy(canvas, channels, &animation->picture);
    if (!status) status = bleed_colours(&animation->picture);
    if (status) return status;
    animation->picture.is_grey = frames_survey_is_grey(animation->survey);
    if (animation->picture.is_grey) grey_make(&animation->picture);
    UpscaleOptions options = animation->options;
    options.format = UPSCALE_PIXELS;
    animation->is_fresh = options.is_srgb;
    status = upscale_begin(animation->upscaler, &animation->picture, options, &animation->upscale);
    if (!status) animation->n_to_pass = frames_survey_shown(animation->survey, animation->n_done).n_frames - 1;
    return status;
}

Image *animation_to_convert(Animation *animation) {
    Image *picture = animation->is_fresh ? &animation->picture : NULL;
    animation->is_fresh = false;
    return picture;
}

static Status pass_over_frame(Animation *animation) {
    const Image *canvas;
    animation->n_to_pass--;
    return next_canvas(animation, &canvas);
}

static Status gather(Animation *animation) {
    const Bytes *rows;
    for (;;) {
        Status status = upscale_output(animation->upscale, &rows);
        if (status || !rows->size) return status;
        if (rows->size > animation->enlarged_bytes - animation->n_gathered)
            return status_fail(STATUS_INTERNAL, "A frame came out larger than expected.");
        memcpy(animation->enlarged + animation->n_gathered, rows->data, rows->size);
        animation->n_gathered += rows->size;
    }
}

static Status finish_frame(Animation *animation) {
    const FrameDelay delay = frames_survey_shown(animation->survey, animation->n_done).delay;
    Status status = encode_frames_add(animation->file, animation->enlarged, delay);
    if (status) return status;
    animation->n_done++;
    animation->consistency = consistency_sum(animation->consistency, upscale_consistency(animation->upscale));
    return animation->n_done < animation_n_frames(animation) ? STATUS_OK : encode_frames_finish(animation->file);
}

Status animation_step(Animation *animation) {
    animation->has_step = false;
    if (animation->n_done == animation_n_frames(animation))
        return status_fail(STATUS_BAD_ARGUMENT, "The animation is finished already.");
    if (!animation->file) return status_fail(STATUS_BAD_ARGUMENT, "The animation was only planned, not begun.");
    if (is_frame_done(animation)) return animation->n_to_pass ? pass_over_frame(animation) : load_frame(animation);
    animation->has_step = true;
    Status status = upscale_step(animation->upscale);
    if (!status) status = gather(animation);
    if (!status && is_frame_done(animation)) status = finish_frame(animation);
    return status;
}

UpscaleTile animation_tile(const Animation *animation) {
    return animation->has_step ? upscale_tile(animation->upscale) : (UpscaleTile){0};
}

// ---- begin and end

static EncodePicture file_picture(const Animation *animation) {
    const Metadata *meta = &frames_info(animation->frames)->meta;
    const int scale = animation->upscaler->geometry.scale;
    return upscale_file_picture(&animation->options, &animation->picture, meta, scale);
}

static Status plan(Animation *animation) {
    const EncodePicture picture = file_picture(animation);
    Status status = encode_frames_check(&picture);
    if (status) return status;
    size_t row_bytes;
    if (!checked_mul((size_t)picture.width, (size_t)picture.channels, &row_bytes) ||
        !checked_mul(row_bytes, (size_t)picture.height, &animation->enlarged_bytes)) {
        return status_fail_for(REASON_ANIMATION_TOO_LARGE, STATUS_UNSUPPORTED,
                               "The animation is too large for this build.");
    }
    const size_t canvases = checked_add_or_max(animation->enlarged_bytes, encode_frames_memory(&picture));
    animation->memory = upscale_memory(animation->upscale) + canvases;
    animation->frame_work = upscale_total(animation->upscale);
    return STATUS_OK;
}

static Status begin_file(Animation *animation) {
    const EncodePicture picture = file_picture(animation);
    Status status = encode_frames_begin(&picture, animation_n_frames(animation),
                                        frames_info(animation->frames)->n_loops, &animation->output, &animation->file);
    if (status) return status;
    animation->enlarged = malloc(animation->enlarged_bytes);
    if (!animation->enlarged) {
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a frame of %d x %d pixels.", picture.width,
                           picture.height);
    }
    return STATUS_OK;
}

static Status check_format(const UpscaleOptions *options, int n_frames) {
    if (options->format == UPSCALE_PNG || options->format == UPSCALE_WEBP) return STATUS_OK;
    return status_fail_for(REASON_FORMAT_UNANIMATED, STATUS_UNSUPPORTED,
                           "Expected the format png or webp for an animation of %d frames but received %s.", n_frames,
                           options->format == UPSCALE_JPEG ? "jpg, which has no frames" : "pixels");
}

Status animation_begin(Upscaler *upscaler, const uint8_t *bytes, size_t size, const FramesSurvey *survey,
                       UpscaleOptions options, Animation **out) {
    const DecodeOptions *decode = frames_survey_options(survey);
    Status status = check_format(&options, frames_survey_info(survey)->n_frames);
    if (!status && frames_survey_n_left(survey) > 0)
        status = status_fail(STATUS_BAD_ARGUMENT, "Expected an animation whose frames have all been examined.");
    if (status) return status;
    Animation *animation = calloc(1, sizeof *animation);
    if (!animation) return status_fail(STATUS_NO_MEMORY, "Not enough memory to begin.");
    animation->upscaler = upscaler;
    animation->survey = survey;
    animation->options = options;
    status = frames_open(bytes, size, decode, &animation->frames);
    if (!status) status = load_frame(animation);
    if (!status) status = plan(animation);
    if (!status && !options.is_plan) status = begin_file(animation);
    if (status) {
        animation_end(animation);
        return status;
    }
    *out = animation;
    return STATUS_OK;
}

void animation_end(Animation *animation) {
    if (!animation) return;
    upscale_end(animation->upscale);
    image_free(&animation->picture);
    encode_frames_free(animation->file);
    frames_close(animation->frames);
    free(animation->enlarged);
    bytes_free(&animation->output);
    free(animation);
}
