// The tokenizers: ids equal to the originals' on 500 texts, with vocabularies cut down to what those need but with the real ids,
// and with the real files if --models has them; files that are broken, memory that fails. What is expected: text_fixtures.py.
#include "core/bytes.h"
#include "failing_memory.h"
#include "test.h"
#include "text/clip_bpe.h"
#include "text/wordpiece.h"
#include "text_fixtures.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { BERT_MAX_TOKENS = 128 };

static void add(Bytes *file, const char *text) {
    if (bytes_append(file, text, strlen(text))) fail_msg("%s", status_message());
}

// `number` in `n` digits, which are bytes that no text in UTF-8 has (0xF8 to 0xFF), the way OpenAI writes them (U+00F8 to U+00FF).
static const char *unused(int number, int n, char *out) {
    out[2 * n] = 0;
    for (int i = n - 1; i >= 0; i--, number /= 8) {
        out[2 * i] = '\xC3';
        out[2 * i + 1] = (char)(0xB8 + number % 8);
    }
    return out;
}

// A merges.txt of full length in which only merge_cases are real; the others make 2, then 4, then 6 unused bytes.
static Bytes merges_file(const char *first_line) {
    Bytes file = {0};
    size_t next = 0;
    int n_fillers = 0;
    add(&file, first_line);
    for (int rank = 0; rank < CLIP_N_MERGES; rank++) {
        char line[64], left[16], right[16];
        if (next < COUNT(merge_cases) && merge_cases[next].rank == rank) {
            snprintf(line, sizeof line, "%s\n", merge_cases[next++].parts);
        } else {
            const int i = n_fillers++, j = i - 64, k = j - 4096;
            if (j < 0) snprintf(line, sizeof line, "%s %s\n", unused(i / 8, 1, left), unused(i, 1, right));
            else if (k < 0) snprintf(line, sizeof line, "%s %s\n", unused(j / 64, 2, left), unused(j, 2, right));
            else snprintf(line, sizeof line, "%s %s\n", unused(k / 64, 4, left), unused(k, 2, right));
        }
        add(&file, line);
    }
    assert_int_equal(next, COUNT(merge_cases));
    return file;
}

static void add_json_string(Bytes *file, const char *text) {
    add(file, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') add(file, "\\");
        if (bytes_append(file, text, 1)) fail_msg("%s", status_message());
    }
    add(file, "\"");
}

static Bytes pieces_file(void) {
    Bytes file = {0};
    char number[32];
    add(&file, "{\"version\": \"1.0\", \"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": true, \"strip_accents\": null,"
               " \"handle_chinese_chars\": true, \"lowercase\": false}, \"model\": {\"type\": \"WordPiece\", \"vocab\": {");
    for (size_t i = 0; i < COUNT(piece_cases); i++) {
        if (i) add(&file, ",");
        add_json_string(&file, piece_cases[i].piece);
        snprintf(number, sizeof number, ": %d", piece_cases[i].id);
        add(&file, number);
    }
    add(&file, "}}}");
    return file;
}

static const char *chars(const Bytes *file) { return (const char *)file->data; }

static ClipBpe *open_clip(const Bytes *file) {
    ClipBpe *bpe = NULL;
    if (clip_bpe_create(chars(file), file->size, &bpe)) fail_msg("%s", status_message());
    return bpe;
}

static WordPiece *open_pieces(const Bytes *file) {
    WordPiece *wordpiece = NULL;
    if (wordpiece_create(chars(file), file->size, &wordpiece)) fail_msg("%s", status_message());
    return wordpiece;
}

// False, with the ids written out, if they are not those expected.
static bool is_expected(const char *what, size_t number, const int32_t *ids, int n, ExpectedIds expected) {
    uint32_t hash = 2166136261u;
    for (int i = 0; i < n; i++) hash = (hash ^ (uint32_t)ids[i]) * 16777619u;
    if (n == expected.n && hash == expected.hash) return true;
    print_message("# %s, text %zu: expected %d ids but found", what, number, expected.n);
    for (int i = 0; i < n; i++) print_message(" %d", (int)ids[i]);
    print_message("\n");
    return false;
}

static void check_clip(const ClipBpe *bpe) {
    int n_wrong = 0;
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        int32_t ids[CLIP_MAX_TOKENS];
        int n;
        const size_t size = (size_t)text_cases[i].size;
        if (clip_bpe_encode(bpe, text_cases[i].text, size, CLIP_AS_HUGGING_FACE, true, ids, &n)) fail_msg("%s", status_message());
        n_wrong += !is_expected("as Hugging Face", i, ids, n, text_cases[i].clip);
        if (clip_bpe_encode(bpe, text_cases[i].text, size, CLIP_AS_OPENAI, true, ids, &n)) fail_msg("%s", status_message());
        n_wrong += !is_expected("as OpenAI", i, ids, n, text_cases[i].openai);
    }
    assert_int_equal(n_wrong, 0);
}

static void check_pieces(const WordPiece *wordpiece) {
    int n_wrong = 0;
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        int32_t ids[BERT_MAX_TOKENS];
        int n;
        const size_t size = (size_t)text_cases[i].size;
        if (wordpiece_encode(wordpiece, text_cases[i].text, size, true, ids, BERT_MAX_TOKENS, &n)) fail_msg("%s", status_message());
        n_wrong += !is_expected("WordPiece", i, ids, n, text_cases[i].bert);
    }
    assert_int_equal(n_wrong, 0);
}

static void test_ids_of_clip(void **state) {
    (void)state;
    assert_int_equal(COUNT(text_cases), 500);
    Bytes file = merges_file("#version: 0.2\n");
    ClipBpe *bpe = open_clip(&file);
    bytes_free(&file);
    check_clip(bpe);
    clip_bpe_free(bpe);
}

static void test_ids_of_wordpiece(void **state) {
    (void)state;
    Bytes file = pieces_file();
    WordPiece *wordpiece = open_pieces(&file);
    bytes_free(&file);
    check_pieces(wordpiece);
    wordpiece_free(wordpiece);
}

// A file of --models; false if it is not there.
static bool read_model_file(const char *name, Bytes *out) {
    char path[1024], part[4096];
    snprintf(path, sizeof path, "%s/%s", models_folder ? models_folder : ".", name);
    FILE *file = models_folder ? fopen(path, "rb") : NULL;
    if (!file) return false;
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;) {
        if (bytes_append(out, part, n)) fail_msg("%s", status_message());
    }
    fclose(file);
    return true;
}

static void test_ids_with_the_real_clip_file(void **state) {
    (void)state;
    Bytes file = {0};
    if (!read_model_file("dclip/merges.txt", &file) && !read_model_file("dclip/tokenizer.json", &file)) {
        print_message("# skipped: --models has neither dclip/merges.txt nor dclip/tokenizer.json\n");
        skip();
    }
    ClipBpe *bpe = open_clip(&file);
    check_clip(bpe);
    clip_bpe_free(bpe);
    bytes_free(&file);
}

static void test_ids_with_the_real_distiluse_file(void **state) {
    (void)state;
    Bytes file = {0};
    if (!read_model_file("acgvoc2vec/tokenizer.json", &file)) {
        print_message("# skipped: --models has no acgvoc2vec/tokenizer.json\n");
        skip();
    }
    WordPiece *wordpiece = open_pieces(&file);
    check_pieces(wordpiece);
    wordpiece_free(wordpiece);
    bytes_free(&file);
}

static void test_clip_files_of_all_kinds(void **state) {
    (void)state;
    int32_t ids[CLIP_MAX_TOKENS], again[CLIP_MAX_TOKENS];
    int n, n_again;
    static const char text[] = "a photo of a cat";
    Bytes lines = merges_file("\"bpe_simple_vocab_16e6.txt#version: 0.2\n"), json = {0};
    ClipBpe *bpe = open_clip(&lines);
    assert_int_equal(clip_bpe_encode(bpe, text, strlen(text), CLIP_AS_HUGGING_FACE, false, ids, &n), STATUS_OK);
    clip_bpe_free(bpe);
    // OpenAI's file goes on behind CLIP's merges
    add(&lines, "not a merge at all\n");
    clip_bpe_free(open_clip(&lines));
    for (int kind = 0; kind < 2; kind++) {
        add(&json, "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"!\":0,\"a</w>\":320,\"<|endoftext|>\":49407},\"merges\":[");
        const char *line = strchr(chars(&lines), '\n') + 1;
        for (int i = 0; i < CLIP_N_MERGES; i++) {
            char left[144], right[64];
            assert_int_equal(sscanf(line, "%63s %63s", left, right), 2);
            line = strchr(line, '\n') + 1;
            add(&json, i ? "," : "");
            if (kind) add(&json, "[");
            if (!kind) snprintf(left + strlen(left), sizeof left - strlen(left), " %s", right);
            add_json_string(&json, left);
            if (kind) add(&json, ",");
            if (kind) add_json_string(&json, right);
            if (kind) add(&json, "]");
        }
        add(&json, "]}}");
        bpe = open_clip(&json);
        assert_int_equal(clip_bpe_encode(bpe, text, strlen(text), CLIP_AS_HUGGING_FACE, false, again, &n_again), STATUS_OK);
        assert_int_equal(n_again, n);
        assert_memory_equal(again, ids, (size_t)n * sizeof *ids);
        clip_bpe_free(bpe);
        // another order of tokens
        memcpy(strstr((char *)json.data, ":320"), ":321", 4);
        assert_int_equal(clip_bpe_create(chars(&json), json.size, &bpe), STATUS_UNSUPPORTED);
        assert_string_equal(status_message(), "Expected CLIP's own order of tokens but \"a</w>\" is token 321.");
        bytes_clear(&json);
    }
    bytes_free(&json);
    bytes_free(&lines);
}

static void refuses_clip(const char *file, size_t size, Status status, const char *sentence) {
    ClipBpe *bpe = NULL;
    assert_int_equal(clip_bpe_create(file, size, &bpe), status);
    assert_string_equal(status_message(), sentence);
    assert_null(bpe);
}

static void test_broken_clip_files(void **state) {
    (void)state;
    refuses_clip("", 0, STATUS_BAD_FORMAT, "Expected 48894 merges in the tokenizer's file but found 0.");
    refuses_clip("#version: 0.2\ni n\n", 18, STATUS_BAD_FORMAT, "Expected 48894 merges in the tokenizer's file but found 1.");
    refuses_clip("i n\nin g\nin", 11, STATUS_BAD_FORMAT,
                 "Expected two parts with a space between them in merge 3 of the tokenizer.");
    refuses_clip("i n\nint o\n", 10, STATUS_BAD_FORMAT,
                 "Expected parts that earlier merges make in merge 2 of the tokenizer, \"int o\".");
    refuses_clip("\x1F\x8B\x08", 3, STATUS_UNSUPPORTED, "Expected the tokenizer's file unpacked but found it packed with gzip.");
    refuses_clip("{\"model\":{\"merges\":[\"i n\",[\"i\"]]}}", 34, STATUS_BAD_FORMAT,
                 "Expected two parts of a merge in the tokenizer's file but found \"]\" at byte 31.");
    refuses_clip("{\"model\":{\"merges\":[", 20, STATUS_BAD_FORMAT, "Expected a string in the tokenizer's file but it ends at byte 20.");
    refuses_clip("{}", 2, STATUS_BAD_FORMAT, "Expected 48894 merges in the tokenizer's file but found 0.");
}

static void refuses_pieces(const char *file, Status status, const char *sentence) {
    WordPiece *wordpiece = NULL;
    assert_int_equal(wordpiece_create(file, strlen(file), &wordpiece), status);
    assert_string_equal(status_message(), sentence);
    assert_null(wordpiece);
}

static void test_broken_wordpiece_files(void **state) {
    (void)state;
    refuses_pieces("", STATUS_BAD_FORMAT, "Expected the token [UNK] in the tokenizer's file.");
    refuses_pieces("[PAD]\n[UNK]\n[CLS]\n", STATUS_BAD_FORMAT, "Expected the token [SEP] in the tokenizer's file.");
    refuses_pieces("{\"normalizer\":{\"lowercase\":true}}", STATUS_UNSUPPORTED,
                   "Expected a tokenizer with lowercase off but found it on.");
    refuses_pieces("{\"normalizer\":{\"handle_chinese_chars\":false}}", STATUS_UNSUPPORTED,
                   "Expected a tokenizer with handle_chinese_chars on but found it off.");
    refuses_pieces("{\"model\":{\"type\":\"BPE\"}}", STATUS_UNSUPPORTED,
                   "Expected a tokenizer of the type WordPiece but found BPE.");
    refuses_pieces("{\"model\":{\"vocab\":{\"a\":-1}}}", STATUS_BAD_FORMAT,
                   "Expected a whole number that is not negative in the tokenizer's file but found \"-\" at byte 23.");
    // the line is the id, whatever ends it
    static const char lines[] = "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nca\r\n##t";
    WordPiece *wordpiece;
    int32_t ids[5];
    int n;
    assert_int_equal(wordpiece_create(lines, strlen(lines), &wordpiece), STATUS_OK);
    assert_int_equal(wordpiece_encode(wordpiece, "cat dog", 7, false, ids, 5, &n), STATUS_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(ids, ((int32_t[]){2, 4, 5, 1, 3}), sizeof ids);
    wordpiece_free(wordpiece);
}

// Every truncation of small files and many changed bytes: refused or read, never read outside (the sanitizers watch).
static void test_truncated_and_changed_files(void **state) {
    (void)state;
    static const char *const files[] = {
        "{\"normalizer\":{\"lowercase\":false,\"strip_accents\":null},\"x\":[{},1],\"model\":{\"type\":\"WordPiece\",\"vocab\":"
        "{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"\\u3042\":3}}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"!\":0},\"merges\":[\"i n\",[\"t\",\"h\"],\"th e</w>\"]}}",
        "#version: 0.2\ni n\r\nt h\nth e</w>",
    };
    static const char bytes[] = "\0\"\\{}[],: \n0\xFF";
    for (size_t f = 0; f < COUNT(files); f++) {
        const size_t size = strlen(files[f]);
        for (size_t i = 0; i < size * (sizeof bytes + 1); i++) {
            const size_t at = i % size, kind = i / size, n = kind ? size : at;
            char *file = malloc(n ? n : 1);
            assert_non_null(file);
            memcpy(file, files[f], n);
            if (kind) file[at] = bytes[kind - 1];
            WordPiece *wordpiece = NULL;
            ClipBpe *bpe = NULL;
            if (wordpiece_create(file, n, &wordpiece)) assert_null(wordpiece);
            // its tables are large, so not each of them
            if (i % 16 == 0) assert_int_not_equal(clip_bpe_create(file, n, &bpe), STATUS_OK);
            assert_null(bpe);
            wordpiece_free(wordpiece);
            free(file);
        }
    }
}

static void test_long_texts_are_cut_or_refused(void **state) {
    (void)state;
    Bytes file = merges_file("#version: 0.2\n"), pieces = pieces_file();
    ClipBpe *bpe = open_clip(&file);
    WordPiece *wordpiece = open_pieces(&pieces);
    char text[400];
    int32_t ids[BERT_MAX_TOKENS];
    int n;
    memset(text, '1', sizeof text);
    for (int cleaning = CLIP_AS_HUGGING_FACE; cleaning <= CLIP_AS_OPENAI; cleaning++) {
        assert_int_equal(clip_bpe_encode(bpe, text, 75, (ClipCleaning)cleaning, false, ids, &n), STATUS_OK);
        assert_int_equal(n, CLIP_MAX_TOKENS);
        assert_int_equal(clip_bpe_encode(bpe, text, 76, (ClipCleaning)cleaning, false, ids, &n), STATUS_BAD_ARGUMENT);
        assert_string_equal(status_message(), "Expected a text of at most 75 tokens but received one with more.");
        assert_int_equal(clip_bpe_encode(bpe, text, 400, (ClipCleaning)cleaning, true, ids, &n), STATUS_OK);
        assert_int_equal(n, CLIP_MAX_TOKENS);
        assert_int_equal(ids[0], CLIP_START);
        assert_int_equal(ids[CLIP_MAX_TOKENS - 1], CLIP_END);
        assert_int_equal(clip_bpe_encode(bpe, text, CLIP_MAX_TEXT_BYTES + 1, (ClipCleaning)cleaning, true, ids, &n),
                         STATUS_BAD_ARGUMENT);
    }
    memset(text, '!', sizeof text);
    assert_int_equal(wordpiece_encode(wordpiece, text, 126, false, ids, BERT_MAX_TOKENS, &n), STATUS_OK);
    assert_int_equal(n, BERT_MAX_TOKENS);
    assert_int_equal(wordpiece_encode(wordpiece, text, 127, false, ids, BERT_MAX_TOKENS, &n), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected a text of at most 126 tokens but received one with more.");
    assert_int_equal(wordpiece_encode(wordpiece, text, 400, true, ids, 2, &n), STATUS_OK);
    assert_int_equal(n, 2);
    assert_int_equal(wordpiece_encode(wordpiece, text, WORDPIECE_MAX_TEXT_BYTES + 1, true, ids, 2, &n), STATUS_BAD_ARGUMENT);
    wordpiece_free(wordpiece);
    clip_bpe_free(bpe);
    bytes_free(&pieces);
    bytes_free(&file);
}

typedef struct Files {
    Bytes merges, pieces;
} Files;

static Status tokenize_all(void *context) {
    const Files *files = context;
    static const char text[] = "&eacute;\xEF\xBC\xA1 e\xCC\x81 long_hair \xE6\xBC\xA2\n<x>";
    int32_t ids[CLIP_MAX_TOKENS];
    int n;
    ClipBpe *bpe = NULL;
    WordPiece *wordpiece = NULL;
    Status status = clip_bpe_create(chars(&files->merges), files->merges.size, &bpe);
    if (!status) status = clip_bpe_encode(bpe, text, strlen(text), CLIP_AS_HUGGING_FACE, true, ids, &n);
    if (!status) status = clip_bpe_encode(bpe, text, strlen(text), CLIP_AS_OPENAI, true, ids, &n);
    if (!status) status = wordpiece_create(chars(&files->pieces), files->pieces.size, &wordpiece);
    if (!status) status = wordpiece_encode(wordpiece, text, strlen(text), true, ids, CLIP_MAX_TOKENS, &n);
    wordpiece_free(wordpiece);
    clip_bpe_free(bpe);
    return status;
}

static void test_every_failing_allocation(void **state) {
    (void)state;
    need_counted_memory();
    Files files = {merges_file("#version: 0.2\n"), pieces_file()};
    assert_true(fail_each_allocation(tokenize_all, &files) > 30);
    bytes_free(&files.pieces);
    bytes_free(&files.merges);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_of_clip),
        cmocka_unit_test(test_ids_of_wordpiece),
        cmocka_unit_test(test_ids_with_the_real_clip_file),
        cmocka_unit_test(test_ids_with_the_real_distiluse_file),
        cmocka_unit_test(test_clip_files_of_all_kinds),
        cmocka_unit_test(test_broken_clip_files),
        cmocka_unit_test(test_broken_wordpiece_files),
        cmocka_unit_test(test_truncated_and_changed_files),
        cmocka_unit_test(test_long_texts_are_cut_or_refused),
        cmocka_unit_test(test_every_failing_allocation),
    };
    return RUN_TESTS("text", argc, argv, tests);
}
