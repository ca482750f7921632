// The reader of safetensors files: on a file of the format's own library, in pieces of every size, and on broken ones.
#include "failing_memory.h"
#include "fixtures.h"
#include "test.h"
#include "weights/safetensors.h"

enum { N_TENSORS = 9 };

// A file, and what is in it.
static FixtureBytes whole;
static struct {
    const char *name, *dtype;
    int n_dims;
    size_t dims[4];
    FixtureBytes data;
} *tensors;
static FixtureBytes (*metadata)[2]; // keys and values
static int n_metadata;

static void load_fixtures(void) {
    Fixtures set = fixtures_open("safetensors");
    const FixtureFiles files = fixtures_files(&set, "files");
    whole = files.all[0].bytes;
    free(files.all);
    int n_tensors;
    tensors = fixtures_table(&set, "tensors", sizeof *tensors, &n_tensors);
    fixtures_expect(&set, n_tensors == N_TENSORS, "as many tensors");
    for (int i = 0; i < N_TENSORS; i++) {
        tensors[i].name = fixtures_text(&set);
        tensors[i].dtype = fixtures_text(&set);
        tensors[i].n_dims = fixtures_int(&set);
        for (int d = 0; d < tensors[i].n_dims; d++) tensors[i].dims[d] = fixtures_unsigned(&set);
        tensors[i].data = fixtures_bytes(&set);
    }
    metadata = fixtures_table(&set, "metadata", sizeof *metadata, &n_metadata);
    for (int i = 0; i < 2 * n_metadata; i++) metadata[i / 2][i % 2] = fixtures_bytes(&set);
    fixtures_close(&set);
}

// A sink that keeps all tensors but the one called `unwanted`, and fails at its `fail_at`th call.
typedef struct Keeper {
    const char *unwanted;
    int fail_at, n_calls;
    size_t room; // that it has at a time; 0: for the whole tensor
    bool began, finished;
    int n_kept;
    struct {
        TensorSpec spec;
        char name[80];
        uint8_t *data;
        bool placed;
    } kept[N_TENSORS];
} Keeper;

static Status call(Keeper *keeper) {
    return ++keeper->n_calls == keeper->fail_at ? status_fail(STATUS_UNSUPPORTED, "This is not wanted.") : STATUS_OK;
}

static Status keeper_begin(void *context, const TensorTable *file) {
    Keeper *keeper = context;
    assert_false(keeper->began);
    keeper->began = true;
    assert_non_null(file->tensors);
    return call(keeper);
}

static Status keeper_place(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    Keeper *keeper = context;
    *room = keeper->room ? keeper->room : spec->bytes;
    if (have) { // in memory that ends there, so that a sanitizer sees what is written beyond it
        uint8_t *data = realloc(keeper->kept[keeper->n_kept - 1].data, have + *room);
        assert_non_null(data);
        assert_true(have < spec->bytes);
        keeper->kept[keeper->n_kept - 1].data = data;
        *destination = data + have;
        return STATUS_OK;
    }
    assert_true(keeper->began && keeper->n_kept < N_TENSORS);
    assert_true(keeper->n_kept == 0 || keeper->kept[keeper->n_kept - 1].placed);
    Status status = call(keeper);
    if (status || (keeper->unwanted && !strcmp(spec->name, keeper->unwanted))) return status;
    uint8_t *data = malloc(*room ? *room : 1);
    if (!data) return status_fail(STATUS_NO_MEMORY, "No memory.");
    keeper->kept[keeper->n_kept].spec = *spec;
    snprintf(keeper->kept[keeper->n_kept].name, sizeof keeper->kept[0].name, "%s", spec->name);
    keeper->kept[keeper->n_kept++].data = data;
    *destination = data;
    return STATUS_OK;
}

static Status keeper_placed(void *context, const TensorSpec *spec) {
    Keeper *keeper = context;
    assert_string_equal(spec->name, keeper->kept[keeper->n_kept - 1].name);
    keeper->kept[keeper->n_kept - 1].placed = true;
    return call(keeper);
}

static Status keeper_finish(void *context) {
    Keeper *keeper = context;
    keeper->finished = true;
    return call(keeper);
}

static TensorSink sink_of(Keeper *keeper) {
    return (TensorSink){keeper, keeper_begin, keeper_place, keeper_placed, keeper_finish};
}

static void keeper_free(Keeper *keeper) {
    for (int i = 0; i < keeper->n_kept; i++) free(keeper->kept[i].data);
}

static Status read_bytes(const void *bytes, size_t size) {
    Keeper keeper = {0};
    const TensorSink sink = sink_of(&keeper);
    Status status = safetensors_read(bytes, size, &sink);
    keeper_free(&keeper);
    return status;
}

static void assert_kept(const Keeper *keeper, int n_unwanted) {
    assert_true(keeper->finished);
    assert_int_equal(keeper->n_kept, N_TENSORS - n_unwanted);
    for (int i = 0; i < keeper->n_kept; i++) {
        int at = 0;
        while (at < N_TENSORS && strcmp(tensors[at].name, keeper->kept[i].name) != 0) at++;
        if (at == N_TENSORS) fail_msg("found an unknown tensor \"%s\"", keeper->kept[i].name);
        const TensorSpec *found = &keeper->kept[i].spec;
        assert_true(keeper->kept[i].placed);
        assert_string_equal(dtype_name(found->dtype), tensors[at].dtype);
        assert_int_equal(found->n_dims, tensors[at].n_dims);
        for (int d = 0; d < found->n_dims; d++) assert_int_equal(found->dims[d], tensors[at].dims[d]);
        assert_int_equal(found->bytes, tensors[at].data.size);
        assert_memory_equal(keeper->kept[i].data, tensors[at].data.data, found->bytes);
    }
}

// Gives the file to the reader in pieces of `step` bytes.
static Status push(Safetensors *file, const uint8_t *bytes, size_t size, size_t step) {
    for (size_t at = 0; at < size;) {
        void *to;
        size_t n = safetensors_want(file, &to);
        if (n > step) n = step;
        if (n > size - at) n = size - at;
        if (n) memcpy(to, bytes + at, n);
        at += n;
        Status status = safetensors_took(file, n ? n : size - at);
        if (status) return status;
    }
    return safetensors_end(file);
}

static void test_reads_in_pieces(void **state) {
    (void)state;
    const size_t steps[] = {1, 2, 3, 7, 8, 9, 64, whole.size};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        Keeper keeper = {0};
        const TensorSink sink = sink_of(&keeper);
        Safetensors *file;
        assert_int_equal(safetensors_create(&sink, &file), STATUS_OK);
        assert_int_equal(safetensors_bytes(file), 0);
        assert_null(tensor_table_find(safetensors_table(file), "layer.weight"));
        assert_null(tensor_table_text(safetensors_table(file), "format"));
        if (push(file, whole.data, whole.size, steps[i])) fail_msg("%zu: %s", steps[i], status_message());
        assert_kept(&keeper, 0);
        void *at;
        assert_int_equal(safetensors_want(file, &at), 0);
        assert_int_equal(safetensors_bytes(file), whole.size);
        safetensors_free(file);
        keeper_free(&keeper);
    }
}

// A sink whose room for a tensor is smaller than the tensor is asked for more, as often as it takes.
static void test_reads_in_rooms(void **state) {
    (void)state;
    for (size_t room = 1; room < 20; room++) {
        for (size_t step = 1; step < whole.size; step = step < 16 ? step + 1 : whole.size) {
            Keeper keeper = {.room = room};
            const TensorSink sink = sink_of(&keeper);
            Safetensors *file;
            assert_int_equal(safetensors_create(&sink, &file), STATUS_OK);
            if (push(file, whole.data, whole.size, step)) fail_msg("%zu: %s", room, status_message());
            assert_kept(&keeper, 0);
            safetensors_free(file);
            keeper_free(&keeper);
        }
    }
    Keeper keeper = {.room = 3};
    const TensorSink sink = sink_of(&keeper);
    assert_int_equal(safetensors_read(whole.data, whole.size - 1, &sink), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(),
                        "The safetensors file ends too early: expected 7 bytes for tensor bytes but found 6.");
    keeper_free(&keeper);
}

static void test_looks_up(void **state) {
    (void)state;
    const TensorSink nobody = {0}; // a reader that keeps nothing is one too
    Safetensors *file;
    assert_int_equal(safetensors_create(&nobody, &file), STATUS_OK);
    assert_int_equal(push(file, whole.data, whole.size, 1000), STATUS_OK);
    assert_int_equal((int)safetensors_table(file)->n, N_TENSORS);
    for (int i = 0; i < N_TENSORS; i++) {
        const TensorSpec *spec = tensor_table_find(safetensors_table(file), tensors[i].name);
        assert_non_null(spec);
        assert_string_equal(spec->name, tensors[i].name);
        assert_int_equal(spec->bytes, tensors[i].data.size);
    }
    char shape[TENSOR_SHAPE_TEXT];
    assert_string_equal(tensor_table_shape(tensor_table_find(safetensors_table(file), "layer.weight"), shape),
                        "[3, 5]");
    assert_string_equal(tensor_table_shape(tensor_table_find(safetensors_table(file), "one value"), shape), "[]");
    for (int i = 0; i < n_metadata; i++) {
        char key[64] = {0};
        assert_true(metadata[i][0].size < sizeof key);
        memcpy(key, metadata[i][0].data, metadata[i][0].size);
        const char *value = tensor_table_text(safetensors_table(file), key);
        assert_int_equal(strlen(value), metadata[i][1].size);
        assert_memory_equal(value, metadata[i][1].data, metadata[i][1].size);
    }
    assert_null(tensor_table_text(safetensors_table(file), "pt"));
    assert_null(tensor_table_find(safetensors_table(file), "layer"));
    assert_null(tensor_table_find(safetensors_table(file), "__metadata__"));
    assert_null(tensor_table_at(safetensors_table(file), -1));
    assert_null(tensor_table_at(safetensors_table(file), N_TENSORS));
    safetensors_free(file);
    safetensors_free(NULL);
}

static void test_skips_what_is_not_wanted(void **state) {
    (void)state;
    for (int i = 0; i < N_TENSORS; i++) {
        Keeper keeper = {.unwanted = tensors[i].name};
        const TensorSink sink = sink_of(&keeper);
        assert_int_equal(safetensors_read(whole.data, whole.size, &sink), STATUS_OK);
        assert_kept(&keeper, 1);
        keeper_free(&keeper);
    }
}

static void test_a_sink_that_fails_ends_it(void **state) {
    (void)state;
    for (int fail_at = 1;; fail_at++) {
        Keeper keeper = {.fail_at = fail_at};
        const TensorSink sink = sink_of(&keeper);
        Status status = safetensors_read(whole.data, whole.size, &sink);
        keeper_free(&keeper);
        if (keeper.n_calls < fail_at) break; // it has no more calls
        assert_int_equal(status, STATUS_UNSUPPORTED);
        assert_string_equal(status_message(), "This is not wanted.");
        assert_int_equal(keeper.n_calls, fail_at);
    }
}

static void test_every_truncation(void **state) {
    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        uint8_t *exact = malloc(size ? size : 1); // so that a sanitizer sees a byte read too far
        assert_non_null(exact);
        memcpy(exact, whole.data, size);
        assert_int_equal(read_bytes(exact, size), STATUS_BAD_FORMAT);
        free(exact);
    }
    assert_int_equal(read_bytes(whole.data, whole.size - 1), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(),
                        "The safetensors file ends too early: expected 7 bytes for tensor bytes but found 6.");
    uint8_t *longer = calloc(1, whole.size + 3);
    assert_non_null(longer);
    memcpy(longer, whole.data, whole.size);
    for (size_t more = 1; more <= 3; more++) {
        assert_int_equal(read_bytes(longer, whole.size + more), STATUS_BAD_FORMAT);
        assert_non_null(strstr(status_message(), "but found more"));
    }
    free(longer);
}

// Every byte of the header set to a few values, and every bit flipped: a sentence, or a file that still makes sense.
static void test_flipped_bytes(void **state) {
    (void)state;
    static const uint8_t values[] = {0, ' ', '"', '0', '9', '-', '{', '}', '[', ']', ',', ':', '\\', 0x7f, 0x80, 0xff};
    enum { N_VALUES = sizeof values };
    uint8_t *file = malloc(whole.size);
    assert_non_null(file);
    memcpy(file, whole.data, whole.size);
    for (size_t at = 0; at < whole.size; at++) {
        for (int v = 0; v < N_VALUES + 8; v++) {
            file[at] = v < N_VALUES ? values[v] : (uint8_t)(whole.data[at] ^ 1 << (v - N_VALUES));
            Status status = read_bytes(file, whole.size);
            if (status) assert_true(strlen(status_message()) > 20);
        }
        file[at] = whole.data[at];
    }
    free(file);
}

// A file of this header and `n` bytes of data.
static Status read_json(const char *json, size_t n) {
    uint8_t file[2048] = {0};
    const size_t length = strlen(json);
    assert_true(8 + length + n <= sizeof file);
    for (int i = 0; i < 8; i++) file[i] = (uint8_t)((uint64_t)length >> 8 * i);
    memcpy(file + 8, json, length);
    return read_bytes(file, 8 + length + n);
}

static void test_broken_headers(void **state) {
    (void)state;
    static const struct {
        const char *json, *sentence; // a part of it
        size_t n;
    } cases[] = {
        {"{}", NULL, 0},
        {"{}   \n", NULL, 0},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":{\"x\":[1]}}}", NULL, 4},
        {"[]", "Expected an object", 0},
        {"{\"a\":1}", "Expected an object in tensor a of", 0},
        {"{\"a\":{}}", "Tensor a: expected its dtype, shape and data_offsets", 0},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "Tensor a: expected its dtype, shape and data_offsets", 4},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", "Tensor a: expected values of F32, F16",
         8},
        {"{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", "Expected a string in tensor a of", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,4]}}",
         "Expected each key once in tensor a of", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "not negative in tensor a of", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "whole number", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
         "Tensor a: expected at most 8 dimensions", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
         "Tensor a: expected 8 bytes for [2] of F32 but found data from 0 to 4", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "Tensor a: expected 4 bytes", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "Expected two numbers in tensor a of", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", "Expected two numbers in tensor a of",
         4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],\"data_offsets\":[0,0]}}", "ensor a",
         0}, // 2^96
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,0]}}",
         "Tensor a: expected a shape that memory can hold but found [2147483647, 2147483647, 2147483647]", 0},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
         "absurdly large in tensor a of", 4},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_"
         "offsets\":[3,5]}}",
         "Tensor b: expected its data to begin at 2, where the data before it ends, but found 3", 5},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_"
         "offsets\":[1,3]}}",
         "Tensor b: expected its data to begin at 2", 3},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", "Tensor a: expected its data to begin at 0",
         3},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_"
         "offsets\":[2,4]}}",
         "Tensor a: expected each name once", 4},
        {"{\"__metadata__\":{\"a\":1}}", "Expected a string in", 0},
        {"{\"__metadata__\":[]}", "Expected an object in", 0},
        {"{\"__metadata__\":{}} x", "nothing behind the value", 0},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}",
         "ends too early: expected 2 bytes for tensor a but found 1", 1},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", "but found more", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Status status = read_json(cases[i].json, cases[i].n);
        if (!cases[i].sentence && status) fail_msg("%s: \"%s\"", cases[i].json, status_message());
        if (cases[i].sentence && (!status || !strstr(status_message(), cases[i].sentence))) {
            fail_msg("%s: expected \"… %s …\" but found %d \"%s\"", cases[i].json, cases[i].sentence, status,
                     status_message());
        }
    }
}

static void test_absurd_lengths(void **state) {
    (void)state;
    static const uint64_t lengths[] = {0, 1, 100000001, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint8_t file[32];
        memset(file, '{', sizeof file);
        for (int b = 0; b < 8; b++) file[b] = (uint8_t)(lengths[i] >> 8 * b);
        count_memory(-1);
        assert_int_equal(read_bytes(file, sizeof file), STATUS_BAD_FORMAT);
        assert_non_null(strstr(status_message(), "as its header's length"));
        char digits[32];
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)lengths[i]);
        assert_non_null(strstr(status_message(), digits));
        assert_true(memory.largest < 1 << 20);
    }
}

// A length that could be, of a file that has no such header: no memory is taken for what does not come.
static void test_memory_follows_the_header(void **state) {
    (void)state;
    need_counted_memory();
    uint8_t file[100] = {0};
    file[3] = 5; // 80 MiB
    count_memory(-1);
    assert_int_equal(read_bytes(file, sizeof file), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(),
                        "The safetensors file ends too early: expected a header of 83886080 bytes but found 92.");
    assert_true(memory.largest < 1 << 18);
}

static Status read_fixture(void *unused) {
    (void)unused;
    return read_bytes(whole.data, whole.size);
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    assert_true(fail_each_allocation(read_fixture, NULL) > 0);
}

// The header's memory grows while it comes: one of a MiB, in small pieces.
static void test_long_header(void **state) {
    (void)state;
    enum { HEADER = 1 << 20 };
    uint8_t *file = malloc(8 + HEADER);
    assert_non_null(file);
    memset(file, ' ', 8 + HEADER);
    for (int i = 0; i < 8; i++) file[i] = (uint8_t)((uint64_t)HEADER >> 8 * i);
    memcpy(file + 8, "{\"__metadata__\":{\"key\":\"", 24);
    memset(file + 32, 'x', HEADER - 100);
    memcpy(file + 32 + HEADER - 100, "\"}}", 3);
    const TensorSink nobody = {0};
    Safetensors *reader;
    assert_int_equal(safetensors_create(&nobody, &reader), STATUS_OK);
    if (push(reader, file, 8 + HEADER, 1000)) fail_msg("%s", status_message());
    assert_int_equal(strlen(tensor_table_text(safetensors_table(reader), "key")), HEADER - 100);
    safetensors_free(reader);
    free(file);
}

int main(int argc, char **argv) {
    load_fixtures();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_in_pieces),
        cmocka_unit_test(test_reads_in_rooms),
        cmocka_unit_test(test_looks_up),
        cmocka_unit_test(test_skips_what_is_not_wanted),
        cmocka_unit_test(test_a_sink_that_fails_ends_it),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_flipped_bytes),
        cmocka_unit_test(test_broken_headers),
        cmocka_unit_test(test_absurd_lengths),
        cmocka_unit_test(test_memory_follows_the_header),
        cmocka_unit_test(test_every_allocation_failing),
        cmocka_unit_test(test_long_header),
    };
    return RUN_TESTS("safetensors", argc, argv, tests);
}
