// SHA-256 on the examples of NIST (FIPS 180-4's CAVS short messages and the long one of the "a"s), whole and in pieces.
#include "core/sha256.h"
#include "test.h"

static const struct {
    const char *text, *digest;
} examples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void assert_digest(Sha256 *sha, const char *expected) {
    uint8_t digest[SHA256_BYTES];
    char found[2 * SHA256_BYTES + 1];
    sha256_end(sha, digest);
    for (int i = 0; i < SHA256_BYTES; i++) snprintf(found + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(found, expected);
}

static void test_examples_in_pieces(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const size_t size = strlen(examples[i].text);
        for (size_t piece = 1; piece <= size + 1; piece++) {
            Sha256 sha;
            sha256_begin(&sha);
            for (size_t at = 0; at < size; at += piece) {
                sha256_add(&sha, examples[i].text + at, size - at < piece ? size - at : piece);
            }
            sha256_add(&sha, NULL, 0);
            assert_digest(&sha, examples[i].digest);
        }
    }
}

static void test_a_million_letters(void **state) {
    (void)state;
    enum { SIZE = 1000000 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'a', SIZE);
    Sha256 sha;
    sha256_begin(&sha);
    sha256_add(&sha, text, 333); // so that no block begins where the memory does
    sha256_add(&sha, text, SIZE - 333);
    assert_digest(&sha, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(text);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples_in_pieces),
                                       cmocka_unit_test(test_a_million_letters)};
    return RUN_TESTS("sha256", argc, argv, tests);
}
