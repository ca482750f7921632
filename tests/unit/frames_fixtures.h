// Whole animations and their frames, as frames_fixtures.py makes them.
#ifndef UNIT_FRAMES_FIXTURES_H
#define UNIT_FRAMES_FIXTURES_H

#include "fixtures.h"

enum { WIDTH = 13, HEIGHT = 11 }; // of each

typedef struct FramesFixture {
    const char *name;
    const uint8_t *file;
    size_t size;
    int n_loops, n_frames; // n_loops 0: for ever
    FixtureBytes icc;
    struct {
        int numerator, denominator; // of a second
        const uint8_t *pixels;      // RGBA
    } frames[5];
} FramesFixture;

static FramesFixture *fixtures;
static int n_fixtures;

static inline FramesFixture frames_read(Fixtures *set) {
    FramesFixture fixture = {.name = fixtures_text(set)};
    const FixtureBytes file = fixtures_bytes(set);
    fixture.file = file.data;
    fixture.size = file.size;
    fixture.n_loops = fixtures_int(set);
    fixture.icc = fixtures_bytes(set);
    fixture.n_frames = fixtures_int(set);
    fixtures_expect(set, fixture.n_frames <= 5, "at most 5 frames");
    for (int i = 0; i < fixture.n_frames; i++) {
        fixture.frames[i].numerator = fixtures_int(set);
        fixture.frames[i].denominator = fixtures_int(set);
        const FixtureBytes pixels = fixtures_bytes(set);
        fixtures_expect(set, pixels.size == WIDTH * HEIGHT * 4, "pixels of that size");
        fixture.frames[i].pixels = pixels.data;
    }
    return fixture;
}

static inline void frames_load(void) {
    Fixtures set = fixtures_open("frames");
    fixtures = fixtures_table(&set, "animations", sizeof *fixtures, &n_fixtures);
    for (int i = 0; i < n_fixtures; i++) fixtures[i] = frames_read(&set);
    fixtures_close(&set);
}

#endif
