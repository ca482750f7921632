// Pictures and the tile loop, for the tests that run it with the published weights.
#ifndef TESTS_UNIT_UPSCALE_SUPPORT_H
#define TESTS_UNIT_UPSCALE_SUPPORT_H

#include "load_cugan.h"
#include "pipeline/upscale.h"

static inline Upscaler *load_model(const char *name) { return load_cugan(name, false); }
static inline Upscaler *load(void) { return load_model("up2x-conservative"); }

static inline Image make_image(int width, int height, int channels, uint8_t (*sample)(int y, int x, int c)) {
    Image image;
    assert_int_equal(image_create(width, height, channels, &image), STATUS_OK);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < channels; c++) image.pixels[(y * width + x) * channels + c] = sample(y, x, c);
        }
    }
    return image;
}

static inline uint8_t pattern(int y, int x, int c) {
    return (uint8_t)(c == 3 ? x * 40 : (y * 31 + x * 17 + c * 70) % 256);
}
static inline uint8_t flat(int y, int x, int c) {
    return (uint8_t)(y * 0 + x * 0 + (c == 0 ? 200 : c == 1 ? 120 : 30));
}

// When a host carries a part between the engine and its file: at once, when the task awaits it, or now so, now so.
typedef enum Habit { HABIT_EARLY, HABIT_LATE, HABIT_MIXED } Habit;

// What a host does for a task that spills maps.
typedef struct Carrier {
    Habit habit;
    unsigned draw;           // of HABIT_MIXED
    uint8_t *file;           // stands for the host's
    MapTransfer read, write; // under way; size 0: none
    bool has_run;            // while `read` was under way
    int n_reads, n_beside;
} Carrier;

static inline Carrier carrier_begin(const Upscale *task, Habit habit) {
    Carrier carrier = {.habit = habit, .draw = 1, .file = malloc(upscale_spilled(task) + 1)};
    assert_non_null(carrier.file);
    memset(carrier.file, 0xff, upscale_spilled(task) + 1); // not a number: what nobody has put
    return carrier;
}

static inline void complete_read(Carrier *carrier) {
    MapTransfer *part = &carrier->read;
    if (!part->size) return;
    memcpy(part->bytes, carrier->file + part->offset, part->size);
    carrier->n_beside += carrier->has_run;
    part->size = 0;
}

static inline void complete_write(Carrier *carrier) {
    MapTransfer *part = &carrier->write;
    if (!part->size) return;
    memcpy(carrier->file + part->offset, part->bytes, part->size);
    memset(part->bytes, 0xff, part->size); // nothing of it may be used again
    part->size = 0;
}

static inline bool is_early(Carrier *carrier) {
    carrier->draw = carrier->draw * 1103515245 + 12345;
    return carrier->habit == HABIT_MIXED ? carrier->draw >> 16 & 1 : carrier->habit == HABIT_EARLY;
}

static inline void assert_apart(MapTransfer a, MapTransfer b) {
    if (!a.size || !b.size) return;
    assert_true(a.offset + a.size <= b.offset || b.offset + b.size <= a.offset);
    assert_true(a.bytes + a.size <= b.bytes || b.bytes + b.size <= a.bytes);
}

static inline void carry_before_step(Carrier *carrier, const Upscale *task) {
    if (upscale_awaits_read(task)) complete_read(carrier);
    if (upscale_awaits_write(task)) complete_write(carrier);
    carrier->has_run = carrier->read.size > 0;
}

static inline void carry_after_step(Carrier *carrier, const Upscale *task) {
    const MapTransfer read = upscale_to_read(task), write = upscale_to_write(task);
    assert_true(read.offset + read.size <= upscale_spilled(task) && write.offset + write.size <= upscale_spilled(task));
    if (write.size) {
        assert_int_equal(carrier->write.size, 0);
        carrier->write = write;
    }
    if (read.size) {
        assert_int_equal(carrier->read.size, 0);
        memset(read.bytes, 0xff, read.size); // not a number: nothing may be used before all is there
        carrier->read = read;
        carrier->has_run = false;
        carrier->n_reads++;
    }
    assert_apart(carrier->read, carrier->write);
    if (read.size && is_early(carrier)) complete_read(carrier);
    if (write.size && is_early(carrier)) complete_write(carrier);
}

static inline void take_output(Upscale *task, Bytes *all) {
    const Bytes *output;
    do {
        assert_int_equal(upscale_output(task, &output), STATUS_OK);
        assert_int_equal(bytes_append(all, output->data, output->size), STATUS_OK);
    } while (output->size);
}

// Runs to the end, collecting the output as the host does, and checks that the work and the tiles add up.
static inline Bytes run_carried(Upscaler *cugan, const Image *image, UpscaleOptions options, const char *plan,
                                Carrier *carrier) {
    Upscale *task;
    Bytes all = {0};
    long long covered = 0, done = 0;
    assert_int_equal(upscale_begin(cugan, image, options, &task), STATUS_OK);
    assert_int_equal(upscale_width(task), image->width * cugan->geometry.scale);
    assert_int_equal(upscale_height(task), image->height * cugan->geometry.scale);
    if (plan) assert_string_equal(upscale_plan(task), plan);
    assert_int_equal(upscale_done(task), 0);
    *carrier = carrier_begin(task, carrier->habit);
    while (upscale_done(task) < upscale_total(task)) {
        carry_before_step(carrier, task);
        assert_int_equal(upscale_step(task), STATUS_OK);
        carry_after_step(carrier, task);
        assert_true(upscale_done(task) > done || (upscale_spilled(task) && upscale_done(task) == done));
        done = upscale_done(task);
        const UpscaleTile tile = upscale_tile(task);
        covered += (long long)tile.width * tile.height;
        take_output(task, &all);
    }
    assert_true(!carrier->read.size && !carrier->write.size);
    free(carrier->file);
    assert_int_equal(upscale_step(task), STATUS_BAD_ARGUMENT);
    assert_int_equal(covered, (long long)upscale_width(task) * upscale_height(task));
    upscale_end(task);
    return all;
}

static inline Bytes run_options(Upscaler *cugan, const Image *image, UpscaleOptions options, const char *plan) {
    Carrier carrier = {.habit = HABIT_MIXED};
    return run_carried(cugan, image, options, plan, &carrier);
}

static inline Bytes run(Upscaler *cugan, const Image *image, int tile, UpscaleFormat format) {
    return run_options(cugan, image, (UpscaleOptions){.tile = tile, .strength = 1, .format = format}, NULL);
}

#endif
