// A layer of int8 from a file, or a convolution of one pixel: one scale for each channel, one for each of its K-blocks,
// and rotated inputs. One input at a time shows each weight, as docs/internals/quantisation.md says what it is.
#include <math.h>

#include "core/parallel.h"
#include "kernels/kernel.h"
#include "nets/weight_store.h"
#include "ops/linear_i8.h"
#include "weights/safetensors.h"

enum { IN = 600, OUT = 5, BLOCK = 256, N_BLOCKS = 3, BYTES = 8192 };

typedef struct LayerFile {
    unsigned char bytes[BYTES];
    size_t size;
} LayerFile;

static int8_t weight_of(int o, int i) { return (int8_t)((i * 37 + o * 101) % 255 - 127); }
static float scale_of(int o, int block) { return (float)(1 + o + 10 * block) / 64; }

typedef struct Layer {
    WeightStore *store;
    Linear *linear; // or
    Conv *conv;
} Layer;

typedef struct Kind {
    int per_channel;      // scales of a channel; 0: they have one dimension
    const char *rotation; // of the metadata, or NULL
    bool is_conv;
} Kind;

static LayerFile make_file(Kind kind) {
    const int per_channel = kind.per_channel;
    const char *rotation = kind.rotation;
    LayerFile file = {{0}, 0};
    const int n_scales = per_channel ? per_channel : 1;
    char *header = (char *)file.bytes + 8, shape[32], metadata[64] = "";
    snprintf(shape, sizeof shape, per_channel ? "[%d,%d]" : "[%d]", OUT, per_channel);
    if (rotation) snprintf(metadata, sizeof metadata, "\"__metadata__\":{\"rotation\":\"%s\"},", rotation);
    const size_t scale_bytes = sizeof(float) * OUT * (size_t)n_scales, weight_end = scale_bytes + OUT * IN;
    sprintf(header,
            "{%s\"layer.weight.scale\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%zu]},"
            "\"layer.weight\":{\"dtype\":\"I8\",\"shape\":[%d,%d%s],\"data_offsets\":[%zu,%zu]},"
            "\"layer.bias\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%zu,%zu]}}",
            metadata, shape, scale_bytes, OUT, IN, kind.is_conv ? ",1,1" : "", scale_bytes, weight_end, OUT, weight_end,
            weight_end + OUT * sizeof(float));
    const uint64_t length = strlen(header);
    memcpy(file.bytes, &length, 8);
    unsigned char *at = file.bytes + 8 + length;
    for (int o = 0; o < OUT; o++) {
        for (int block = 0; block < n_scales; block++, at += sizeof(float)) {
            const float scale = scale_of(o, block);
            memcpy(at, &scale, sizeof scale);
        }
    }
    for (int i = 0; i < OUT * IN; i++) *at++ = (unsigned char)weight_of(i / IN, i % IN);
    file.size = (size_t)(at - file.bytes) + OUT * sizeof(float); // the bias is zero
    return file;
}

static void ask_linear(void *network, WeightStore *store) {
    ((Layer *)network)->linear =
        weight_store_linear(store, (const char *const[]){"layer"}, 1, (WeightShape){2, {OUT, IN}}, true);
}

static void ask_conv(void *network, WeightStore *store) {
    const ConvSpec spec = {.in_c = IN, .out_c = OUT, .kernel = 1, .stride = 1, .in_side = 1};
    ((Layer *)network)->conv = weight_store_conv(store, "layer", spec);
}

static Status load(const LayerFile *file, bool is_conv, Layer *layer) {
    TensorSink sink;
    const Status status =
        weight_store_create((WeightStoreOptions){0}, is_conv ? ask_conv : ask_linear, layer, &sink, &layer->store);
    assert_int_equal(status, STATUS_OK);
    return safetensors_read(file->bytes, file->size, &sink);
}

static size_t planned(const Layer *layer) {
    size_t bytes;
    assert_int_equal(layer->conv ? conv_plan(layer->conv, 1, 1, &bytes) : linear_plan(layer->linear, 1, &bytes),
                     STATUS_OK);
    return (bytes + 63) / 64 * 64;
}

static void run(const Layer *layer, float *x, float *y, void *scratch) {
    if (layer->conv) {
        conv_run(layer->conv, (Tensor){x, 1, 1, IN}, (ConvEnd){.slope = 1}, (Tensor){y, 1, 1, OUT}, scratch);
    } else {
        linear_run(layer->linear, x, IN, 1, (LinearEnd){0}, y, OUT, scratch);
    }
}

// The weight of input `i`: of a rotated layer what all weights of the places that it is mixed with give together.
static double expected(int o, int i, int per_channel, bool is_rotated) {
    const int begin = i / BLOCK * BLOCK, place = i - begin;
    const int mixed = !is_rotated ? 0 : begin + BLOCK <= IN ? BLOCK : 64; // of the 88 places of the last block
    const double scale = scale_of(o, per_channel ? i / BLOCK : 0);
    if (place >= mixed) return scale * weight_of(o, i);
    double sum = 0;
    for (int k = place % 4; k < mixed; k += 4)
        sum += __builtin_parity((unsigned)(place / 4 & k / 4)) ? -weight_of(o, begin + k) : weight_of(o, begin + k);
    return scale * sum;
}

static void check(Kind kind, bool is_rotated) {
    const LayerFile file = make_file(kind);
    Layer layer = {0};
    if (load(&file, kind.is_conv, &layer)) fail_msg("%s", status_message());
    void *scratch = aligned_alloc(64, planned(&layer));
    float x[IN + 4] = {0}, y[OUT];
    for (int i = 0; i < IN; i++) {
        x[i] = 1;
        run(&layer, x, y, scratch);
        x[i] = 0;
        for (int o = 0; o < OUT; o++) {
            const double wanted = expected(o, i, kind.per_channel, is_rotated); // 1 is rounded by half a step at most
            assert_true(fabs(y[o] - wanted) <= fabs(wanted) / 252 + scale_of(o, N_BLOCKS) / 100);
        }
    }
    free(scratch);
    weight_store_free(layer.store);
}

static void test_scales(void **state) {
    (void)state;
    for (int is_conv = 0; is_conv < 2; is_conv++) {
        check((Kind){0, NULL, is_conv}, false);
        check((Kind){N_BLOCKS, NULL, is_conv}, false);
    }
}

static void test_rotated(void **state) {
    (void)state;
    check((Kind){0, "hadamard", false}, true);
    check((Kind){N_BLOCKS, "hadamard", false}, true);
    check((Kind){N_BLOCKS, "hadamard-1x1", false}, true);
    check((Kind){0, "hadamard-1x1", true}, true);
    check((Kind){N_BLOCKS, "hadamard-1x1", true}, true);
}

// Of files that earlier versions wrote only matrices are rotated.
static void test_convolutions_of_older_files(void **state) {
    (void)state;
    check((Kind){0, "hadamard", true}, false);
}

static void assert_refused(int per_channel, const char *rotation, Status status, const char *message) {
    const LayerFile file = make_file((Kind){per_channel, rotation, false});
    Layer layer = {0};
    assert_int_equal(load(&file, false, &layer), status);
    assert_non_null(strstr(status_message(), message));
    weight_store_free(layer.store);
}

static void test_what_is_refused(void **state) {
    (void)state;
    assert_refused(N_BLOCKS - 1, NULL, STATUS_BAD_FORMAT,
                   "layer.weight.scale to have the shape [5, 3] but found [5, 2]");
    assert_refused(N_BLOCKS, "givens", STATUS_UNSUPPORTED,
                   "to give hadamard or hadamard-1x1 for rotation but found 'givens'");
}

int main(int argc, char **argv) {
    if (parallel_start(1)) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_rotated),
        cmocka_unit_test(test_convolutions_of_older_files),
        cmocka_unit_test(test_what_is_refused),
    };
    return RUN_TESTS("weight_store", argc, argv, tests);
}
