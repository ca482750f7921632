// Reads all frames once, and keeps a few bytes for each.
#include "image/frames_survey.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/alike.h"
#include "image/grey.h"

struct FramesSurvey {
    Frames *frames;
    FramesShown *shown; // [n_shown], as many as there are frames at most
    int n_shown, n_read;
    Image last; // seen
    bool is_transparent, has_colour;
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation."); }

Status frames_survey_begin(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesSurvey **out) {
    FramesSurvey *survey = calloc(1, sizeof *survey);
    if (!survey) return no_memory();
    Status status = frames_open(bytes, size, options, &survey->frames);
    if (!status) {
        const FramesInfo *info = frames_info(survey->frames);
        size_t shown_bytes;
        if (checked_mul((size_t)info->n_frames, sizeof *survey->shown, &shown_bytes))
            survey->shown = malloc(shown_bytes);
        status = survey->shown ? image_create(info->width, info->height, 4, &survey->last) : no_memory();
    }
    if (status) {
        frames_survey_free(survey);
        return status;
    }
    *out = survey;
    return STATUS_OK;
}

void frames_survey_free(FramesSurvey *survey) {
    if (!survey) return;
    frames_close(survey->frames);
    image_free(&survey->last);
    free(survey->shown);
    free(survey);
}

int frames_survey_n_left(const FramesSurvey *survey) { return frames_info(survey->frames)->n_frames - survey->n_read; }
const DecodeOptions *frames_survey_options(const FramesSurvey *survey) { return frames_options(survey->frames); }
const FramesInfo *frames_survey_info(const FramesSurvey *survey) { return frames_info(survey->frames); }
int frames_survey_n_shown(const FramesSurvey *survey) { return survey->n_shown; }
FramesShown frames_survey_shown(const FramesSurvey *survey, int i) { return survey->shown[i]; }
bool frames_survey_is_grey(const FramesSurvey *survey) { return !survey->has_colour; }
bool frames_survey_is_opaque(const FramesSurvey *survey) { return !survey->is_transparent; }

// The rows of the canvas that may differ from those of the frame before. It owns nothing.
static Image changed_rows(const FramesSurvey *survey, const Image *canvas) {
    const FramesRows changed = frames_changed(survey->frames);
    Image rows = *canvas;
    rows.pixels += (size_t)changed.top * image_row_bytes(canvas);
    rows.height = changed.n;
    return rows;
}

static uint8_t *last_rows(const FramesSurvey *survey) {
    return survey->last.pixels + (size_t)frames_changed(survey->frames).top * image_row_bytes(&survey->last);
}

static bool counts_as_grey(const FramesSurvey *survey, const Image *canvas, const Image *changed) {
    const GreyMode mode = frames_survey_options(survey)->grey;
    return mode == GREY_NEAR ? grey_is_near(canvas) : mode == GREY_EXACT && grey_is_exact(changed);
}

static FrameDelay as_shown(FrameDelay delay) {
    const bool is_short = (int64_t)delay.numerator * 100 <= delay.denominator;
    return is_short ? (FrameDelay){100, 1000} : delay;
}

static int capped(int64_t value) { return value > INT_MAX ? INT_MAX : (int)value; }

static int64_t milliseconds(FrameDelay delay) {
    return ((int64_t)delay.numerator * 1000 + delay.denominator / 2) / delay.denominator;
}

static FrameDelay sum(FrameDelay a, FrameDelay b) {
    if (a.denominator == b.denominator) return (FrameDelay){capped((int64_t)a.numerator + b.numerator), a.denominator};
    return (FrameDelay){capped(milliseconds(a) + milliseconds(b)), 1000};
}

static bool looks_as_before(const FramesSurvey *survey, const Image *changed) {
    if (survey->n_shown == 0) return false;
    return !alike_difference(changed->pixels, last_rows(survey), changed->width, changed->height, 4).width;
}

// Examines only the changed rows, because most frames of a large picture change little.
Status frames_survey_step(FramesSurvey *survey) {
    const Image *canvas;
    FrameDelay delay;
    Status status = frames_next(survey->frames, &canvas, &delay);
    if (status) return status;
    if (!canvas) return status_fail(STATUS_BAD_ARGUMENT, "All frames of the animation have been looked at already.");
    const Image changed = changed_rows(survey, canvas);
    survey->n_read++;
    if (looks_as_before(survey, &changed)) {
        FramesShown *shown = &survey->shown[survey->n_shown - 1];
        shown->delay = sum(as_shown(shown->delay), as_shown(delay));
        shown->n_frames++;
    } else {
        survey->shown[survey->n_shown++] = (FramesShown){delay, 1};
        survey->has_colour = survey->has_colour || !counts_as_grey(survey, canvas, &changed);
        survey->is_transparent = survey->is_transparent || !image_is_opaque(&changed);
    }
    memcpy(last_rows(survey), changed.pixels, image_row_bytes(&changed) * (size_t)changed.height);
    return STATUS_OK;
}
