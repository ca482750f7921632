// Tensors larger than what is taken at once: they arrive whole wherever they go, and no memory is far ahead of what has
// come.
#include "core/half.h"
#include "nets/weight_slots.h"
#include "ops/kernels.h"
#include "unit/failing_memory.h"

enum { MIB = 1 << 20 };

// Byte i of every tensor here; as a half or a float it is never NaN, nor large.
static uint8_t pattern(size_t i) { return i % 4 == 3 ? 0x3c : i % 4 == 1 ? 0x34 : (uint8_t)(i * 2654435761u >> 24); }

// Lets the tensor come, and looks at the memory that is taken meanwhile.
static Status deliver(WeightSlots *slots, const TensorSpec *spec) {
    const int64_t before = memory.live_bytes;
    count_memory(-1);
    for (size_t have = 0; have < spec->bytes;) {
        void *at;
        size_t room = 0;
        Status status = weight_slots_place(slots, spec, have, &at, &room);
        if (status) return status;
        assert_non_null(at);
        assert_true(room > 0 && room <= spec->bytes - have);
        assert_true(memory.peak_bytes <= before + 5 * (int64_t)have + 33 * MIB);
        for (size_t i = 0; i < room; i++) ((uint8_t *)at)[i] = pattern(have + i);
        have += room;
    }
    return weight_slots_placed(slots, spec);
}

static TensorSpec vector_of(const char *name, Dtype dtype, size_t n) {
    return (TensorSpec){name, dtype, 1, {n}, n * dtype_bytes(dtype), 0};
}

static void test_raw(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 1000, 32 * MIB - 1, 32 * MIB, 32 * MIB + 1, 129 * MIB, 140 * MIB + 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        WeightSlots slots = {0};
        const void *found = NULL;
        const TensorSpec spec = vector_of("words", DTYPE_I8, sizes[i]);
        assert_int_equal(weight_slots_add(&slots, "words", (WeightSlot){.kind = WEIGHT_SLOT_RAW, .raw = &found}),
                         STATUS_OK);
        assert_int_equal(deliver(&slots, &spec), STATUS_OK);
        weight_slots_forget(&slots);
        assert_non_null(found);
        for (size_t k = 0; k < sizes[i]; k++) {
            if (((const uint8_t *)found)[k] != pattern(k)) fail_msg("byte %zu of %zu is wrong", k, sizes[i]);
        }
        weight_slots_free(&slots);
    }
}

static void test_floats(void **state) {
    (void)state;
    static const Dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        WeightSlots slots = {0};
        const float *found = NULL;
        const size_t n = 35 * MIB / dtype_bytes(dtypes[i]) + 5;
        const TensorSpec spec = vector_of("positions", dtypes[i], n);
        assert_int_equal(
            weight_slots_add(&slots, "positions", (WeightSlot){.kind = WEIGHT_SLOT_FLOATS, .floats = &found}),
            STATUS_OK);
        assert_int_equal(deliver(&slots, &spec), STATUS_OK);
        for (size_t k = 0; k < n; k++) {
            uint8_t bytes[4];
            const size_t size = dtype_bytes(dtypes[i]);
            for (size_t b = 0; b < size; b++) bytes[b] = pattern(k * size + b);
            float expected;
            uint16_t half;
            memcpy(&expected, bytes, sizeof expected);
            memcpy(&half, bytes, sizeof half);
            if (dtypes[i] == DTYPE_F16) expected = half_to_float(half);
            if (dtypes[i] == DTYPE_BF16) expected = bfloat_to_float(half);
            if (found[k] != expected) fail_msg("value %zu of %s is wrong", k, dtype_name(dtypes[i]));
        }
        weight_slots_free(&slots);
    }
}

// A layer whose weights have more bytes than are taken at once, and whose bias comes first, as in a file sorted by
// name.
static void test_layer(void **state) {
    (void)state;
    enum { IN = 2500, OUT = 4000 };
    WeightSlots slots = {0};
    Linear *linear;
    assert_int_equal(
        linear_create_empty((LinearSpec){.in_c = IN, .out_c = OUT, .kept = DTYPE_F32}, &kernels_simd, &linear),
        STATUS_OK);
    const WeightSlot rows = {.kind = WEIGHT_SLOT_BIAS, .linear = linear, .n_rows = OUT},
                     weights = {.kind = WEIGHT_SLOT_WEIGHTS, .linear = linear, .n_rows = OUT};
    assert_int_equal(weight_slots_own(&slots, (WeightOwned){.linear = linear}), STATUS_OK);
    assert_int_equal(weight_slots_add(&slots, "bias", rows), STATUS_OK);
    assert_int_equal(weight_slots_add(&slots, "weight", weights), STATUS_OK);
    const TensorSpec bias_spec = vector_of("bias", DTYPE_F32, OUT),
                     weight_spec = {"weight", DTYPE_F32, 2, {OUT, IN}, sizeof(float) * IN * OUT, 0};
    const int64_t before = memory.live_bytes;
    assert_int_equal(deliver(&slots, &bias_spec), STATUS_OK);
    assert_true(memory.peak_bytes - before < 1 * MIB); // 40 KiB have come, and none of the weights
    assert_int_equal(deliver(&slots, &weight_spec), STATUS_OK);
    weight_slots_forget(&slots);
    float *x = calloc(IN, sizeof *x), *y = calloc(OUT, sizeof *y);
    size_t bytes;
    assert_int_equal(linear_plan(linear, 1, &bytes), STATUS_OK);
    void *scratch = aligned_alloc(64, (bytes + 63) / 64 * 64);
    for (int at = 0; at < IN; at += 499) { // one weight of each channel at a time
        for (int i = 0; i < IN; i++) x[i] = i == at;
        linear_run(linear, x, IN, 1, (LinearEnd){0}, y, OUT, scratch);
        for (size_t o = 0; o < OUT; o++) {
            float weight, bias;
            uint8_t w[4], b[4];
            for (size_t k = 0; k < 4; k++) w[k] = pattern(4 * (o * IN + (size_t)at) + k), b[k] = pattern(4 * o + k);
            memcpy(&weight, w, 4);
            memcpy(&bias, b, 4);
            assert_true(y[o] == weight + bias);
        }
    }
    free(scratch);
    free(x);
    free(y);
    weight_slots_free(&slots);
}

static Status try_large(void *unused) {
    (void)unused;
    WeightSlots slots = {0};
    const void *raw;
    const float *floats;
    const TensorSpec words = vector_of("words", DTYPE_I8, 33 * MIB),
                     positions = vector_of("positions", DTYPE_F16, 17 * MIB);
    Status status = weight_slots_add(&slots, "words", (WeightSlot){.kind = WEIGHT_SLOT_RAW, .raw = &raw});
    if (!status)
        status = weight_slots_add(&slots, "positions", (WeightSlot){.kind = WEIGHT_SLOT_FLOATS, .floats = &floats});
    const TensorSpec *const specs[] = {&words, &positions};
    for (int i = 0; i < 2; i++) {
        size_t have = 0, room = 0;
        while (!status && have < specs[i]->bytes) {
            void *at;
            status = weight_slots_place(&slots, specs[i], have, &at, &room);
            if (!status) memset(at, 0, room);
            have += room;
        }
        if (!status) status = weight_slots_placed(&slots, specs[i]);
    }
    weight_slots_free(&slots);
    return status;
}

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    assert_true(fail_each_allocation(try_large, NULL) >= 7);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_layer),
        cmocka_unit_test(test_failing_memory),
    };
    return RUN_TESTS("weight_slots", argc, argv, tests);
}
