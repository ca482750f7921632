// The exported functions as a program calls them: the input says which, one after another, in the order that
// src/api/acg.h allows, and with which arguments, also such as nobody should give. Networks and pictures are small, but
// for those that are only planned.
#include "api/acg.h"
#include "api/acg_image_parts.h"
#include "fuzz.h"
#include "image/encode_frames.h"
#include "made_cugan.h"
#include "open_cugan.h"

enum { N_IMAGES = 2, N_NETWORKS = 4, MAX_CALLS = 40, MAX_STEPS = 12, MAX_STEPPED_SIDE = 64 };

// Of one input.
typedef struct Session {
    Draw draw;
    AcgImage *images[N_IMAGES];
    bool is_rgb[N_IMAGES];
    AcgUpscale *task;
    AcgImage *of; // the picture of the task
    bool is_plan, has_failed;
    uint8_t *spilled;   // what the task keeps elsewhere
    AcgPart fetch, put; // under way
    int n_steps;
} Session;

// ---- what all inputs share

// By what it enlarges a pixel.
static int scale_of(AcgModel *model) {
    const AcgUpscaleOptions options = {.strength = 1};
    AcgImage *image = acg_image_from_pixels((const uint8_t[3]){0}, 1, 1, 3, 0);
    AcgUpscale *plan = acg_upscale_prepare(model, image, &options);
    const int scale = plan ? acg_upscale_width(plan) : 0;
    acg_upscale_end(plan);
    acg_image_free(image);
    return scale;
}

static AcgModel *network(int i) {
    static AcgModel *networks[N_NETWORKS];
    static const int scales[N_NETWORKS] = {2, 2, 3, 4};
    if (networks[i]) return networks[i];
    if (acg_init(1)) abort();
    MadeCugan made = made_cugan(scales[i], i != 1, -1, 0);
    networks[i] = open_cugan_files(made.param, made.param_size, made.bin, made.bin_size);
    made_cugan_free(&made);
    MUST(networks[i] && scale_of(networks[i]) == scales[i]);
    return networks[i];
}

static uint8_t *flat_pixels(int width, int height, int channels, uint8_t value) {
    const size_t size = (size_t)width * (size_t)height * (size_t)channels;
    uint8_t *pixels = malloc(size ? size : 1);
    if (!pixels) abort();
    memset(pixels, value, size);
    for (size_t i = 0; i < size && i < 100; i++) pixels[i] = (uint8_t)(i * 37 + value);
    return pixels;
}

// A file of `n` frames.
static Bytes make_file(int width, int height, int channels, EncodeFormat format, int n) {
    const EncodePicture picture = {
        .format = format, .width = width, .height = height, .channels = channels, .bits = 8, .quality = 80, .level = 1};
    Bytes file = {0};
    EncodeFrames *encode;
    if (encode_frames_begin(&picture, n, 0, &file, &encode)) abort();
    for (int i = 0; i < n; i++) {
        uint8_t *pixels = flat_pixels(width, height, channels, (uint8_t)(i / 2 * 90)); // of each two look the same
        if (encode_frames_add(encode, pixels, (FrameDelay){i + 1, 100})) abort();
        free(pixels);
    }
    if (encode_frames_finish(encode)) abort();
    encode_frames_free(encode);
    return file;
}

enum { N_FILES = 5 };
static const Bytes *known_file(int i) {
    static Bytes files[N_FILES];
    if (files[0].size) return &files[i];
    files[0] = make_file(7, 5, 3, ENCODE_PNG, 1);
    files[1] = make_file(20, 17, 4, ENCODE_WEBP_LOSSLESS, 1);
    files[2] = make_file(9, 6, 4, ENCODE_PNG, 4);
    files[3] = make_file(18, 21, 3, ENCODE_WEBP, 3);
    files[4] = make_file(1, 33, 3, ENCODE_PNG, 3);
    return &files[i];
}

// ---- pictures

static void end_task(Session *session) {
    acg_upscale_end(session->task);
    free(session->spilled);
    session->task = NULL;
    session->of = NULL;
    session->spilled = NULL;
    session->fetch = session->put = (AcgPart){0};
}

static int width_of(const AcgImage *image) { return picture_width(&image->picture); }
static int height_of(const AcgImage *image) { return picture_height(&image->picture); }

static void put_image(Session *session, AcgImage *image, bool is_rgb) {
    const int slot = draw_byte(&session->draw) % N_IMAGES;
    if (!image) {
        MUST(acg_status() && acg_message()[0]);
        return;
    }
    if (session->of == session->images[slot]) end_task(session);
    acg_image_free(session->images[slot]);
    session->images[slot] = image;
    session->is_rgb[slot] = is_rgb;
    MUST(width_of(image) > 0 && height_of(image) > 0 && acg_image_frames_left(image) >= 0);
    read_all(acg_image_warnings(image), strlen(acg_image_warnings(image)) + 1);
    const AcgColours *colours = is_rgb ? NULL : acg_image_colours(image);
    if (colours) read_all(colours->profile, colours->profile_bytes);
}

static double draw_max_pixels(Draw *draw) { return draw_byte(draw) & 1 ? draw_any_double(draw) : 1 << 18; }

static void call_decode(Session *session) {
    Draw *draw = &session->draw;
    const int which = draw_byte(draw), flags = draw_any_int(draw);
    const double max_pixels = draw_max_pixels(draw);
    Draw file = which < 250 ? (Draw){known_file(which % N_FILES)->data, known_file(which % N_FILES)->size}
                            : draw_part(draw, (size_t)draw_int(draw, 0, 999));
    if (which % 16 == 15 && file.left) file.left -= (size_t)draw_byte(draw) % file.left; // cut short
    const bool is_rgb = which % 8 == 7;
    put_image(session, (is_rgb ? acg_image_decode_rgb : acg_image_decode)(file.at, file.left, flags, max_pixels),
              is_rgb);
}

static void call_pixels(Session *session) {
    static const int sides[] = {1, 2, 15, 16, 17, 40, 63, 97, 256, 1024, 1350, 1400, 1500, 3000, 4096, 65535};
    Draw *draw = &session->draw;
    const bool is_odd = draw_byte(draw) > 240, is_rgb = draw_byte(draw) > 230;
    int width = draw_byte(draw), height = draw_byte(draw), channels = 3 + (draw_byte(draw) & 1);
    width = width < 128 ? 1 + width % 40 : sides[width % 16];
    height = height < 128 ? 1 + height % 40 : sides[height % 16];
    if ((int64_t)width * height > 1 << 22) height = 1 + (1 << 20) / width;
    uint8_t *pixels = flat_pixels(width, height, channels, draw_byte(draw));
    if (is_odd) { // one of them is none that there is: nothing may be read then
        int *const arguments[] = {&width, &height, &channels};
        const int which = draw_byte(draw) % 3, value = draw_any_int(draw);
        if (which == 2 ? value < 3 || value > 4 : value < 1 || value > IMAGE_MAX_SIDE) *arguments[which] = value;
    }
    const int flags = draw_byte(draw);
    put_image(session,
              is_rgb ? acg_image_rgb_from_pixels(pixels, width, height, channels)
                     : acg_image_from_pixels(pixels, width, height, channels, flags),
              is_rgb);
    free(pixels);
}

static void call_look(Session *session) {
    AcgImage *image = session->images[draw_byte(&session->draw) % N_IMAGES];
    if (!image || image == session->of) return;
    const int left = acg_image_frames_left(image), status = acg_image_step(image);
    if (!left)
        MUST(status); // a still picture, or one that was looked at
    else
        MUST(status || acg_image_frames_left(image) == left - 1);
    if (!acg_image_frames_left(image)) {
        MUST(picture_channels(&image->picture) == 3 || picture_channels(&image->picture) == 4);
        MUST(acg_image_is_grey(image) == 0 || acg_image_is_grey(image) == 1);
    }
    read_all(acg_image_warnings(image), strlen(acg_image_warnings(image)) + 1);
}

// ---- enlarging

// Sensible ones, and some of them not.
static AcgUpscaleOptions draw_options(Draw *draw) {
    static const int tiles[] = {0, 0, 16, 18, 20, 32, 64, 96, 1250, 1350, 1400, 1500, 2048, 4096, 17, 0};
    static const double memories[] = {0, 0, 1e5, 1e6, 3e7, 1e9, 4e9, 1e12};
    AcgUpscaleOptions options = {
        .srgb = draw->left % 2,
        .tile = tiles[draw_byte(draw) % 16],
        .strength = 1,
        .format = draw_byte(draw) % 4,
        .quality = 1 + draw_byte(draw) % 100,
        .sync = draw_byte(draw) % 3,
        .tta = draw_byte(draw) > 220,
        .guard = draw_byte(draw) & 1,
        .memory = memories[draw_byte(draw) % 8],
        .spill = memories[draw_byte(draw) % 8],
    };
    switch (draw_byte(draw) % 24) {
        case 0: options.tile = draw_any_int(draw); break;
        case 1: options.strength = draw_any_float(draw); break;
        case 2: options.format = draw_any_int(draw); break;
        case 3: options.quality = draw_any_int(draw); break;
        case 4: options.sync = draw_any_int(draw); break;
        case 5: options.tta = draw_any_int(draw); break;
        case 6: options.memory = draw_any_double(draw); break;
        case 7: options.spill = draw_any_double(draw); break;
        default: break;
    }
    return options;
}

// What is told must be true, as far as it can be told without a run: of a tile the first U-Net's output, two or three
// times as large, goes into a map of 64 channels.
static void check_told(const Session *session) {
    const AcgUpscale *task = session->task;
    const int width = width_of(session->of), height = height_of(session->of), side = acg_upscale_tile_side(task);
    const double columns = side < width ? side : width, rows = side < height ? side : height;
    MUST(side > 0);
    const int scale = acg_upscale_width(task) / width, first = scale == 3 ? 3 : 2;
    MUST(acg_upscale_memory(task) >= columns * rows * first * first * 64 * sizeof(float));
    MUST(acg_upscale_spilled(task) >= 0);
    MUST(scale >= 2 && scale <= 4 && acg_upscale_width(task) == width * scale &&
         acg_upscale_height(task) == height * scale);
    MUST(acg_upscale_total(task) > 0 && acg_upscale_done(task) == 0 && acg_upscale_cost(task) > 0);
    MUST(acg_upscale_frames(task) >= 1 && acg_upscale_plan(task)[0]);
}

static void call_begin(Session *session) {
    Draw *draw = &session->draw;
    const int slot = draw_byte(draw) % N_IMAGES;
    AcgModel *cugan = network(draw_byte(draw) % N_NETWORKS);
    const AcgUpscaleOptions options = draw_options(draw);
    AcgImage *image = session->images[slot];
    session->is_plan = draw_byte(draw) & 1;
    if (!image || session->is_rgb[slot] || acg_image_frames_left(image)) return;
    end_task(session); // one at a time
    session->task = (session->is_plan ? acg_upscale_prepare : acg_upscale_begin)(cugan, image, &options);
    session->has_failed = !session->task;
    MUST(session->task || (acg_status() && acg_message()[0]));
    if (!session->task) return;
    session->of = image;
    check_told(session);
    const double spill = acg_upscale_spilled(session->task);
    MUST(spill <= options.spill);
    if (!session->is_plan && spill < 1 << 26) session->spilled = malloc((size_t)spill + 1);
}

// Carries what is under way, of a task that keeps maps outside.
static void complete(Session *session, int what) {
    AcgPart *part = what == ACG_AWAITS_READ ? &session->fetch : &session->put;
    if (!part->size) return;
    MUST(part->offset >= 0 && part->offset + (double)part->size <= acg_upscale_spilled(session->task));
    uint8_t *at = session->spilled + (size_t)part->offset;
    if (what == ACG_AWAITS_READ)
        memcpy(part->bytes, at, part->size);
    else
        memcpy(at, part->bytes, part->size);
    part->size = 0;
}

static void carry(Session *session) {
    const AcgPart fetch = *acg_upscale_to_read(session->task), put = *acg_upscale_to_write(session->task);
    if (fetch.size) complete(session, ACG_AWAITS_READ), session->fetch = fetch;
    if (put.size) complete(session, ACG_AWAITS_WRITE), session->put = put;
    if (draw_byte(&session->draw) & 1) complete(session, ACG_AWAITS_READ), complete(session, ACG_AWAITS_WRITE); // early
}

static void read_tile(const AcgTile *tile, const AcgUpscale *task) {
    if (!tile->width) return;
    MUST(tile->x >= 0 && tile->y >= 0 && tile->height > 0 && (tile->bits == 8 || tile->bits == 16));
    MUST(tile->x + tile->width <= acg_upscale_width(task) && tile->y + tile->height <= acg_upscale_height(task));
    const size_t row = (size_t)(tile->width * tile->channels * (tile->bits / 8));
    for (int y = 0; y < tile->height; y++) read_all(tile->pixels + (ptrdiff_t)y * tile->stride_bytes, row);
}

static void take_output(Session *session) {
    for (;;) {
        if (acg_upscale_next_output(session->task)) {
            session->has_failed = true;
            return;
        }
        const size_t size = acg_upscale_output_size(session->task);
        if (!size) return;
        read_all(acg_upscale_output(session->task), size);
    }
}

// As if it were another picture of the same size, of which all is grey.
static void convert(AcgUpscale *task) {
    const AcgPixels *found = acg_upscale_to_convert(task);
    if (found->pixels) memset(found->pixels, 127, found->n * (size_t)found->channels * (size_t)(found->bits / 8));
    MUST(!acg_upscale_to_convert(task)->pixels);
}

static void step(Session *session) {
    AcgUpscale *task = session->task;
    convert(task);
    const int awaits = acg_upscale_awaits(task);
    if (awaits & ACG_AWAITS_READ) complete(session, ACG_AWAITS_READ);
    if (awaits & ACG_AWAITS_WRITE) complete(session, ACG_AWAITS_WRITE);
    const double before = acg_upscale_done(task);
    const bool is_over = before == acg_upscale_total(task);
    session->n_steps++;
    if (acg_upscale_step(task)) {
        session->has_failed = true;
        return;
    }
    MUST(!is_over);
    MUST(acg_upscale_frame(task) >= 0 && acg_upscale_frame(task) < acg_upscale_frames(task));
    const AcgWork *work = acg_upscale_work(task);
    MUST(work->pass >= 0 && work->tile >= 0 && work->tile <= work->columns * work->rows);
    read_tile(acg_upscale_tile(task), task);
    take_output(session);
    read_all(acg_upscale_warnings(task), strlen(acg_upscale_warnings(task)) + 1);
    if (session->spilled && !session->has_failed) carry(session);
}

// Also those that are to be refused: of a plan, and behind the end.
static void call_step(Session *session) {
    int n = 1 + draw_byte(&session->draw) % MAX_STEPS;
    const bool is_large = session->task && acg_upscale_tile_side(session->task) > MAX_STEPPED_SIDE && !session->is_plan;
    if (!session->task || is_large || (!session->is_plan && !session->spilled)) return;
    for (; n-- && !session->has_failed && session->n_steps < MAX_STEPS;) step(session);
}

// What may be asked at any time.
static void call_ask(Session *session) {
    AcgUpscale *task = session->task;
    if (!task || session->has_failed) return;
    MUST(acg_upscale_done(task) <= acg_upscale_total(task));
    MUST(acg_upscale_channels(task) == 3 || acg_upscale_channels(task) == 4);
    const size_t size = acg_upscale_output_size(task); // before the first next_output: none
    if (size) read_all(acg_upscale_output(task), size);
    read_all(acg_upscale_work(task), sizeof(AcgWork));
}

// A network whose files are changed at one place.
static void call_open(Session *session) {
    static MadeCugan made;
    Draw *draw = &session->draw;
    if (!made.bin_size) made = made_cugan(2, true, -1, 0);
    const bool is_param = draw_byte(draw) & 1;
    uint8_t *which = is_param ? (uint8_t *)made.param : (uint8_t *)made.bin;
    const size_t at = (size_t)draw_bits(draw, 3) % (is_param ? made.param_size : made.bin_size),
                 cut = draw_byte(draw) % 8 ? 0 : draw_byte(draw);
    const uint8_t old = which[at], new = draw_byte(draw);
    const float black = draw_any_float(draw), white = draw_any_float(draw);
    which[at] = new;
    AcgModel *cugan = open_cugan_files(made.param, made.param_size, made.bin, made.bin_size - cut);
    which[at] = old;
    MUST(cugan || (acg_status() && acg_message()[0]));
    if (!cugan) return;
    if (acg_model_set_levels(cugan, black, white)) MUST(acg_message()[0]);
    MUST(scale_of(cugan) == 2);
    acg_model_close(cugan);
}

static void call_free(Session *session) {
    const int slot = draw_byte(&session->draw) % N_IMAGES;
    if (session->of && session->of == session->images[slot]) end_task(session);
    acg_image_free(session->images[slot]);
    session->images[slot] = NULL;
}

static void call(Session *session) {
    switch (draw_byte(&session->draw) % 16) {
        case 0:
        case 1: call_decode(session); break;
        case 2:
        case 3:
        case 4: call_pixels(session); break;
        case 5:
        case 6: call_look(session); break;
        case 7:
        case 8:
        case 9: call_begin(session); break;
        case 10:
        case 11: call_step(session); break;
        case 12: call_ask(session); break;
        case 13: end_task(session); break;
        case 14: call_free(session); break;
        default:
            if (draw_byte(&session->draw) > 224)
                call_open(session);
            else
                MUST(acg_init(-(int)draw_byte(&session->draw))); // no thread
    }
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    Session session = {.draw = draw_from(bytes, size)};
    (void)network(0); // the engine is started
    for (int i = 0; i < MAX_CALLS && session.draw.left; i++) call(&session);
    end_task(&session);
    for (int i = 0; i < N_IMAGES; i++) acg_image_free(session.images[i]);
}
