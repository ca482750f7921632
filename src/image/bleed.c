// The order of the work, row by row: find the visible pixels; number the pixels near them by rings and give them their
// colours; give the rest its colours from a pyramid.
#include "image/bleed.h"

#include <stdlib.h>

#include "image/bleed_pyramid.h"
#include "image/bleed_rings.h"

enum { STEP_PIXELS = 1 << 22 };

typedef enum Phase { FIND, NUMBER_DOWN, NUMBER_UP, FILL, PULL, PUSH, DONE } Phase;

struct Bleed {
    Image *image;
    BleedBox seen;
    BleedRings rings;
    BleedPyramid pyramid;
    Phase phase;
    int nth;      // of FILL the ring, of PULL the level
    int y, y_end; // rows of the phase that are still to be done; of NUMBER_UP from the last to the first
};

// ---- which rows come next

static void begin_phase(Bleed *bleed, Phase phase, int nth, int y, int y_end) {
    bleed->phase = phase;
    bleed->nth = nth;
    bleed->y = y;
    bleed->y_end = y_end;
}

static void begin_box(Bleed *bleed, Phase phase, int nth) {
    begin_phase(bleed, phase, nth, bleed->rings.box.y0, bleed->rings.box.y1);
}

static void begin_level(Bleed *bleed, int level) {
    const BleedPyramid *pyramid = &bleed->pyramid;
    if (level >= pyramid->n_levels)
        begin_phase(bleed, pyramid->n_levels ? PUSH : DONE, 0, 0, bleed->image->height);
    else
        begin_phase(bleed, PULL, level, pyramid->levels[level].box.y0, pyramid->levels[level].box.y1);
}

static Status begin_rings(Bleed *bleed) {
    if (bleed->seen.y1 == 0) {
        bleed->phase = DONE;
        return STATUS_OK;
    }
    Status status = bleed_rings_create(bleed->image, &bleed->seen, &bleed->rings);
    if (!status) begin_box(bleed, NUMBER_DOWN, 0);
    return status;
}

// Allocates all memory before the first pixel changes.
static Status begin_colours(Bleed *bleed) {
    Status status = STATUS_OK;
    if (bleed_rings_has_far(&bleed->rings)) status = bleed_pyramid_create(&bleed->rings, &bleed->pyramid);
    if (!status) begin_box(bleed, FILL, BLEED_RINGS_VISIBLE + 1);
    return status;
}

static Status begin_next(Bleed *bleed) {
    switch (bleed->phase) {
        case FIND: return begin_rings(bleed);
        case NUMBER_DOWN: begin_box(bleed, NUMBER_UP, 0); break;
        case NUMBER_UP: return begin_colours(bleed);
        case FILL:
            if (bleed->nth + 1 < BLEED_RINGS_FAR)
                begin_box(bleed, FILL, bleed->nth + 1);
            else
                begin_level(bleed, 1);
            break;
        case PULL: begin_level(bleed, bleed->nth + 1); break;
        case PUSH:
        case DONE: bleed->phase = DONE; break;
    }
    return STATUS_OK;
}

static void do_row(Bleed *bleed, int y) {
    const BleedBox *box = &bleed->rings.box;
    switch (bleed->phase) {
        case FIND: bleed_rings_find(bleed->image, y, &bleed->seen); break;
        case NUMBER_DOWN: bleed_rings_number_down(&bleed->rings, y); break;
        case NUMBER_UP: bleed_rings_number_up(&bleed->rings, box->y0 + box->y1 - 1 - y); break;
        case FILL: bleed_rings_fill(&bleed->rings, bleed->nth, y); break;
        case PULL: bleed_pyramid_pull(&bleed->pyramid, bleed->nth, y); break;
        case PUSH: bleed_pyramid_push(&bleed->pyramid, y); break;
        case DONE: break;
    }
}

// ---- the steps

static void begin(Bleed *bleed, Image *image) {
    *bleed = (Bleed){.image = image};
    begin_phase(bleed, image->channels == 4 ? FIND : DONE, 0, 0, image->height);
}

static void end(Bleed *bleed) {
    bleed_rings_free(&bleed->rings);
    bleed_pyramid_free(&bleed->pyramid);
}

Status bleed_begin(Image *image, Bleed **out) {
    Bleed *bleed = malloc(sizeof *bleed);
    if (!bleed) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the colours under the transparency.");
    begin(bleed, image);
    *out = bleed;
    return STATUS_OK;
}

bool bleed_is_done(const Bleed *bleed) { return bleed->phase == DONE; }

Status bleed_step(Bleed *bleed) {
    for (int64_t n_left = STEP_PIXELS; n_left > 0 && bleed->phase != DONE; n_left -= bleed->image->width) {
        if (bleed->y < bleed->y_end) {
            do_row(bleed, bleed->y++);
            continue;
        }
        Status status = begin_next(bleed);
        if (status) return status;
    }
    return STATUS_OK;
}

void bleed_free(Bleed *bleed) {
    if (!bleed) return;
    end(bleed);
    free(bleed);
}

Status bleed_colours(Image *image) {
    Bleed bleed;
    begin(&bleed, image);
    Status status = STATUS_OK;
    while (!status && !bleed_is_done(&bleed)) status = bleed_step(&bleed);
    end(&bleed);
    return status;
}
