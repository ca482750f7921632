// Whole picture files and what a decoder must find in them: the tables "pictures" and "refused" that fixture_writer.py
// writes.
#ifndef UNIT_PICTURE_FIXTURES_H
#define UNIT_PICTURE_FIXTURES_H

#include "fixtures.h"

typedef struct PictureFixture {
    const char *name;
    const uint8_t *file;
    size_t size;
    int width, height, channels, bits;
    const uint16_t *pixels;
    const uint8_t *pixels8; // the same as bytes, if `bits` is 8
    int tolerance;          // how far a sample may be off
    const char *warning;    // what a warning begins with; "": there is none
    uint32_t density_x, density_y;
    int is_per_metre;
    size_t icc_size;
    FixtureBytes icc, exif, xmp, text; // of the set "metadata" only
} PictureFixture;

typedef struct RefusedFixture {
    const char *name;
    const uint8_t *file;
    size_t size;
    int status;
    const char *sentence; // what it begins with
} RefusedFixture;

extern PictureFixture *fixtures;
extern RefusedFixture *refused_fixtures;
extern int n_fixtures, n_refused_fixtures;

// Reads `fixtures` and `refused_fixtures`. More tables may follow: the caller reads them and closes the set.
Fixtures pictures_open(const char *name);

void pictures_load(const char *name);

// The set "metadata".
void pictures_load_metadata(void);

const PictureFixture *fixture_named(const char *name);

#endif
