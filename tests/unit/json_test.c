// The JSON parser and UTF-8. Expected values follow RFC 8259 and the Unicode Standard's table 3-7; every truncation of
// a text, and many changed bytes, must end in an error or a value, never outside the text (the sanitizers watch).
#include "core/json.h"
#include "core/utf8.h"
#include "test.h"

// Reads any value whatever and says whether the text is JSON. The text lies in memory of exactly its size.
static bool is_json(const char *text, size_t size) {
    char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, text, size);
    Json json = json_open(exact, size, "the text");
    json_skip(&json);
    const bool good = json_close(&json) == STATUS_OK;
    free(exact);
    return good;
}

static const char *const good[] = {
    "{}",
    "[]",
    " [ ] ",
    "\xEF\xBB\xBF[]",
    "0",
    "-0",
    "1.5e-3",
    "1E+2",
    "\"\"",
    "\"\\u00e9\\ud83d\\ude00\\n\"",
    "true",
    "false",
    "null",
    "[1,2,[3,{\"a\":[]}]]",
    "{\"a\":1,\"a\":2}",
    "{\"\":{\"\":{}}}\r\n\t ",
    "\"\xF4\x8F\xBF\xBF\"",
    "[[],{},\"]\"]",
};

static const char *const bad[] = {
    "",
    " ",
    "{",
    "[",
    "]",
    "{]",
    "[}",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{\"a\" 1}",
    "01",
    "-",
    "+1",
    "1.",
    ".5",
    "1e",
    "1e+",
    "0x1",
    "1-2",
    "NaN",
    "Infinity",
    "1e999",
    "tru",
    "nul",
    "truefalse",
    "[]]",
    "{}{}",
    "'a'",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud800x\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"",
    "\"a\nb\"",
    "\"\x01\"",
    "\"\xFF\"",
    "\"\xC0\x80\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xE3\x81\"",
    "// c\n1",
    "[1,,2]",
    "{,}",
    "[:]",
    "\xEF\xBB",
    "111111111111111111111111111111111111111111111111111111111111111111",
};

static void test_what_is_json_and_what_is_not(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!is_json(good[i], strlen(good[i]))) fail_msg("%s was refused: %s", good[i], status_message());
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (is_json(bad[i], strlen(bad[i]))) fail_msg("%s was accepted", bad[i]);
    }
    assert_false(is_json("[\0]", 3));
    assert_false(is_json("\"\0\"", 3));
}

static void test_depth(void **state) {
    (void)state;
    char text[2 * JSON_MAX_DEPTH + 2];
    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    assert_true(is_json(text, 2 * JSON_MAX_DEPTH));
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    assert_false(is_json(text, sizeof text));
}

static const char header[] =
    "{\"__metadata__\":{\"f\\u00f6rm\":\"\\uD83D\\uDE00\"},\"w\":{\"dtype\":\"F16\",\"shape\":[3,18446744073709551616],"
    "\"scale\":-1.5e1,\"on\":true,\"off\":false,\"x\":[null,{\"y\":[[1]]}]}}  ";

typedef struct Read {
    char key[16], form[16], dtype[8];
    size_t shape[2];
    int n_dims;
    double scale;
    bool on, off;
} Read;

static Status read_header(const char *text, size_t size, Read *out) {
    char key[16];
    *out = (Read){.off = true};
    Json json = json_open(text, size, "the header");
    json_object(&json);
    while (json_key(&json, key, sizeof key)) {
        const bool is_metadata = !strcmp(key, "__metadata__");
        if (json_type(&json) != JSON_OBJECT) json_fail(&json, "an object");
        json_object(&json);
        while (json_key(&json, key, sizeof key)) {
            if (is_metadata) {
                memcpy(out->key, key, sizeof key);
                json_string(&json, out->form, sizeof out->form);
            } else if (!strcmp(key, "dtype")) {
                json_string(&json, out->dtype, sizeof out->dtype);
            } else if (!strcmp(key, "shape")) {
                json_array(&json);
                while (json_element(&json)) {
                    if (out->n_dims == 2)
                        json_fail(&json, "at most 2 dimensions");
                    else
                        json_size(&json, &out->shape[out->n_dims++]);
                }
            } else if (!strcmp(key, "scale")) {
                json_number(&json, &out->scale);
            } else if (!strcmp(key, "on")) {
                json_bool(&json, &out->on);
            } else if (!strcmp(key, "off")) {
                json_bool(&json, &out->off);
            } else {
                json_skip(&json);
            }
        }
    }
    return json_close(&json);
}

// The header with the size that is too large replaced.
static char *good_header(void) {
    char *text = strdup(header), *large = text ? strstr(text, "18446744073709551616") : NULL;
    assert_non_null(large);
    memcpy(large, "4294967295          ", 20);
    return text;
}

static void test_values(void **state) {
    (void)state;
    Read read;
    assert_int_equal(read_header(header, strlen(header), &read), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(),
                        "Expected a number that is not absurdly large in the header but found \"1\" at byte 75.");
    char *text = good_header();
    assert_int_equal(read_header(text, strlen(text), &read), STATUS_OK);
    assert_string_equal(read.key, "f\xC3\xB6rm");
    assert_string_equal(read.form, "\xF0\x9F\x98\x80");
    assert_string_equal(read.dtype, "F16");
    assert_int_equal(read.n_dims, 2);
    assert_int_equal(read.shape[0], 3);
    assert_true(read.shape[1] == 4294967295u);
    assert_true(read.scale == -15 && read.on && !read.off);
    free(text);
}

static void test_errors_stick_and_say_where(void **state) {
    (void)state;
    char out[4];
    size_t number;
    double value;
    Json json = json_open("[\"abcd\", 1]", 11, "the list");
    assert_true(json_array(&json) && json_element(&json));
    assert_false(json_string(&json, out, sizeof out)); // three and the terminator fit
    assert_false(json_element(&json) || json_size(&json, &number) || json_skip(&json) || json_object(&json));
    assert_int_equal(json_type(&json), JSON_NOTHING);
    json_fail(&json, "something else");
    assert_int_equal(json_close(&json), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(), "Expected a shorter string in the list but found \"d\" at byte 5.");
    json = json_open("1e999", 5, "the list");
    assert_false(json_number(&json, &value));
    assert_string_equal(status_message(), "Expected a finite number in the list but found \"1\" at byte 0.");
    json = json_open("[1", 2, "the list");
    json_skip(&json);
    assert_int_equal(json_close(&json), STATUS_BAD_FORMAT);
    assert_string_equal(status_message(), "Expected \",\" or \"]\" in the list but it ends at byte 2.");
}

static void test_no_truncation_or_changed_byte_reads_outside(void **state) {
    (void)state;
    Read read;
    char *text = good_header();
    const size_t size = strlen(text);
    for (size_t n = 0; n < size; n++) {
        char *cut = malloc(n ? n : 1);
        assert_non_null(cut);
        memcpy(cut, text, n);
        if (n < size - 2) assert_int_equal(read_header(cut, n, &read), STATUS_BAD_FORMAT);
        (void)is_json(cut, n);
        free(cut);
    }
    static const char bytes[] = "\0\"\\{}[],:0u\xED\xFF";
    for (size_t i = 0; i < size; i++) {
        const char old = text[i];
        for (size_t b = 0; b < sizeof bytes - 1; b++) {
            text[i] = bytes[b];
            if (read_header(text, size, &read)) continue; // refused
        }
        text[i] = old;
    }
    free(text);
}

// Decodes all of `text` as Python's errors='replace' does.
static void assert_decodes(const char *text, const int32_t *expected, size_t n) {
    const char *at = text, *end = text + strlen(text);
    for (size_t i = 0; i < n; i++) {
        assert_true(at < end);
        const int32_t code = utf8_next(&at, end);
        assert_int_equal(code == UTF8_BROKEN ? UTF8_REPLACEMENT : code, expected[i]);
    }
    assert_ptr_equal(at, end);
}

static void test_utf8(void **state) {
    (void)state;
    const int32_t R = UTF8_REPLACEMENT;
    // the Unicode Standard, 3.9, tables 3-8 to 3-11
    assert_decodes("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", (int32_t[]){R, R, R, R, R, R, R, R, 0x41}, 9);
    assert_decodes("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", (int32_t[]){R, R, R, R, R, R, R, R, 0x41}, 9);
    assert_decodes("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", (int32_t[]){R, R, R, R, R, 0x41, R, R, 0x42}, 9);
    assert_decodes("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", (int32_t[]){R, R, R, R, 0x41}, 5);
    assert_decodes("\xF1\xBF\xBF", &R, 1);
    char out[UTF8_MAX_BYTES];
    for (int32_t code = 1; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        const size_t n = utf8_put(code, out);
        const char *at = out;
        if (utf8_next(&at, out + n) != code || at != out + n) fail_msg("U+%04X", (unsigned)code);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_json_and_what_is_not),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_errors_stick_and_say_where),
        cmocka_unit_test(test_no_truncation_or_changed_byte_reads_outside),
        cmocka_unit_test(test_utf8),
    };
    return RUN_TESTS("json", argc, argv, tests);
}
