// What a step of an Upscale does.
#ifndef PIPELINE_UPSCALE_STEP_H
#define PIPELINE_UPSCALE_STEP_H

#include "pipeline/upscale.h"

// As upscale_step in upscale.h says.
MUST_CHECK Status upscale_step_run(Upscale *task);

#endif
