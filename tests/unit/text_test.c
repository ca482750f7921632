// The tokenizers: ids equal to the originals' on 500 texts, with vocabularies cut down to what those need but with the
// real ids, and with the real files if --models has them; files that are broken, memory that fails. What is expected:
// text_fixtures.py.
#include "core/bytes.h"
#include "failing_memory.h"
#include "fixtures.h"
#include "test.h"
#include "text/clip_bpe.h"
#include "text/ftfy.h"
#include "text/unicode.h"
#include "text/wordpiece.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { BERT_MAX_TOKENS = 128 };

// How many ids the original gives a text, and their FNV-1a.
typedef struct ExpectedIds {
    int n;
    uint32_t hash;
} ExpectedIds;

typedef struct TextCase {
    const char *text;
    size_t size;
    ExpectedIds clip, openai, bert;
} TextCase;

// Of a vocabulary what those texts need: a merge with its rank, or a piece with its id.
typedef struct Entry {
    int number;
    const char *text;
} Entry;

static TextCase *text_cases;
static Entry *merge_cases, *piece_cases;
static FixtureBytes (*ftfy_cases)[2]; // a line, and what ftfy makes of it
static int n_texts, n_merges, n_pieces, n_ftfy;

static ExpectedIds read_ids(Fixtures *set) {
    const int n = fixtures_int(set);
    return (ExpectedIds){n, fixtures_unsigned(set)};
}

static Entry *read_entries(Fixtures *set, const char *table, int *n) {
    Entry *entries = fixtures_table(set, table, sizeof *entries, n);
    for (int i = 0; i < *n; i++) {
        entries[i].number = fixtures_int(set);
        entries[i].text = fixtures_text(set);
    }
    return entries;
}

static void load_fixtures(void) {
    Fixtures set = fixtures_open("text");
    text_cases = fixtures_table(&set, "texts", sizeof *text_cases, &n_texts);
    for (TextCase *at = text_cases; at < text_cases + n_texts; at++) {
        const FixtureBytes text = fixtures_bytes(&set);
        at->text = (const char *)text.data;
        at->size = text.size;
        at->clip = read_ids(&set);
        at->openai = read_ids(&set);
        at->bert = read_ids(&set);
    }
    merge_cases = read_entries(&set, "merges", &n_merges);
    piece_cases = read_entries(&set, "pieces", &n_pieces);
    fixtures_close(&set);
    set = fixtures_open("ftfy");
    ftfy_cases = fixtures_table(&set, "lines", sizeof *ftfy_cases, &n_ftfy);
    for (int i = 0; i < 2 * n_ftfy; i++) ftfy_cases[i / 2][i % 2] = fixtures_bytes(&set);
    fixtures_close(&set);
}

static void add(Bytes *file, const char *text) {
    if (bytes_append(file, text, strlen(text))) fail_msg("%s", status_message());
}

// `number` in `n` digits, which are bytes that no text in UTF-8 has (0xF8 to 0xFF), the way OpenAI writes them (U+00F8
// to U+00FF).
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
    int next = 0;
    int n_fillers = 0;
    add(&file, first_line);
    for (int rank = 0; rank < CLIP_N_MERGES; rank++) {
        char line[64], left[16], right[16];
        if (next < n_merges && merge_cases[next].number == rank) {
            snprintf(line, sizeof line, "%s\n", merge_cases[next++].text);
        } else {
            const int i = n_fillers++, j = i - 64, k = j - 4096;
            if (j < 0)
                snprintf(line, sizeof line, "%s %s\n", unused(i / 8, 1, left), unused(i, 1, right));
            else if (k < 0)
                snprintf(line, sizeof line, "%s %s\n", unused(j / 64, 2, left), unused(j, 2, right));
            else
                snprintf(line, sizeof line, "%s %s\n", unused(k / 64, 4, left), unused(k, 2, right));
        }
        add(&file, line);
    }
    assert_int_equal(next, n_merges);
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
    add(&file,
        "{\"version\": \"1.0\", \"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": true, "
        "\"strip_accents\": null,"
        " \"handle_chinese_chars\": true, \"lowercase\": false}, \"model\": {\"type\": \"WordPiece\", \"vocab\": {");
    for (int i = 0; i < n_pieces; i++) {
        if (i) add(&file, ",");
        add_json_string(&file, piece_cases[i].text);
        snprintf(number, sizeof number, ": %d", piece_cases[i].number);
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
static bool is_expected(const char *what, int number, const int32_t *ids, int n, ExpectedIds expected) {
    uint32_t hash = 2166136261u;
    for (int i = 0; i < n; i++) hash = (hash ^ (uint32_t)ids[i]) * 16777619u;
    if (n == expected.n && hash == expected.hash) return true;
    print_message("# %s, text %d: expected %d ids but found", what, number, expected.n);
    for (int i = 0; i < n; i++) print_message(" %d", (int)ids[i]);
    print_message("\n");
    return false;
}

static void check_clip(const ClipBpe *bpe) {
    int n_wrong = 0;
    for (int i = 0; i < n_texts; i++) {
        int32_t ids[CLIP_MAX_TOKENS];
        int n;
        const size_t size = text_cases[i].size;
        if (clip_bpe_encode(bpe, text_cases[i].text, size, CLIP_AS_HUGGING_FACE, true, ids, &n))
            fail_msg("%s", status_message());
        n_wrong += !is_expected("as Hugging Face", i, ids, n, text_cases[i].clip);
        if (clip_bpe_encode(bpe, text_cases[i].text, size, CLIP_AS_OPENAI, true, ids, &n))
            fail_msg("%s", status_message());
        n_wrong += !is_expected("as OpenAI", i, ids, n, text_cases[i].openai);
    }
    assert_int_equal(n_wrong, 0);
}

static void check_pieces(const WordPiece *wordpiece) {
    int n_wrong = 0;
    for (int i = 0; i < n_texts; i++) {
        int32_t ids[BERT_MAX_TOKENS];
        int n;
        const size_t size = text_cases[i].size;
        if (wordpiece_encode(wordpiece, text_cases[i].text, size, true, ids, BERT_MAX_TOKENS, &n))
            fail_msg("%s", status_message());
        n_wrong += !is_expected("WordPiece", i, ids, n, text_cases[i].bert);
    }
    assert_int_equal(n_wrong, 0);
}

static void test_ids_of_clip(void **state) {
    (void)state;
    assert_int_equal(n_texts, 500);
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
        add(&json,
            "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"!\":0,\"a</"
            "w>\":320,\"<|endoftext|>\":49407},\"merges\":[");
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
        assert_int_equal(clip_bpe_encode(bpe, text, strlen(text), CLIP_AS_HUGGING_FACE, false, again, &n_again),
                         STATUS_OK);
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
    refuses_clip("#version: 0.2\ni n\n", 18, STATUS_BAD_FORMAT,
                 "Expected 48894 merges in the tokenizer's file but found 1.");
    refuses_clip("i n\nin g\nin", 11, STATUS_BAD_FORMAT,
                 "Expected two parts with a space between them in merge 3 of the tokenizer.");
    refuses_clip("i n\nint o\n", 10, STATUS_BAD_FORMAT,
                 "Expected parts that earlier merges make in merge 2 of the tokenizer, \"int o\".");
    refuses_clip("\x1F\x8B\x08", 3, STATUS_UNSUPPORTED,
                 "Expected the tokenizer's file unpacked but found it packed with gzip.");
    refuses_clip("{\"model\":{\"merges\":[\"i n\",[\"i\"]]}}", 34, STATUS_BAD_FORMAT,
                 "Expected two parts of a merge in the tokenizer's file but found \"]\" at byte 31.");
    refuses_clip("{\"model\":{\"merges\":[", 20, STATUS_BAD_FORMAT,
                 "Expected a string in the tokenizer's file but it ends at byte 20.");
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
        "{\"normalizer\":{\"lowercase\":false,\"strip_accents\":null},\"x\":[{},1],\"model\":{\"type\":\"WordPiece\","
        "\"vocab\":"
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
    assert_int_equal(wordpiece_encode(wordpiece, text, WORDPIECE_MAX_TEXT_BYTES + 1, true, ids, 2, &n),
                     STATUS_BAD_ARGUMENT);
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

// ---- long texts: what is expected follows from how they are made. Most of these took minutes or hours while each
// layer of references was a pass over the whole text, marks were put in order one by one, and each merge looked at the
// whole word.

static CodePoints decoded(const char *text, size_t size) {
    CodePoints codes;
    if (code_points_decode(text, size, &codes)) fail_msg("%s", status_message());
    return codes;
}

// References within references, as ftfy itself resolves them.
static void test_layers_of_references(void **state) {
    (void)state;
    for (int i = 0; i < n_ftfy; i++) {
        const FixtureBytes line = ftfy_cases[i][0], fixed = ftfy_cases[i][1];
        CodePoints codes = decoded((const char *)line.data, line.size),
                   expected = decoded((const char *)fixed.data, fixed.size);
        assert_int_equal(ftfy_fix(&codes), STATUS_OK);
        if (codes.n != expected.n || (codes.n && memcmp(codes.at, expected.at, codes.n * sizeof *codes.at)))
            fail_msg("line %d, \"%.*s\": expected \"%.*s\"", i, (int)line.size, (const char *)line.data,
                     (int)fixed.size, (const char *)fixed.data);
        code_points_free(&codes);
        code_points_free(&expected);
    }
}

static Status fix_layers(void *text) {
    CodePoints codes;
    Status status = code_points_decode(text, strlen(text), &codes);
    if (!status) status = ftfy_fix(&codes);
    if (!status) code_points_free(&codes);
    return status;
}

static void test_failing_memory_in_layers(void **state) {
    (void)state;
    need_counted_memory();
    char text[4096] = "e&amp;#769;&amp;amp;#807;&amp;amp;amp;lt;&amp;amp;#xFB03;";
    for (int i = 0; i < 100; i++) strcat(text, "&amp;amp;#x1D160;"); // which becomes three characters
    strcat(text, "a");
    for (int i = 0; i < 50; i++) strcat(text, "&amp;amp;#769;&amp;amp;#790;");
    assert_true(fail_each_allocation(fix_layers, text) > 20);
}

enum { LONG_TEXT = CLIP_MAX_TEXT_BYTES };

// A text of about LONG_TEXT bytes: `begin`, then `layer` as often as there is room, then `end`.
static Bytes layered(const char *begin, const char *layer, const char *end) {
    Bytes text = {0};
    add(&text, begin);
    while (text.size + strlen(layer) + strlen(end) <= LONG_TEXT) add(&text, layer);
    add(&text, end);
    return text;
}

static void assert_fixed(Bytes text, const char *expected_text) {
    CodePoints codes = decoded(chars(&text), text.size), expected = decoded(expected_text, strlen(expected_text));
    assert_int_equal(ftfy_fix(&codes), STATUS_OK);
    assert_int_equal(codes.n, expected.n);
    assert_memory_equal(codes.at, expected.at, codes.n * sizeof *codes.at);
    code_points_free(&codes);
    code_points_free(&expected);
    bytes_free(&text);
}

static void test_many_layers(void **state) {
    (void)state;
    assert_fixed(layered("&", "amp;", "lt;"), "<");
    assert_fixed(layered("&", "#38;", "gt;"), ">");
    assert_fixed(layered("&", "#x26;AMP;", "zzz;"), "&zzz;");
    assert_fixed(layered("\xE3\x81\x8B&", "amp;", "#12441;"), "\xE3\x81\x8C"); // KA and the voiced mark are GA
    assert_fixed(layered("&", "amp;", "#13;\n"), "\n");
    // digits of references that are made of references: 50 is "2", 52 "4", 54 "6", 56 "8", 48 "0" again
    enum { LEVELS = 5 * (LONG_TEXT / 20 - 1) };
    Bytes nested = {0};
    for (int i = LEVELS - 1; i >= 0; i--) add(&nested, i % 5 == 4 ? "&#4" : "&#5");
    add(&nested, "0");
    for (int i = 0; i < LEVELS; i++) add(&nested, ";");
    assert_fixed(nested, "0");
}

// References of ever more layers, so that in each pass one is resolved and the others lose a layer.
static void test_layers_of_all_depths(void **state) {
    (void)state;
    Bytes text = {0};
    size_t n = 0;
    for (; text.size + 4 * n + 7 <= LONG_TEXT / 4; n++) {
        add(&text, "&");
        for (size_t i = 0; i < n; i++) add(&text, "amp;");
        add(&text, n % 2 ? "#233;" : "#769;");
    }
    CodePoints codes = decoded(chars(&text), text.size);
    assert_int_equal(ftfy_fix(&codes), STATUS_OK);
    assert_int_equal(codes.n, n);
    for (size_t i = 0; i < n; i++) assert_int_equal(codes.at[i], i % 2 ? 233 : 769);
    code_points_free(&codes);
    bytes_free(&text);
}

// Marks below and above in turn: all those below come first, then those above, of which the first joins the letter.
static void test_many_marks(void **state) {
    (void)state;
    Bytes text = layered("a", "\xCC\x81\xCC\x96", ""); // U+0301, U+0316
    CodePoints codes = decoded(chars(&text), text.size);
    const size_t n = (codes.n - 1) / 2;
    assert_int_equal(unicode_nfc(&codes), STATUS_OK);
    assert_int_equal(codes.n, 2 * n);
    assert_int_equal(codes.at[0], 0xE1);
    for (size_t i = 1; i < codes.n; i++) assert_int_equal(codes.at[i], i <= n ? 0x316 : 0x301);
    code_points_free(&codes);
    bytes_free(&text);
}

// Runs of marks of few classes and of all lengths about the one at which they are counted, against one mark at a time.
static void test_order_of_marks(void **state) {
    (void)state;
    static const int32_t marks[] = {0x334, 0x327, 0x316, 0x31B,
                                    0x32D, 0x345, 0x35C, 0x3099}; // none of which joins the "1"
    static const int classes[] = {1, 202, 220, 216, 220, 240, 233, 8};
    unsigned draw = 1;
    for (size_t n = 0; n < 70; n++) {
        CodePoints codes = {0};
        int expected[70];
        size_t kinds[70];
        assert_int_equal(code_points_push(&codes, '1'), STATUS_OK);
        for (size_t i = 0; i < n; i++) {
            draw = draw * 1103515245 + 12345;
            const size_t kind = (draw >> 16) % COUNT(marks);
            assert_int_equal(code_points_push(&codes, marks[kind]), STATUS_OK);
            size_t at = i;
            for (; at > 0 && classes[kinds[at - 1]] > classes[kind]; at--) kinds[at] = kinds[at - 1];
            kinds[at] = kind;
        }
        for (size_t i = 0; i < n; i++) expected[i] = marks[kinds[i]];
        assert_int_equal(unicode_nfc(&codes), STATUS_OK);
        assert_int_equal(codes.n, n + 1);
        for (size_t i = 0; i < n; i++) assert_int_equal(codes.at[i + 1], expected[i]);
        code_points_free(&codes);
    }
}

// Byte-pair encoding as OpenAI's program has it: all pairs of the lowest rank in one go, until there is none.
static size_t merge_plainly(const ClipMerges *merges, int32_t *symbols, size_t n) {
    for (;;) {
        int32_t lowest = CLIP_NO_MERGE;
        for (size_t i = 0; i + 1 < n; i++) {
            const int32_t rank = clip_merges_rank(merges, symbols[i], symbols[i + 1]);
            lowest = rank < lowest ? rank : lowest;
        }
        if (lowest == CLIP_NO_MERGE) return n;
        size_t kept = 0;
        for (size_t i = 0; i < n; kept++) {
            const bool is_merged = i + 1 < n && clip_merges_rank(merges, symbols[i], symbols[i + 1]) == lowest;
            symbols[kept] = is_merged ? CLIP_FIRST_MERGED + lowest : symbols[i];
            i += is_merged ? 2 : 1;
        }
        n = kept;
    }
}

static void test_merges_of_any_words(void **state) {
    (void)state;
    Bytes file = merges_file("#version: 0.2\n");
    ClipBpe *bpe = open_clip(&file);
    ClipMerges merges;
    assert_int_equal(clip_merges_read(chars(&file), file.size, &merges), STATUS_OK);
    unsigned draw = 1;
    size_t n_merged = 0;
    for (int round = 0; round < 400; round++) {
        enum { MAX = 180 };
        char word[MAX];
        int32_t symbols[MAX], ids[CLIP_MAX_TOKENS];
        const size_t n = 1 + (size_t)round % MAX;
        for (size_t i = 0; i < n; i++) {
            draw = draw * 1103515245 + 12345;
            word[i] = round % 3 ? "etaoinshrdlucmgaeiou"[(draw >> 16) % 20] : "aaooohh"[(draw >> 16) % 7];
            symbols[i] = merges.byte_ids[(unsigned char)word[i]];
        }
        symbols[n - 1] += CLIP_N_BYTES;
        const size_t n_expected = merge_plainly(&merges, symbols, n);
        int n_ids;
        assert_int_equal(clip_bpe_encode(bpe, word, n, CLIP_AS_HUGGING_FACE, true, ids, &n_ids), STATUS_OK);
        const size_t n_shown = n_expected < CLIP_MAX_TOKENS - 2 ? n_expected : CLIP_MAX_TOKENS - 2;
        assert_int_equal(n_ids, n_shown + 2);
        for (size_t i = 0; i < n_shown; i++) assert_int_equal(ids[i + 1], symbols[i]);
        n_merged += n - n_expected;
    }
    assert_true(n_merged > 5000);
    clip_merges_free(&merges);
    clip_bpe_free(bpe);
    bytes_free(&file);
}

// A word of a million letters in no order, and as many names that are none.
static void test_long_words_and_names(void **state) {
    (void)state;
    Bytes file = merges_file("#version: 0.2\n"), word = {0}, names = layered("", "&z", "");
    ClipBpe *bpe = open_clip(&file);
    int32_t ids[CLIP_MAX_TOKENS];
    int n_ids;
    unsigned draw = 1;
    for (int i = 0; i < LONG_TEXT; i++) {
        draw = draw * 1103515245 + 12345;
        const char letter = (char)('a' + (draw >> 16) % 26);
        if (bytes_append(&word, &letter, 1)) fail_msg("%s", status_message());
    }
    assert_int_equal(clip_bpe_encode(bpe, chars(&word), word.size, CLIP_AS_HUGGING_FACE, true, ids, &n_ids), STATUS_OK);
    assert_int_equal(n_ids, CLIP_MAX_TOKENS);
    assert_int_equal(clip_bpe_encode(bpe, chars(&names), names.size, CLIP_AS_OPENAI, true, ids, &n_ids), STATUS_OK);
    assert_int_equal(n_ids, CLIP_MAX_TOKENS);
    clip_bpe_free(bpe);
    bytes_free(&file);
    bytes_free(&word);
    bytes_free(&names);
}

int main(int argc, char **argv) {
    load_fixtures();
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
        cmocka_unit_test(test_layers_of_references),
        cmocka_unit_test(test_failing_memory_in_layers),
        cmocka_unit_test(test_many_layers),
        cmocka_unit_test(test_layers_of_all_depths),
        cmocka_unit_test(test_many_marks),
        cmocka_unit_test(test_order_of_marks),
        cmocka_unit_test(test_merges_of_any_words),
        cmocka_unit_test(test_long_words_and_names),
    };
    return RUN_TESTS("text", argc, argv, tests);
}
