#include "picture_fixtures.h"

PictureFixture *fixtures;
RefusedFixture *refused_fixtures;
int n_fixtures, n_refused_fixtures;

static const uint8_t *pictures_as_bytes(const uint16_t *samples, size_t n) {
    uint8_t *bytes = malloc(n);
    for (size_t i = 0; bytes && i < n; i++) bytes[i] = (uint8_t)samples[i];
    return bytes;
}

static PictureFixture pictures_read(Fixtures *set) {
    PictureFixture picture = {.name = fixtures_text(set)};
    const FixtureBytes file = fixtures_bytes(set);
    picture.file = file.data;
    picture.size = file.size;
    picture.width = fixtures_int(set);
    picture.height = fixtures_int(set);
    picture.channels = fixtures_int(set);
    picture.bits = fixtures_int(set);
    const FixtureBytes pixels = fixtures_bytes(set);
    picture.pixels = (const uint16_t *)(const void *)pixels.data;
    if (picture.bits == 8) picture.pixels8 = pictures_as_bytes(picture.pixels, pixels.size / 2);
    picture.tolerance = fixtures_int(set);
    picture.warning = fixtures_text(set);
    picture.density_x = fixtures_unsigned(set);
    picture.density_y = fixtures_unsigned(set);
    picture.is_per_metre = fixtures_int(set);
    picture.icc_size = fixtures_unsigned(set);
    return picture;
}

static RefusedFixture pictures_read_refused(Fixtures *set) {
    RefusedFixture refused = {.name = fixtures_text(set)};
    const FixtureBytes file = fixtures_bytes(set);
    refused.file = file.data;
    refused.size = file.size;
    refused.status = fixtures_int(set);
    refused.sentence = fixtures_text(set);
    return refused;
}

Fixtures pictures_open(const char *name) {
    Fixtures set = fixtures_open(name);
    fixtures = fixtures_table(&set, "pictures", sizeof *fixtures, &n_fixtures);
    for (int i = 0; i < n_fixtures; i++) fixtures[i] = pictures_read(&set);
    refused_fixtures = fixtures_table(&set, "refused", sizeof *refused_fixtures, &n_refused_fixtures);
    for (int i = 0; i < n_refused_fixtures; i++) refused_fixtures[i] = pictures_read_refused(&set);
    return set;
}

void pictures_load(const char *name) {
    Fixtures set = pictures_open(name);
    fixtures_close(&set);
}

void pictures_load_metadata(void) {
    Fixtures set = pictures_open("metadata");
    int n;
    free(fixtures_table(&set, "metadata", 1, &n));
    for (int i = 0; i < n; i++) {
        fixtures[i].icc = fixtures_bytes(&set);
        fixtures[i].exif = fixtures_bytes(&set);
        fixtures[i].xmp = fixtures_bytes(&set);
        fixtures[i].text = fixtures_bytes(&set);
    }
    fixtures_close(&set);
}

const PictureFixture *fixture_named(const char *name) {
    for (int i = 0; i < n_fixtures; i++) {
        if (!strcmp(fixtures[i].name, name)) return &fixtures[i];
    }
    fail_msg("no fixture %s", name);
    return NULL;
}
