// The tile loop and what goes in and out of it, on small pictures with the published 2x weights.
#include "core/parallel.h"
#include "image/alpha.h"
#include "pipeline/map_store.h"
#include "pipeline/upscale_plan.h"
#include "upscale_support.h"

static void test_png_holds_the_pixels(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(21, 18, 4, pattern), decoded;
    Bytes pixels = run(cugan, &image, 16, UPSCALE_PIXELS), png = run(cugan, &image, 16, UPSCALE_PNG);
    assert_int_equal(pixels.size, 42 * 36 * 4);
    assert_int_equal(image_decode(png.data, png.size, NULL, &decoded), STATUS_OK);
    assert_true(decoded.width == 42 && decoded.height == 36 && decoded.channels == 4);
    assert_memory_equal(decoded.pixels, pixels.data, pixels.size);
    image_free(&decoded);
    image_free(&image);
    bytes_free(&pixels);
    bytes_free(&png);
    network_free(cugan);
}

// The published networks keep a flat colour within 2 levels; so do pictures that are smaller than the halo.
static void test_odd_and_tiny_pictures_keep_a_flat_colour(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 40}, {17, 17}, {18, 19}, {33, 16}};
    Upscaler *cugan = load();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Image image = make_image(sizes[i][0], sizes[i][1], 3, flat);
        Bytes pixels = run(cugan, &image, 0, UPSCALE_PIXELS);
        assert_int_equal(pixels.size, (size_t)(sizes[i][0] * sizes[i][1]) * 12);
        for (size_t k = 0; k < pixels.size; k++) assert_in_range(pixels.data[k] - flat(0, 0, (int)(k % 3)) + 3, 0, 6);
        bytes_free(&pixels);
        image_free(&image);
    }
    network_free(cugan);
}

static void test_the_number_of_threads_changes_nothing(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(24, 20, 3, pattern);
    assert_int_equal(parallel_start(1), STATUS_OK);
    Bytes one = run(cugan, &image, 16, UPSCALE_PIXELS);
    assert_int_equal(parallel_start(3), STATUS_OK);
    Bytes three = run(cugan, &image, 16, UPSCALE_PIXELS);
    assert_int_equal(one.size, three.size);
    assert_memory_equal(one.data, three.data, one.size);
    bytes_free(&one);
    bytes_free(&three);
    image_free(&image);
    network_free(cugan);
}

static void test_an_aborted_task_leaves_the_network_usable(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(20, 20, 3, pattern);
    Upscale *task;
    assert_int_equal(
        upscale_begin(cugan, &image, (UpscaleOptions){.tile = 16, .strength = 1, .format = UPSCALE_PNG}, &task),
        STATUS_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(upscale_step(task), STATUS_OK);
    upscale_end(task);
    Bytes pixels = run(cugan, &image, 16, UPSCALE_PIXELS);
    assert_int_equal(pixels.size, 40 * 40 * 3);
    bytes_free(&pixels);
    image_free(&image);
    network_free(cugan);
}

static void test_a_plan_tells_what_the_work_will_be(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(150, 70, 4, pattern);
    UpscaleOptions options = {.tile = 64, .strength = 1, .sync = UPSCALE_EXACT};
    Upscale *plan, *task;
    assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
    options.is_plan = true;
    assert_int_equal(upscale_begin(cugan, &image, options, &plan), STATUS_OK);
    assert_int_equal(upscale_width(plan), 300);
    assert_int_equal(upscale_channels(plan), 4);
    assert_int_equal(upscale_total(plan), upscale_total(task));
    assert_int_equal(upscale_memory(plan), upscale_memory(task));
    assert_string_equal(upscale_plan(plan), upscale_plan(task));
    // 3 columns of 64, 64 and 22 pixels, 2 rows of 64 and 6, each with a halo of 18 on both sides
    assert_float_equal(upscale_cost(plan), (64 + 64 + 22 + 3 * 36) * (64 + 6 + 2 * 36), 1e-6);
    assert_int_equal(upscale_step(plan), STATUS_BAD_ARGUMENT);
    const UpscaleWork before = upscale_work(task);
    assert_int_equal(before.n_passes, 5);
    assert_int_equal(before.columns * before.rows, 6);
    for (int i = 0; i < 7; i++) assert_int_equal(upscale_step(task), STATUS_OK); // a stage of each tile, and one more
    const UpscaleWork after = upscale_work(task);
    assert_int_equal(after.pass, 1);
    assert_int_equal(after.tile, 1);
    upscale_end(plan);
    upscale_end(task);
    image_free(&image);
    network_free(cugan);
}

// What cannot be written is said by the plan, as by the work, and not when the picture is half done.
static void test_a_plan_knows_the_limits_of_the_format(void **state) {
    (void)state;
    static uint8_t exif[65528];
    const struct {
        int width;
        UpscaleFormat format;
        size_t exif_size;
        const char *sentence; // NULL: it can be written
    } cases[] = {
        {8192, UPSCALE_WEBP, 0,
         "A WebP file has at most 16383 pixels a side, but the picture has 16384 x 2; PNG has no such limit."},
        {8191, UPSCALE_WEBP, 0, NULL},
        {32751, UPSCALE_JPEG, 0,
         "A JPEG file has at most 65500 pixels a side, but the picture has 65502 x 2; PNG has no such limit."},
        {32750, UPSCALE_JPEG, 0, NULL},
        {32751, UPSCALE_PNG, 0, NULL},
        {32751, UPSCALE_PIXELS, 0, NULL},
        {4, UPSCALE_JPEG, 65528, "A JPEG file has at most 65527 bytes of EXIF but the picture has 65528."},
        {4, UPSCALE_JPEG, 65527, NULL},
    };
    Upscaler *cugan = load();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Image image = make_image(cases[i].width, 1, 3, flat);
        image.meta.exif = (Bytes){exif, cases[i].exif_size, sizeof exif};
        UpscaleOptions options = {.strength = 1, .format = cases[i].format, .quality = 90, .keeps_metadata = true};
        for (int is_plan = 0; is_plan < 2; is_plan++) {
            Upscale *task = NULL;
            options.is_plan = is_plan;
            const Status status = upscale_begin(cugan, &image, options, &task);
            assert_int_equal(status, cases[i].sentence ? STATUS_UNSUPPORTED : STATUS_OK);
            if (status) assert_string_equal(status_message(), cases[i].sentence);
            upscale_end(task);
        }
        image.meta.exif = (Bytes){0};
        image_free(&image);
    }
    network_free(cugan);
}

static void test_refuses_senseless_options(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(4, 4, 3, flat);
    const UpscaleOptions wrong[] = {
        {.tile = 15, .strength = 1, .format = UPSCALE_PNG},
        {.tile = -1, .strength = 1, .format = UPSCALE_PNG},
        {.tile = 5000, .strength = 1, .format = UPSCALE_PNG},
        {.strength = 0.4f, .format = UPSCALE_PNG},
        {.strength = 1.6f, .format = UPSCALE_PNG},
        {.strength = 0.0f / 0.0f, .format = UPSCALE_PNG},
        {.strength = 1, .format = (UpscaleFormat)9},
        {.strength = 1, .sync = (UpscaleSync)7},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Upscale *task;
        assert_int_equal(upscale_begin(cugan, &image, wrong[i], &task), STATUS_BAD_ARGUMENT);
    }
    image_free(&image);
    network_free(cugan);
}

// ---- tiles that equal the whole picture

// At most 1 level off, in at most `share` of the samples.
static void assert_nearly_equal(Bytes a, Bytes b, double share) {
    size_t n_off = 0;
    assert_int_equal(a.size, b.size);
    for (size_t i = 0; i < a.size; i++) {
        assert_in_range(a.data[i] - b.data[i] + 1, 0, 2);
        n_off += a.data[i] != b.data[i];
    }
    if (!((double)n_off <= share * (double)a.size)) print_error("%zu of %zu samples are off\n", n_off, a.size);
    assert_true((double)n_off <= share * (double)a.size);
}

// Whatever the tile, and whether maps are kept as floats, as shorts, or computed again. 61 x 47: ragged tiles on both
// axes.
static void test_exact_tiles_equal_the_whole(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(61, 47, 3, pattern);
    Bytes whole =
        run_options(cugan, &image, (UpscaleOptions){.tile = 64, .strength = 1, .sync = UPSCALE_EXACT}, "whole");
    const struct {
        int tile;
        size_t memory;
        const char *plan;
        double share;
    } cases[] = {{16, 0, "exact", 0.001}, {30, 0, "exact", 0.001}, {48, 0, "exact", 0.001}, {30, 1, "again", 0.001}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const UpscaleOptions options = {
            .tile = cases[i].tile, .strength = 1, .sync = UPSCALE_EXACT, .memory = cases[i].memory};
        Bytes tiled = run_options(cugan, &image, options, cases[i].plan);
        assert_nearly_equal(tiled, whole, cases[i].share);
        bytes_free(&tiled);
    }
    bytes_free(&whole);
    image_free(&image);
    network_free(cugan);
}

static void test_exact_tiles_at_3x_and_4x(void **state) {
    (void)state;
    const char *models[] = {"up3x-conservative", "up4x-conservative"};
    for (int i = 0; i < 2; i++) {
        Upscaler *cugan = load_model(models[i]);
        Image image = make_image(33, 27, 3, pattern);
        Bytes whole = run_options(cugan, &image, (UpscaleOptions){.tile = 64, .strength = 1}, "whole");
        Bytes kept =
            run_options(cugan, &image, (UpscaleOptions){.tile = 16, .strength = 1, .sync = UPSCALE_EXACT}, "exact");
        assert_nearly_equal(kept, whole, 0.001);
        bytes_free(&whole);
        bytes_free(&kept);
        image_free(&image);
        network_free(cugan);
    }
}

// What the maps of a large picture take must not wrap around to little: 6000 x 4000 is more than 32 bits can say.
static void test_the_memory_of_a_large_picture_is_large(void **state) {
    (void)state;
    Upscaler *cugan = load();
    const int sizes[][2] = {{6000, 4000}, {4096, 4096}, {8192, 8192}, {65535, 4096}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const TileGrid grid = tile_grid(sizes[i][0], sizes[i][1], 256, 2);
        const MapLayout shorts = map_layout_make(&cugan->geometry, &grid, MAPS_IN_MEMORY, MAP_SHORT);
        const MapLayout floats = map_layout_make(&cugan->geometry, &grid, MAPS_IN_MEMORY, MAP_FLOAT);
        const MapLayout spilled = map_layout_make(&cugan->geometry, &grid, MAPS_IN_FILE, MAP_FLOAT);
        assert_true(map_layout_memory(&shorts) > (size_t)3 << 30);
        assert_true(map_layout_memory(&floats) > (size_t)3 << 30);
        assert_true(map_layout_spilled(&spilled) > (uint64_t)3 << 30);
        assert_true(map_layout_memory(&spilled) < (size_t)96 << 20);
    }
    network_free(cugan);
}

// What is kept at 16 bits may move a sample that lies on the edge between two levels.
static void test_exact_tiles_in_half_the_memory(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(61, 47, 3, pattern);
    Upscale *task;
    UpscaleOptions options = {.tile = 30, .strength = 1, .sync = UPSCALE_EXACT};
    assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
    options.memory = upscale_memory(task) - 1;
    upscale_end(task);
    Bytes whole = run_options(cugan, &image, (UpscaleOptions){.tile = 64, .strength = 1}, "whole");
    Bytes tiled = run_options(cugan, &image, options, "exact16");
    assert_nearly_equal(tiled, whole, 0.02);
    bytes_free(&whole);
    bytes_free(&tiled);
    image_free(&image);
    network_free(cugan);
}

// The least that the sentence tells is enough, and a MiB less is not; a tile that was asked for goes before the limit.
static void test_too_low_a_limit(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(300, 260, 3, pattern);
    Upscale *task = NULL;
    for (UpscaleSync sync = UPSCALE_OFF; sync <= UPSCALE_FAST; sync++) {
        UpscaleOptions options = {.strength = 1, .sync = sync, .memory = 3 << 20, .is_plan = true};
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_NO_MEMORY);
        unsigned long least = 0;
        assert_int_equal(sscanf(status_message(), "The picture and the work on it take at least %lu MiB", &least), 1);
        assert_string_equal(strstr(status_message(), " but"), " but memory is limited to 3 MiB.");
        options.memory = (least - 1) << 20;
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_NO_MEMORY);
        options.memory = least << 20;
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
        upscale_end(task);
        options = (UpscaleOptions){.strength = 1, .sync = sync, .memory = 1, .tile = 96, .is_plan = true};
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
        upscale_end(task);
    }
    image_free(&image);
    network_free(cugan);
}

// Fills a tensor whose top left is (y, x) of the map of the whole picture.
static void fill(Tensor t, int y, int x, int salt) {
    for (int i = 0; i < t.h; i++) {
        for (int j = 0; j < t.w; j++) {
            for (int c = 0; c < t.c; c++)
                tensor_at(t, i, j)[c] = (float)(((y + i) * 7919 + (x + j) * 104729 + c * 31 + salt) % 20011 - 9000);
        }
    }
}

static void assert_same_tensor(Tensor a, Tensor b) {
    assert_true(!a.data == !b.data);
    if (a.data) assert_memory_equal(a.data, b.data, tensor_count(a) * sizeof(float));
}

static Tensor draw_map(Arena *arena, UpscalerMap map, TileRect rect, int seed) {
    Tensor t = {NULL, upscaler_map_side(map, rect.padded_height), upscaler_map_side(map, rect.padded_width),
                map.channels};
    t.data = arena_take(arena, tensor_count(t) * sizeof(float));
    fill(t, upscaler_map_offset(map, rect.y), upscaler_map_offset(map, rect.x), seed);
    return t;
}

// All passes without the network: what a stage would leave is drawn, and kept in memory and spilled; what comes back
// must be the same bits. Tiles of 16: narrower than what they read of their neighbours.
static void check_stores(Upscaler *cugan, MapFormat format) {
    const TileGrid own_grid = tile_grid(41, 37, 16, cugan->geometry.multiple), *grid = &own_grid;
    const MapLayout layouts[2] = {map_layout_make(&cugan->geometry, grid, MAPS_IN_MEMORY, format),
                                  map_layout_make(&cugan->geometry, grid, MAPS_IN_FILE, format)};
    MapStore stores[2];
    Arena arenas[2];
    const uint64_t file_bytes = map_layout_spilled(&layouts[1]);
    uint8_t *file = malloc(file_bytes);
    size_t scratch;
    float ones[UPSCALER_MAX_CHANNELS];
    for (int c = 0; c < UPSCALER_MAX_CHANNELS; c++) ones[c] = 1;
    assert_int_equal(upscaler_plan(cugan, grid->side, grid->side, &scratch), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(map_store_create(&layouts[i], &stores[i]), STATUS_OK);
        assert_int_equal(arena_create(scratch, &arenas[i]), STATUS_OK);
    }
    for (int stage = 0; stage < UPSCALER_MAX_STAGES; stage++) {
        for (int index = 0; index < grid->columns * grid->rows; index++) {
            const TileRect rect = tile_rect(grid, index % grid->columns, index / grid->columns);
            NetworkTile tiles[2];
            assert_int_equal(upscaler_plan(cugan, rect.padded_height, rect.padded_width, &scratch), STATUS_OK);
            const MapTurn turn = {index, stage};
            const MapTransfer in = stage > 0 ? stores[1].kind->read(&stores[1], turn) : (MapTransfer){0};
            if (in.size) memcpy(in.bytes, file + in.offset, in.size);
            for (int i = 0; i < 2; i++) {
                tiles[i] = upscaler_begin(cugan, &arenas[i], stage);
                if (stage > 0) map_store_load(&stores[i], turn, ones, &tiles[i]);
            }
            if (stage > 0) assert_same_tensor(tiles[0].body, tiles[1].body);
            assert_same_tensor(tiles[0].skip, tiles[1].skip);
            assert_same_tensor(tiles[0].residual, tiles[1].residual);
            if (stage == UPSCALER_MAX_STAGES - 1) continue;
            for (int i = 0; i < 2; i++) {
                NetworkTile *tile = &tiles[i];
                arena_reset(&arenas[i]);
                tile->body = draw_map(&arenas[i], cugan->geometry.bodies[stage], rect, stage);
                tile->residual = draw_map(&arenas[i], cugan->geometry.residual, rect, 5);
                map_store_save(&stores[i], turn, tile);
            }
            const MapTransfer out = stores[1].kind->write(&stores[1], turn);
            assert_true(out.size > 0 && out.offset + out.size <= file_bytes);
            memcpy(file + out.offset, out.bytes, out.size);
            if (in.size) memset(in.bytes, 0xff, in.size); // not a number: nothing may be used again
            memset(out.bytes, 0xff, out.size);
        }
    }
    for (int i = 0; i < 2; i++) {
        map_store_free(&stores[i]);
        arena_free(&arenas[i]);
    }
    free(file);
}

static void test_spilled_maps_are_those_in_memory(void **state) {
    (void)state;
    const char *models[] = {"up2x-conservative", "up3x-conservative", "up4x-conservative"};
    for (int i = 0; i < 3; i++) {
        Upscaler *cugan = load_model(models[i]);
        check_stores(cugan, MAP_FLOAT);
        check_stores(cugan, MAP_SHORT);
        network_free(cugan);
    }
}

// The same with the network, through a file; and not a byte more of it than was promised.
static void test_exact_tiles_through_a_file(void **state) {
    (void)state;
    const char *models[] = {"up2x-conservative", "up4x-conservative"};
    for (int i = 0; i < 2; i++) {
        Upscaler *cugan = load_model(models[i]);
        Image image = make_image(33, 27, 4, pattern);
        UpscaleOptions options = {
            .tile = 16, .strength = 1, .sync = UPSCALE_EXACT, .memory = 1, .spill = (uint64_t)1 << 30};
        Upscale *task;
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
        options.spill = upscale_spilled(task);
        upscale_end(task);
        Bytes whole = run_options(cugan, &image, (UpscaleOptions){.tile = 64, .strength = 1}, "whole");
        Bytes tiled = run_options(cugan, &image, options, "exact-file");
        assert_nearly_equal(tiled, whole, 0.02);
        options.spill--;
        assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
        assert_string_equal(upscale_plan(task), "again");
        upscale_end(task);
        bytes_free(&whole);
        bytes_free(&tiled);
        image_free(&image);
        network_free(cugan);
    }
}

// Whenever the host carries what it is told to, the picture is the same, and what comes in does so while another tile
// runs, unless that one's last part is still on its way out: of two tiles (the flat picture runs no more) every other.
static void test_transfers_may_take_their_time(void **state) {
    (void)state;
    const struct {
        int width, height;
        uint8_t (*sample)(int y, int x, int c);
        int n_reads, n_beside;
    } cases[] = {{33, 27, pattern, 24, 24}, {16, 40, pattern, 12, 12}, {20, 16, pattern, 8, 4}, {96, 16, flat, 8, 4}};
    Upscaler *cugan = load();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Image image = make_image(cases[i].width, cases[i].height, 3, cases[i].sample);
        const UpscaleOptions options = {
            .tile = 16, .strength = 1, .sync = UPSCALE_EXACT, .memory = 1, .spill = (uint64_t)1 << 30};
        Bytes found[3];
        for (int habit = HABIT_EARLY; habit <= HABIT_MIXED; habit++) {
            Carrier carrier = {.habit = (Habit)habit};
            found[habit] = run_carried(cugan, &image, options, "exact-file", &carrier);
            if (habit != HABIT_LATE) continue;
            assert_int_equal(carrier.n_reads, cases[i].n_reads);
            assert_int_equal(carrier.n_beside, cases[i].n_beside);
        }
        for (int habit = HABIT_LATE; habit <= HABIT_MIXED; habit++) {
            assert_int_equal(found[habit].size, found[HABIT_EARLY].size);
            assert_memory_equal(found[habit].data, found[HABIT_EARLY].data, found[habit].size);
        }
        for (int habit = HABIT_EARLY; habit <= HABIT_MIXED; habit++) bytes_free(&found[habit]);
        image_free(&image);
    }
    network_free(cugan);
}

// A picture that is never filled with anything: only planned for.
static void assert_plan(Upscaler *cugan, int width, int height, int channels, const char *plan) {
    Image image = {.pixels = (uint8_t *)1, .width = width, .height = height, .channels = channels, .bits = 8};
    const UpscaleOptions options = {.strength = 1, .sync = UPSCALE_EXACT, .spill = (uint64_t)1 << 40};
    UpscalePlan found;
    assert_int_equal(upscale_plan_make(cugan, &image, &options, &found), STATUS_OK);
    assert_string_equal(found.name, plan);
    const size_t picture = image_row_bytes(&image) * (size_t)height;
    const size_t all = picture + found.scratch_bytes + found.band_bytes + found.kept_bytes;
    if (all > UPSCALE_DEFAULT_MEMORY) print_error("%d x %d: %zu bytes\n", width, height, all);
    assert_true(all <= UPSCALE_DEFAULT_MEMORY);
}

static void test_large_pictures_fit_into_the_memory_that_is_used_unasked(void **state) {
    (void)state;
    const char *models[] = {"up2x-conservative", "up4x-conservative"};
    for (int i = 0; i < 2; i++) {
        Upscaler *cugan = load_model(models[i]);
        assert_plan(cugan, 200, 100, 3, "whole");
        assert_plan(cugan, 400, 300, 3, "exact");
        assert_plan(cugan, 6000, 4000, 3, "exact-file");
        assert_plan(cugan, 8192, 8192, 4, "exact-file");
        assert_plan(cugan, 32768, 2048, 4, "exact-file");
        network_free(cugan);
    }
}

// ---- alpha

static uint8_t opaque(int y, int x, int c) { return (uint8_t)(c == 3 ? 255 : y * x); }
static uint8_t clear(int y, int x, int c) { return (uint8_t)(c == 3 ? 0 : y * x); }
static uint8_t ramp(int y, int x, int c) { return (uint8_t)(c == 3 ? 20 * x + 0 * y : 0); }

static void test_alpha_keeps_its_ends(void **state) {
    (void)state;
    uint8_t out[4 * 20 * 16];
    for (int scale = 2; scale <= 4; scale++) {
        Image full = make_image(5, 4, 4, opaque), none = make_image(5, 4, 4, clear);
        alpha_enlarge(&full, scale, 0, 0, 5 * scale, 4 * scale, out, (size_t)(5 * scale * 4));
        for (int i = 0; i < 20 * scale * scale; i++) assert_int_equal(out[4 * i + 3], 255);
        alpha_enlarge(&none, scale, 0, 0, 5 * scale, 4 * scale, out, (size_t)(5 * scale * 4));
        for (int i = 0; i < 20 * scale * scale; i++) assert_int_equal(out[4 * i + 3], 0);
        image_free(&full);
        image_free(&none);
    }
}

// A cubic with a = -1/2 reproduces a straight line away from the edges: 20 x at x = (i + 1/2) / 2 - 1/2 is 10 i - 5.
static void test_alpha_of_a_ramp(void **state) {
    (void)state;
    Image image = make_image(12, 3, 4, ramp);
    uint8_t out[24 * 6 * 4];
    alpha_enlarge(&image, 2, 0, 0, 24, 6, out, 24 * 4);
    for (int i = 3; i <= 20; i++) assert_int_equal(out[(2 * 24 + i) * 4 + 3], 10 * i - 5);
    // a rectangle is the same as that part of the whole
    uint8_t part[5 * 2 * 4];
    alpha_enlarge(&image, 2, 7, 3, 5, 2, part, 5 * 4);
    for (int y = 0; y < 2; y++) {
        for (int x = 0; x < 5; x++) assert_int_equal(part[(y * 5 + x) * 4 + 3], out[((y + 3) * 24 + x + 7) * 4 + 3]);
    }
    image_free(&image);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_holds_the_pixels),
        cmocka_unit_test(test_odd_and_tiny_pictures_keep_a_flat_colour),
        cmocka_unit_test(test_the_number_of_threads_changes_nothing),
        cmocka_unit_test(test_an_aborted_task_leaves_the_network_usable),
        cmocka_unit_test(test_a_plan_tells_what_the_work_will_be),
        cmocka_unit_test(test_a_plan_knows_the_limits_of_the_format),
        cmocka_unit_test(test_refuses_senseless_options),
        cmocka_unit_test(test_exact_tiles_equal_the_whole),
        cmocka_unit_test(test_exact_tiles_at_3x_and_4x),
        cmocka_unit_test(test_the_memory_of_a_large_picture_is_large),
        cmocka_unit_test(test_too_low_a_limit),
        cmocka_unit_test(test_exact_tiles_in_half_the_memory),
        cmocka_unit_test(test_spilled_maps_are_those_in_memory),
        cmocka_unit_test(test_exact_tiles_through_a_file),
        cmocka_unit_test(test_transfers_may_take_their_time),
        cmocka_unit_test(test_large_pictures_fit_into_the_memory_that_is_used_unasked),
        cmocka_unit_test(test_alpha_keeps_its_ends),
        cmocka_unit_test(test_alpha_of_a_ramp),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("upscale", argc, argv, tests);
}
