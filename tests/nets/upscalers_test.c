// Networks that enlarge, with random weights, against slow plain layers (plain_layers.h): whole pictures through the
// pipeline, as one tile and in several, of odd sizes and with transparency.
#include "load_cugan.h"
#include "nets/compact.h"
#include "nets/plain_layers.h"
#include "nets/rrdb.h"
#include "nets/upconv.h"
#include "pipeline/upscale.h"

enum { TILE = 16 };

static Image make_picture(int width, int height, int channels) {
    Image image;
    assert_int_equal(image_create(width, height, channels, &image), STATUS_OK);
    for (int i = 0; i < width * height * channels; i++)
        image.pixels[i] = (uint8_t)(i % channels == 3 ? i * 5 : i * 37 + i / 50 * 11);
    return image;
}

// [h + top and bottom][w + …][3], 0 to 1, with `pad` pixels around, and more at the right and the bottom up to a
// multiple.
static Tensor padded(const Image *image, int pad, int multiple) {
    const int h = tile_round_up(image->height, multiple) + 2 * pad, w = tile_round_up(image->width, multiple) + 2 * pad;
    const Tensor t = plain_tensor(h, w, 3);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            int from_y = y - pad, from_x = x - pad;
            if (from_y < 0) from_y = 0;
            if (from_x < 0) from_x = 0;
            if (from_y >= image->height) from_y = image->height - 1;
            if (from_x >= image->width) from_x = image->width - 1;
            const uint8_t *pixel = image->pixels + (from_y * image->width + from_x) * image->channels;
            for (int c = 0; c < 3; c++) tensor_at(t, y, x)[c] = (float)pixel[c] / 255;
        }
    }
    return t;
}

static Upscaler *load_plain(const Network *network, PlainNetwork *files) {
    Upscaler *upscaler;
    const File param = {files->param, files->param_size}, bin = {(char *)files->bin, files->n_floats * sizeof(float)};
    if (load_ncnn(network, param, bin, &upscaler)) fail_msg("%s", status_message());
    return upscaler;
}

// The picture enlarged in tiles of `tile`, as rows of bytes.
static Bytes enlarge(Upscaler *upscaler, const Image *image, int tile) {
    Bytes all = {0};
    const Bytes *rows;
    Upscale *task;
    const UpscaleOptions options = {.tile = tile, .strength = 1, .sync = UPSCALE_EXACT};
    assert_int_equal(upscale_begin(upscaler, image, options, &task), STATUS_OK);
    while (upscale_done(task) < upscale_total(task)) {
        assert_int_equal(upscale_step(task), STATUS_OK);
        do {
            assert_int_equal(upscale_output(task, &rows), STATUS_OK);
            assert_int_equal(bytes_append(&all, rows->data, rows->size), STATUS_OK);
        } while (rows->size);
    }
    upscale_end(task);
    return all;
}

// The colours of `found`, rows of `channels` bytes, are those of `expected`, to one level of rounding.
static void check_colours(Tensor expected, int width, int height, int channels, const Bytes *found) {
    int n_between = 0; // black and white: otherwise they would show nothing
    assert_int_equal(found->size, width * height * channels);
    for (int i = 0; i < width * height * 3; i++) {
        const int y = i / 3 / width, x = i / 3 % width;
        const double v = floor((double)tensor_at(expected, y, x)[i % 3] * 255 + 0.5), level = v < 0     ? 0
                                                                                              : v > 255 ? 255
                                                                                                        : v;
        const uint8_t is = found->data[i / 3 * channels + i % 3];
        if (fabs(level - is) > 1) fail_msg("(%d, %d): expected %g but found %d", x, y, level, is);
        n_between += level > 0 && level < 255;
    }
    assert_true(n_between > width * height);
}

typedef Tensor Reference(PlainNetwork *files, const Image *image);

// A picture of one colour, where tiles repeat, but not those at the edge.
static void compare_flat(const Network *network, PlainNetwork *files, Reference *reference) {
    Upscaler *upscaler = load_plain(network, files);
    Image image = make_picture(5 * TILE, 3, 3);
    memset(image.pixels, 90, (size_t)(5 * TILE * 3 * 3));
    files->next = 0;
    const Tensor expected = reference(files, &image);
    Bytes found = enlarge(upscaler, &image, TILE);
    check_colours(expected, image.width * upscaler->geometry.scale, image.height * upscaler->geometry.scale, 3, &found);
    free(expected.data);
    bytes_free(&found);
    image_free(&image);
    network->free(upscaler);
}

static void compare(const Network *network, PlainNetwork *files, Reference *reference, int width, int height) {
    Upscaler *upscaler = load_plain(network, files);
    const int scale = upscaler->geometry.scale;
    for (int channels = 3; channels <= 4; channels++) {
        Image image = make_picture(width, height, channels);
        files->next = 0;
        const Tensor expected = reference(files, &image);
        assert_int_equal(files->next, files->n_floats);
        const int tiles[] = {0, TILE};
        for (int i = 0; i < (width > TILE || height > TILE ? 2 : 1); i++) {
            Bytes found = enlarge(upscaler, &image, tiles[i]);
            check_colours(expected, width * scale, height * scale, channels, &found);
            // a picture that keeps its size keeps its transparency
            for (int k = 3; scale == 1 && channels == 4 && k < width * height * 4; k += 4)
                assert_int_equal(found.data[k], image.pixels[k]);
            bytes_free(&found);
        }
        free(expected.data);
        image_free(&image);
    }
    network->free(upscaler);
}

// ---- cunet

static void add_pair(PlainNetwork *files, int in_c, int mid_c, int out_c) {
    plain_add_conv(files, in_c, mid_c, 3, 1, 0);
    plain_add_conv(files, mid_c, out_c, 3, 1, 0);
}

static void add_squeeze(PlainNetwork *files, int c) {
    plain_add_product(files, c, c / 8);
    plain_add_product(files, c / 8, c);
}

static PlainNetwork make_cunet(int scale) {
    PlainNetwork files = plain_begin();
    add_pair(&files, 3, 32, 64);
    plain_add_conv(&files, 64, 64, 2, 2, 0);
    add_pair(&files, 64, 128, 64);
    add_squeeze(&files, 64);
    plain_add_deconv(&files, 64, 64, 2, 2, 0);
    plain_add_conv(&files, 64, 64, 3, 1, 0);
    if (scale == 1)
        plain_add_conv(&files, 64, 3, 3, 1, 0);
    else
        plain_add_deconv(&files, 64, 3, 4, 2, 3);
    add_pair(&files, 3, 32, 64);
    plain_add_conv(&files, 64, 64, 2, 2, 0);
    add_pair(&files, 64, 64, 128);
    add_squeeze(&files, 128);
    plain_add_conv(&files, 128, 128, 2, 2, 0);
    add_pair(&files, 128, 256, 128);
    add_squeeze(&files, 128);
    plain_add_deconv(&files, 128, 128, 2, 2, 0);
    add_pair(&files, 128, 64, 64);
    add_squeeze(&files, 64);
    plain_add_deconv(&files, 64, 64, 2, 2, 0);
    plain_add_conv(&files, 64, 64, 3, 1, 0);
    plain_add_conv(&files, 64, 3, 3, 1, 0);
    plain_end(&files, 3);
    return files;
}

static const float slope = 0.1f;

static Tensor run_pair(PlainNetwork *files, Tensor in, int mid_c, int out_c) {
    return plain_conv(files, plain_conv(files, in, mid_c, 3, 1, 0, slope), out_c, 3, 1, 0, slope);
}

static Tensor run_cunet(PlainNetwork *files, Tensor in, int scale) {
    Tensor skip = run_pair(files, in, 32, 64), x = plain_conv(files, plain_copy(skip), 64, 2, 2, 0, slope);
    x = run_pair(files, x, 128, 64);
    plain_squeeze(files, x, 8);
    x = plain_deconv(files, x, 64, 2, 2, 0, slope);
    plain_add(x, skip, 4);
    x = plain_conv(files, x, 64, 3, 1, 0, slope);
    x = scale == 1 ? plain_conv(files, x, 3, 3, 1, 0, 1) : plain_deconv(files, x, 3, 4, 2, 3, 1);
    const Tensor residual = plain_copy(x);
    skip = run_pair(files, x, 32, 64);
    x = plain_conv(files, plain_copy(skip), 64, 2, 2, 0, slope);
    x = run_pair(files, x, 64, 128);
    plain_squeeze(files, x, 16);
    const Tensor inner = plain_copy(x);
    x = plain_conv(files, x, 128, 2, 2, 0, slope);
    x = run_pair(files, x, 256, 128);
    plain_squeeze(files, x, 16);
    x = plain_deconv(files, x, 128, 2, 2, 0, slope);
    plain_add(x, inner, 4);
    x = run_pair(files, x, 64, 64);
    plain_squeeze(files, x, 8);
    x = plain_deconv(files, x, 64, 2, 2, 0, slope);
    plain_add(x, skip, 16);
    x = plain_conv(files, plain_conv(files, x, 64, 3, 1, 0, slope), 3, 3, 1, 0, 1);
    plain_add(x, residual, 20);
    return x;
}

static Tensor run_cunet_2x(PlainNetwork *files, const Image *image) {
    return run_cunet(files, padded(image, 18, 2), 2);
}

static void test_cunet_2x(void **state) {
    (void)state;
    PlainNetwork files = make_cunet(2);
    compare(&cugan_cunet, &files, run_cunet_2x, 5, 3);
    plain_free(&files);
}

static Tensor run_cunet_1x(PlainNetwork *files, const Image *image) {
    return run_cunet(files, padded(image, 28, 4), 1);
}

static void test_cunet_1x(void **state) {
    (void)state;
    PlainNetwork files = make_cunet(1);
    compare(&cugan_cunet, &files, run_cunet_1x, 3, 6);
    plain_free(&files);
}

// ---- upconv_7

static const int upconv_channels[] = {3, 16, 32, 64, 128, 128, 256};

static Tensor run_upconv(PlainNetwork *files, const Image *image) {
    Tensor x = padded(image, 7, 1);
    for (int i = 1; i < 7; i++) x = plain_conv(files, x, upconv_channels[i], 3, 1, 0, slope);
    return plain_deconv(files, x, 3, 4, 2, 3, 1);
}

// There is nothing that it could change.
static void check_strength(Upscaler *upscaler) {
    Image image = make_picture(4, 4, 3);
    Upscale *task;
    assert_int_equal(upscale_begin(upscaler, &image, (UpscaleOptions){.strength = 1.1f}, &task), STATUS_BAD_ARGUMENT);
    assert_non_null(
        strstr(status_message(), "Expected a strength of 1, the only one of this network, but received 1.1."));
    image_free(&image);
    network_free(upscaler);
}

static void test_upconv(void **state) {
    (void)state;
    PlainNetwork files = plain_begin();
    for (int i = 1; i < 7; i++) plain_add_conv(&files, upconv_channels[i - 1], upconv_channels[i], 3, 1, 0);
    plain_add_deconv(&files, 256, 3, 4, 2, 3);
    plain_end(&files, 3);
    compare(&upconv, &files, run_upconv, 21, 5);
    compare(&upconv, &files, run_upconv, 1, 17);
    check_strength(load_plain(&upconv, &files));
    plain_free(&files);
}

// ---- the compact network

static Tensor run_compact(PlainNetwork *files, const Image *image) {
    const Tensor in = padded(image, 0, 1);
    Tensor x = plain_copy(in);
    for (int i = 0; i < 17; i++) {
        x = plain_conv(files, x, 64, 3, 1, 1, 1);
        plain_prelu(files, x);
    }
    x = plain_shuffle(plain_conv(files, x, 48, 3, 1, 1, 1), 4);
    for (int y = 0; y < x.h; y++) {
        for (int i = 0; i < x.w * 3; i++) tensor_at(x, y, 0)[i] += tensor_at(in, y / 4, i / 12)[i % 3];
    }
    free(in.data);
    return x;
}

static Tensor run_compact_2x(PlainNetwork *files, const Image *image) {
    return plain_resize(run_compact(files, image), 2 * image->height, 2 * image->width);
}

static Tensor run_compact_3x(PlainNetwork *files, const Image *image) {
    return plain_resize(run_compact(files, image), 3 * image->height, 3 * image->width);
}

static PlainNetwork make_compact(double factor) {
    PlainNetwork files = plain_begin();
    for (int i = 0; i < 17; i++) {
        plain_add_conv(&files, i ? 64 : 3, 64, 3, 1, 1);
        plain_add_prelu(&files, 64);
    }
    plain_add_conv(&files, 64, 48, 3, 1, 1);
    plain_end(&files, 0); // the picture is added
    plain_add_resize(&files, 1, 4);
    if (factor < 1) plain_add_resize(&files, 3, factor);
    plain_end(&files, 0);
    return files;
}

static void test_compact(void **state) {
    (void)state;
    static const double factors[] = {0.5, 0.75, 1};
    static Reference *const references[] = {run_compact_2x, run_compact_3x, run_compact};
    for (int i = 0; i < 3; i++) {
        PlainNetwork files = make_compact(factors[i]);
        compare(&compact, &files, references[i], 7, 18);
        if (i == 2) compare(&compact, &files, references[i], 35, 1);
        if (i == 2) compare_flat(&compact, &files, run_compact);
        plain_free(&files);
    }
    PlainNetwork files = make_compact(0.625);
    const File param = {files.param, files.param_size}, bin = {(char *)files.bin, files.n_floats * sizeof(float)};
    Upscaler *upscaler;
    assert_int_equal(load_ncnn(&compact, param, bin, &upscaler), STATUS_UNSUPPORTED);
    assert_non_null(strstr(status_message(), "a last resize of kind 3 by 0.625"));
    plain_free(&files);
}

// ---- RRDBNet

static Tensor run_dense_block(PlainNetwork *files, Tensor in) {
    Tensor all = plain_copy(in);
    for (int i = 0; i < 4; i++) all = plain_join(all, plain_conv(files, plain_copy(all), 32, 3, 1, 1, 0.2f));
    all = plain_conv(files, all, 64, 3, 1, 1, 1);
    plain_scale_add(all, 0.2f, in);
    return all;
}

static Tensor run_rrdb(PlainNetwork *files, const Image *image) {
    const Tensor first = plain_conv(files, padded(image, 0, 1), 64, 3, 1, 1, 1);
    Tensor x = plain_copy(first);
    for (int i = 0; i < 6; i++) {
        const Tensor in = plain_copy(x);
        for (int k = 0; k < 3; k++) x = run_dense_block(files, x);
        plain_scale_add(x, 0.2f, in);
    }
    x = plain_conv(files, x, 64, 3, 1, 1, 1);
    plain_add(x, first, 0);
    x = plain_conv(files, plain_twice(x), 64, 3, 1, 1, 0.2f);
    x = plain_conv(files, plain_twice(x), 64, 3, 1, 1, 0.2f);
    return plain_conv(files, plain_conv(files, x, 64, 3, 1, 1, 0.2f), 3, 3, 1, 1, 1);
}

static void test_rrdb(void **state) {
    (void)state;
    PlainNetwork files = plain_begin();
    plain_add_conv(&files, 3, 64, 3, 1, 1);
    for (int i = 0; i < 18 * 5; i++) plain_add_conv(&files, 64 + i % 5 * 32, i % 5 < 4 ? 32 : 64, 3, 1, 1);
    for (int i = 0; i < 5; i++) plain_add_conv(&files, 64, i < 4 ? 64 : 3, 3, 1, 1);
    plain_end(&files, 3);
    compare(&rrdb, &files, run_rrdb, 18, 2);
    plain_free(&files);
}

// Each network refuses the files of another.
static void test_refusals(void **state) {
    (void)state;
    PlainNetwork files = make_cunet(1);
    const File param = {files.param, files.param_size}, bin = {(char *)files.bin, files.n_floats * sizeof(float)};
    Upscaler *upscaler;
    assert_int_equal(load_ncnn(&upconv, param, bin, &upscaler), STATUS_BAD_FORMAT);
    assert_non_null(
        strstr(status_message(), "Expected waifu2x's upconv_7 to have 7 layers with weights but found 30."));
    plain_free(&files);
    files = plain_begin();
    for (int i = 0; i < 7; i++) plain_add_conv(&files, 3, 3, 3, 1, 0);
    plain_end(&files, 3);
    const File seven = {files.param, files.param_size};
    assert_int_equal(load_ncnn(&upconv, seven, bin, &upscaler), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(),
                           "Expected layer conv1 (layer0) of waifu2x's upconv_7 to be a Convolution 3 "
                           "to 16, kernel 3, stride 1, padding 0 but found a Convolution 3 to 3,"));
    assert_int_equal(load_ncnn(&cugan_cunet, seven, bin, &upscaler), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), "Expected waifu2x's cunet to have 22, 30 or 31 layers"));
    plain_free(&files);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cunet_2x), cmocka_unit_test(test_cunet_1x), cmocka_unit_test(test_upconv),
        cmocka_unit_test(test_compact),  cmocka_unit_test(test_rrdb),     cmocka_unit_test(test_refusals),
    };
    return RUN_TESTS("upscalers", argc, argv, tests);
}
