// Real-CUGAN layer by layer against what PyTorch computed from the same published weights (cugan_golden.h).
#include <math.h>
#include <stdbool.h>

#include "core/arena.h"
#include "core/parallel.h"
#include "load_cugan.h"
#include "nets/cugan.h"
#include "nets/cugan_golden.h"
#include "nets/golden_layers.h"

static void check_factors(GoldenCheck *check, const Upscaler *cugan, int barrier, float *factors) {
    static const char *const names[] = {"unet1.conv2.se", "unet2.conv2.se", "unet2.conv3.se", "unet2.conv4.se"};
    check_golden(check, names[barrier], (Tensor){factors, 1, 1, cugan->geometry.bodies[barrier].channels});
}

static void fill_input(Tensor t) {
    for (int y = 0; y < t.h; y++) {
        for (int x = 0; x < t.w; x++) {
            for (int c = 0; c < t.c; c++) tensor_at(t, y, x)[c] = golden_input(y, x, c);
        }
    }
}

// Every pixel of the result, as 8 bits, may be off by one where the value lies on the edge between two levels.
static void check_output(const CuganGolden *golden, Tensor out) {
    int n_off = 0;
    for (int y = 0; y < out.h; y++) {
        for (int i = 0; i < out.w * 3; i++) {
            unsigned expected;
            assert_int_equal(sscanf(golden->out_rows[y] + 2 * i, "%2x", &expected), 1);
            const double v = floor((double)tensor_at(out, y, 0)[i] * 255 + 0.5), level = v < 0 ? 0 : v > 255 ? 255 : v;
            assert_true(fabs(level - expected) <= 1);
            n_off += level != expected;
        }
    }
    assert_true(n_off <= out.h * out.w * 3 / 500);
}

static void check_map(Tensor t, UpscalerMap map, int tile_h, int tile_w) {
    assert_int_equal(t.h, upscaler_map_side(map, tile_h));
    assert_int_equal(t.w, upscaler_map_side(map, tile_w));
    assert_int_equal(t.c, map.channels);
}

static void compare(const CuganGolden *golden, bool use_ref) {
    // The sums before conv3, conv4 and conv5 are not shown, nor of 4x the sum before conv_final and its shuffled
    // output.
    GoldenCheck check = {.layers = golden->layers,
                         .n_layers = golden->n_layers,
                         .n_unseen = golden->scale == 4 ? 5 : 3,
                         .tolerance = 1e-4};
    Upscaler *cugan = load_cugan(golden->model, use_ref);
    const UpscalerGeometry geometry = cugan->geometry;
    assert_int_equal(geometry.scale, golden->scale);
    const int tile_h = golden->in_h - 2 * geometry.halo, tile_w = golden->in_w - 2 * geometry.halo;
    size_t scratch;
    assert_int_equal(upscaler_plan(cugan, tile_h, tile_w, &scratch), STATUS_OK);
    Arena arena;
    assert_int_equal(arena_create(scratch, &arena), STATUS_OK);
    cugan->tap = (TensorTap){check_golden, &check};

    NetworkTile tile = upscaler_begin(cugan, &arena, 0);
    fill_input(tile.input);
    float factors[UPSCALER_MAX_CHANNELS];
    for (int stage = 0; stage < geometry.n_stages; stage++) {
        upscaler_stage(cugan, &tile, stage, factors);
        if (stage == geometry.n_stages - 1) break;
        check_map(tile.body, geometry.bodies[stage], tile_h, tile_w);
        if (stage == 1) check_map(tile.residual, geometry.residual, tile_h, tile_w);
        double sums[UPSCALER_MAX_CHANNELS];
        float means[UPSCALER_MAX_CHANNELS];
        upscaler_sums(&tile, tile.body.h, tile.body.w, sums);
        for (int c = 0; c < tile.body.c; c++) means[c] = (float)(sums[c] / ((double)tile.body.h * tile.body.w));
        upscaler_gates(cugan, stage, means, 1, factors);
        check_factors(&check, cugan, stage, factors);
    }
    assert_int_equal(tile_w % geometry.multiple, 0);
    assert_int_equal(tile.output.h, golden->out_h);
    assert_int_equal(tile.output.w, golden->out_w);
    check_output(golden, tile.output);
    check_golden_end(&check);
    arena_free(&arena);
    network_free(cugan);
}

static void test_2x(void **state) {
    (void)state;
    compare(&CUGAN_GOLDEN[0], false);
}
static void test_3x(void **state) {
    (void)state;
    compare(&CUGAN_GOLDEN[1], false);
}
static void test_4x(void **state) {
    (void)state;
    compare(&CUGAN_GOLDEN[2], false);
}
static void test_2x_reference_kernels(void **state) {
    (void)state;
    compare(&CUGAN_GOLDEN[0], true);
}

// A model whose layers are not Real-CUGAN's is refused with the layer's name.
static void test_refuses_other_networks(void **state) {
    (void)state;
    char text[4096] = "7767517\n30 30\n";
    for (int i = 0; i < 30; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "Convolution other%d 1 1 a b 0=3 1=3 5=1 6=27\n", i);
    Upscaler *cugan;
    assert_int_equal(load_ncnn(&cugan_network, (File){text, strlen(text)}, (File){NULL, 0}, &cugan), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), "unet1.conv1.0 (other0)"));
    strcpy(text, "7767517\n1 1\nConvolution other 1 1 a b 0=3 1=3 5=1 6=27\n");
    assert_int_equal(load_ncnn(&cugan_network, (File){text, strlen(text)}, (File){NULL, 0}, &cugan), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), "22, 30 or 31 layers"));
}

// Numbers that no network has are refused, whichever layer they stand in, with the layer's name.
static void test_refuses_what_is_no_number(void **state) {
    (void)state;
    static const float values[] = {NAN, -NAN, INFINITY, -INFINITY, 3e38f, -1.1e18f};
    enum { N_VALUES = sizeof values / sizeof *values };
    for (int scale = 2; scale <= 4; scale++) {
        for (int id = 0; id < CUGAN_N_LAYERS; id++) {
            if (!made_cugan_has((CuganLayerId)id, scale) || (scale > 2 && id % 6))
                continue; // 0 and CONV_FINAL among them
            MadeCugan made = made_cugan(scale, true, id, values[id % N_VALUES]);
            Upscaler *cugan;
            assert_int_equal(load_made_cugan(&made, &cugan), STATUS_BAD_FORMAT);
            const char *name = cugan_layers_spec((CuganLayerId)id, scale).name;
            if (!strstr(status_message(), name) || !strstr(status_message(), "Expected numbers of at most 1e+18"))
                fail_msg("%s: %s", name, status_message());
            made_cugan_free(&made);
        }
    }
    MadeCugan made = made_cugan(2, true, U2_CONV5, 1e18f);
    Upscaler *cugan;
    assert_int_equal(load_made_cugan(&made, &cugan), STATUS_OK);
    network_free(cugan);
    made_cugan_free(&made);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_2x),
        cmocka_unit_test(test_3x),
        cmocka_unit_test(test_4x),
        cmocka_unit_test(test_2x_reference_kernels),
        cmocka_unit_test(test_refuses_other_networks),
        cmocka_unit_test(test_refuses_what_is_no_number),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("cugan", argc, argv, tests);
}
