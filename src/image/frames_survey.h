// Looks at a whole animation before the work: which frames look like the one before, how long each is shown, whether
// anything is transparent, and whether a frame is cut short or damaged.
#ifndef IMAGE_FRAMES_SURVEY_H
#define IMAGE_FRAMES_SURVEY_H

#include "image/frames.h"

// A frame and the equal frames after it.
typedef struct FramesShown {
    FrameDelay delay; // of all of them together. If there are several, 10 ms or less count as 100 ms, as in browsers
    int n_frames;
} FramesShown;

typedef struct FramesSurvey FramesSurvey;

// Errors as frames_open. `bytes` are needed until the survey is done.
MUST_CHECK Status frames_survey_begin(const uint8_t *bytes, size_t size, const DecodeOptions *options,
                                      FramesSurvey **out);
// Looks at the next frame; STATUS_BAD_ARGUMENT after the last.
MUST_CHECK Status frames_survey_step(FramesSurvey *survey);
int frames_survey_n_left(const FramesSurvey *survey); // 0: it is done
void frames_survey_free(FramesSurvey *survey);        // accepts NULL

const DecodeOptions *frames_survey_options(const FramesSurvey *survey);
const FramesInfo *frames_survey_info(const FramesSurvey *survey);
// The following functions may be called when the survey is done.
int frames_survey_n_shown(const FramesSurvey *survey);
FramesShown frames_survey_shown(const FramesSurvey *survey, int i);
bool frames_survey_is_opaque(const FramesSurvey *survey);
bool frames_survey_is_grey(const FramesSurvey *survey); // whether all frames count as grey, by the mode of the options

#endif
