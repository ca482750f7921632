// status, bytes, arena, parallel.
#include "core/arena.h"
#include "core/bytes.h"
#include "core/checked.h"
#include "core/parallel.h"
#include "core/status.h"
#include "core/warnings.h"
#include "test.h"

static void test_status_keeps_the_last_sentence(void **state) {
    (void)state;
    assert_int_equal(status_fail(STATUS_BAD_FORMAT, "Expected %d.", 7), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(), "Expected 7.");
    assert_int_equal(status_last(), STATUS_BAD_FORMAT);
    assert_string_equal(status_facts(), "0\t7");
}

static void test_status_tells_facts(void **state) {
    (void)state;
    const char expected[] = "9\tPNG file\t1.5\t-3\t12345678901\tx\tab";
    assert_int_equal(status_fail_for((Reason)9, STATUS_UNSUPPORTED, "%s: 100 %% of %g, %d, %llu, %c and %.*s.",
                                     "PNG file", 1.5, -3, 12345678901ULL, 'x', 2, "abc"),
                     STATUS_UNSUPPORTED);
    assert_string_equal(status_message(), "PNG file: 100 % of 1.5, -3, 12345678901, x and ab.");
    assert_string_equal(status_facts(), expected);
    assert_int_equal(status_fail(STATUS_NO_MEMORY, "Not enough."), STATUS_NO_MEMORY);
    assert_int_equal(atoi(status_facts()), REASON_NO_MEMORY);
    char text[3 * REASON_MAX_BYTES]; // longer than a sentence may be
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(status_fail(STATUS_BAD_FORMAT, "%s", text), STATUS_BAD_FORMAT);
    assert_int_equal(strlen(status_message()), REASON_MAX_BYTES - 1);
    assert_int_equal(strlen(status_facts()), REASON_MAX_BYTES - 1);
}

static void test_checked_arithmetic(void **state) {
    (void)state;
    size_t result;
    assert_true(checked_mul(3, 5, &result) && result == 15);
    assert_false(checked_mul(SIZE_MAX / 2, 3, &result));
    assert_true(checked_add(SIZE_MAX - 1, 1, &result) && result == SIZE_MAX);
    assert_false(checked_add(SIZE_MAX, 1, &result));
}

static void test_bytes_grow_and_clear(void **state) {
    (void)state;
    Bytes bytes = {0};
    for (int i = 0; i < 30000; i++) {
        const uint8_t byte = (uint8_t)(i % 251);
        assert_int_equal(bytes_append(&bytes, &byte, 1), STATUS_OK);
    }
    assert_int_equal(bytes.size, 30000);
    for (int i = 0; i < 30000; i++) assert_int_equal(bytes.data[i], i % 251);
    bytes_clear(&bytes);
    assert_int_equal(bytes.size, 0);
    assert_int_equal(bytes_append(&bytes, "ab", 2), STATUS_OK);
    assert_memory_equal(bytes.data, "ab", 2);
    assert_int_equal(bytes_append(&bytes, "", SIZE_MAX), STATUS_NO_MEMORY);
    assert_int_equal(bytes.size, 2);
    bytes_free(&bytes);
    assert_null(bytes.data);
}

// A fixed sequence of takes and gives; the same on measuring and on real memory.
static void take_and_give(Arena *arena, unsigned char *out[4]) {
    out[0] = arena_take(arena, 1000);
    out[1] = arena_take(arena, 500);
    arena_give(arena, out[0]);
    out[2] = arena_take(arena, 300); // fits where the first one was
    out[3] = arena_take(arena, 2000);
}

static void test_arena_measures_what_it_needs(void **state) {
    (void)state;
    Arena measure = arena_measure(), real;
    unsigned char *blocks[4];
    take_and_give(&measure, blocks);
    assert_true(measure.peak >= 500 + 1000 + 2000 &&
                measure.peak < 500 + 1000 + 2000 + 4 * (ARENA_ALIGNMENT + ARENA_GUARD_BYTES));
    assert_int_equal(arena_create(measure.peak, &real), STATUS_OK);
    take_and_give(&real, blocks);
    assert_ptr_equal(blocks[2], blocks[0]);
    assert_int_equal((uintptr_t)blocks[1] % ARENA_ALIGNMENT, 0);
    // no two blocks in use overlap
    memset(blocks[1], 1, 500);
    memset(blocks[2], 2, 300);
    memset(blocks[3], 3, 2000);
    for (int i = 0; i < 500; i++) assert_int_equal(blocks[1][i], 1);
    for (int i = 0; i < 300; i++) assert_int_equal(blocks[2][i], 2);
    assert_int_equal(real.peak, measure.peak);
    arena_free(&real);
    arena_free(&measure);
}

static void test_arena_refuses_what_nobody_has(void **state) {
    (void)state;
    Arena arena;
    assert_int_equal(arena_create(SIZE_MAX - 10, &arena), STATUS_NO_MEMORY);
}

static void count(void *context, int i) {
    unsigned char *counts = context;
    counts[i]++;
}

static void test_parallel_for_calls_each_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        unsigned char counts[1000] = {0};
        assert_int_equal(parallel_start(threads), STATUS_OK);
        parallel_for(count, counts, 1000);
        for (int i = 0; i < 1000; i++) assert_int_equal(counts[i], 1);
        parallel_for(count, NULL, 0);
    }
    assert_int_equal(parallel_start(0), STATUS_BAD_ARGUMENT);
    parallel_stop();
    assert_int_equal(parallel_n_threads(), 1);
}

static void count_on_thread_0(void *context, int i, int thread) {
    assert_int_equal(thread, 0);
    count(context, i);
}

// However little or much each is; what is little stays on the caller.
static void test_light_loops(void **state) {
    (void)state;
    static const size_t values[] = {0, 1, 40, 70, 1 << 14, 1 << 15, SIZE_MAX};
    assert_int_equal(parallel_start(2), STATUS_OK);
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        unsigned char counts[500] = {0};
        parallel_for_light(count, counts, 500, values[v]);
        for (int i = 0; i < 500; i++) assert_int_equal(counts[i], 1);
    }
    unsigned char counts[500] = {0};
    parallel_for_thread_light(count_on_thread_0, counts, 500, 60);
    for (int i = 0; i < 500; i++) assert_int_equal(counts[i], 1);
    parallel_stop();
}

#if SIZE_MAX == UINT32_MAX
// Four threads would need more scratch memory than there are addresses.
static void test_scratch_stays_for_the_caller(void **state) {
    (void)state;
    enum { BYTES = (1 << 30) + 64 };
    assert_int_equal(parallel_start(1), STATUS_OK);
    assert_int_equal(parallel_reserve_scratch(BYTES), STATUS_OK);
    const Status status = parallel_start(4);
    if (status) assert_int_equal(status, STATUS_NO_MEMORY); // a build without threads has one only
    assert_int_equal(parallel_n_threads(), 1);
    unsigned char *scratch = parallel_scratch(0);
    scratch[0] = scratch[BYTES - 1] = 1;
    assert_int_equal(parallel_reserve_scratch(BYTES), STATUS_OK);
    assert_ptr_equal(parallel_scratch(0), scratch);
    parallel_stop();
}
#endif

// Each sentence once, a line for each, and never more than there is room for.
static void test_warnings(void **state) {
    (void)state;
    Bytes warnings = {0}, joined = {0};
    const char first[] = "The PNG has no end at row 7, 100 %.\t1\tPNG\t7\n", second[] = "Two lines.\t2\tTwo lines\n";
    warnings_add(&warnings, (Reason)1, "The %s has no end at row %d, 100 %%.", "PNG", 7);
    warnings_add(&warnings, (Reason)2, "%.20s.", "Two\nlines");
    warnings_add(&warnings, (Reason)1, "The %.3s has no end at row %zu, 100 %%.", "PNGs", (size_t)7);
    assert_int_equal(warnings.size, strlen(first) + strlen(second));
    assert_memory_equal(warnings.data, first, strlen(first));
    assert_memory_equal(warnings.data + strlen(first), second, strlen(second));
    warnings_add(&joined, (Reason)2, "%.*s.", 9, "Two lines.");
    warnings_join(&joined, &warnings);
    assert_int_equal(joined.size, warnings.size);
    assert_memory_equal(joined.data, second, strlen(second));
    assert_memory_equal(joined.data + strlen(second), first, strlen(first));
    for (int i = 0; i < 2 * WARNINGS_MOST; i++)
        warnings_add(&warnings, (Reason)1, "%0600d", i); // longer than a sentence may be
    for (int i = 0; i < 2 * WARNINGS_MOST; i++) warnings_add(&joined, (Reason)1, "%d", i);
    size_t n_lines = 0;
    for (size_t i = 0; i < joined.size; i++) n_lines += joined.data[i] == '\n';
    assert_int_equal(n_lines, WARNINGS_MOST);
    assert_int_equal(warnings.data[warnings.size - 1], '\n');
    bytes_free(&warnings);
    bytes_free(&joined);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_status_keeps_the_last_sentence),
        cmocka_unit_test(test_status_tells_facts),
        cmocka_unit_test(test_checked_arithmetic),
        cmocka_unit_test(test_bytes_grow_and_clear),
        cmocka_unit_test(test_arena_measures_what_it_needs),
        cmocka_unit_test(test_arena_refuses_what_nobody_has),
        cmocka_unit_test(test_parallel_for_calls_each_once),
        cmocka_unit_test(test_light_loops),
#if SIZE_MAX == UINT32_MAX
        cmocka_unit_test(test_scratch_stays_for_the_caller),
#endif
    };
    return RUN_TESTS("core", argc, argv, tests);
}
