// Pictures and texts to vectors, step by step: what the steps are, what does not fit, memory that fails. What the
// vectors should be is for tests/nets/clip_test.c and tests/js/embed.test.mjs.
#include <math.h>

#include "core/bytes.h"
#include "core/parallel.h"
#include "failing_memory.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "pipeline/embed_image.h"
#include "pipeline/embed_text.h"

enum { DIM = 40, N_LAYERS = 2 };

static Net load_vision(void) { return load_net(&clip_vision, read_golden("clip/image.safetensors"), false); }

// With as many words as the tokenizer has, or with the few that the file has.
static Net load_text(bool has_all_words) {
    const Edit all = {.lengthen = "text_model.embeddings.token_embedding.weight", .n_rows = CLIP_N_TOKENS};
    return load_net(&clip_text, edited_golden("clip/text.safetensors", has_all_words ? all : (Edit){0}), false);
}

// A tokenizer that knows single bytes only: all merges are of bytes that no text in UTF-8 has (0xF8 to 0xFF).
static Tokenizer *load_bytes(void) {
    Bytes file = {0};
    assert_int_equal(bytes_append(&file, "#version: 0.2\n", 14), STATUS_OK);
    for (int i = 0; i < CLIP_N_MERGES; i++) {
        const int n_left = i < 64 ? 1 : i < 64 + 4096 ? 2 : 4, n_right = i < 64 ? 1 : 2;
        const int number = i < 64 ? i : i < 64 + 4096 ? i - 64 : i - 64 - 4096;
        char line[32], *to = line;
        for (int digit = n_left + n_right - 1; digit >= 0; digit--) {
            *to++ = '\xC3';
            *to++ = (char)(0xB8 + (number >> 3 * digit & 7));
            if (digit == n_right) *to++ = ' ';
        }
        *to++ = '\n';
        assert_int_equal(bytes_append(&file, line, (size_t)(to - line)), STATUS_OK);
    }
    Tokenizer *bpe;
    assert_int_equal(tokenizer_create(NETWORK_CLIP_BPE, (const char *)file.data, file.size, &bpe), STATUS_OK);
    bytes_free(&file);
    return bpe;
}

static Image make_picture(int width, int height) {
    Image image;
    assert_int_equal(image_create(width, height, 3, &image), STATUS_OK);
    for (size_t i = 0; i < (size_t)height * image_row_bytes(&image); i++) image.pixels[i] = (uint8_t)(i * 37 + i / 91);
    return image;
}

static double length_of(const float *vector) {
    double sum = 0;
    for (int i = 0; i < DIM; i++) sum += (double)vector[i] * vector[i];
    return sqrt(sum);
}

static const EmbedImageOptions unit_image = {.outputs = 1, .normalise = true};

static void test_steps_of_a_picture(void **state) {
    (void)state;
    Net vision = load_vision();
    Image image = make_picture(50, 37);
    EmbedImage *task;
    assert_int_equal(embed_image_begin(vision, &image, unit_image, &task), STATUS_OK);
    assert_int_equal(embed_image_total(task), 1 + N_LAYERS);
    for (int i = 0; i < 1 + N_LAYERS; i++) {
        assert_int_equal(embed_image_done(task), i);
        assert_int_equal(embed_image_step(task), STATUS_OK);
    }
    assert_float_equal(length_of(embed_image_output(task, 0)), 1, 1e-6);
    assert_int_equal(embed_image_step(task), STATUS_BAD_ARGUMENT);
    embed_image_end(task);
    assert_int_equal(embed_image_begin(vision, &image, unit_image, &task), STATUS_OK);
    assert_int_equal(embed_image_step(task), STATUS_OK);
    embed_image_end(task); // unfinished
    embed_image_end(NULL);
    image_free(&image);
    free_net(vision);
}

static const EmbedTextOptions plain = {.tokens = {CLIP_AS_HUGGING_FACE, .truncate = true}};

static Status embed(Net net, const Tokenizer *tokenizer, const char *texts, const int *sizes, int n,
                    EmbedTextOptions options, float *vectors, int *n_steps) {
    EmbedText *task;
    Status status = embed_text_begin(net, tokenizer, texts, sizes, n, options, &task);
    if (status) return status;
    *n_steps = embed_text_total(task);
    for (int i = 0; i < *n_steps && !status; i++) {
        assert_int_equal(embed_text_done(task), i);
        status = embed_text_step(task);
    }
    if (!status) {
        memcpy(vectors, embed_text_vectors(task), (size_t)n * DIM * sizeof *vectors);
        assert_int_equal(embed_text_step(task), STATUS_BAD_ARGUMENT);
    }
    embed_text_end(task);
    return status;
}

// 12 texts of 77 tokens are two groups of 6; the vectors of equal texts are equal, wherever they stand.
static void test_steps_of_texts(void **state) {
    (void)state;
    enum { N = 12, SIZE = 90 };
    Net text = load_text(true);
    Tokenizer *bpe = load_bytes();
    static char texts[N * SIZE + 1];
    int sizes[N], n_steps;
    static float vectors[N * DIM], alone[DIM];
    for (int i = 0; i < N; i++) {
        for (int c = 0; c < SIZE; c++) texts[i * SIZE + c] = (char)('a' + (i % 5 * 7 + c) % 26);
        sizes[i] = SIZE;
    }
    assert_int_equal(embed(text, bpe, texts, sizes, N, plain, vectors, &n_steps), STATUS_OK);
    assert_int_equal(n_steps, 2 * N_LAYERS);
    for (int i = 0; i < N; i++) {
        assert_int_equal(embed(text, bpe, texts + i * SIZE, sizes, 1, plain, alone, &n_steps), STATUS_OK);
        assert_memory_equal(alone, vectors + i * DIM, sizeof alone);
    }
    assert_memory_not_equal(vectors, vectors + DIM, sizeof alone);
    const EmbedTextOptions unit = {.tokens = {.truncate = true}, .normalise = true};
    assert_int_equal(embed(text, bpe, "a", (const int[]){1}, 1, unit, alone, &n_steps), STATUS_OK);
    assert_float_equal(length_of(alone), 1, 1e-6);
    const EmbedTextOptions strict = {0};
    assert_int_equal(embed(text, bpe, texts, sizes, 1, strict, alone, &n_steps), STATUS_BAD_ARGUMENT);
    tokenizer_free(bpe);
    free_net(text);
}

// What stands behind an end token that the text itself writes changes nothing, as in the original, which reads the
// first.
static void test_end_token_in_a_text(void **state) {
    (void)state;
    Net text = load_text(true);
    Tokenizer *bpe = load_bytes();
    const char *texts[] = {"ab<|endoftext|>cd", "ab<|endoftext|>", "ab"};
    float vectors[3][DIM];
    int n_steps;
    for (int i = 0; i < 3; i++) {
        const int size = (int)strlen(texts[i]);
        assert_int_equal(embed(text, bpe, texts[i], &size, 1, plain, vectors[i], &n_steps), STATUS_OK);
    }
    assert_memory_equal(vectors[0], vectors[2], sizeof vectors[0]);
    assert_memory_equal(vectors[1], vectors[2], sizeof vectors[0]);
    tokenizer_free(bpe);
    free_net(text);
}

static void test_another_vocabulary(void **state) {
    (void)state;
    Net text = load_text(false);
    Tokenizer *bpe = load_bytes();
    EmbedText *task;
    assert_int_equal(embed_text_begin(text, bpe, "a", (const int[]){1}, 1, plain, &task), STATUS_UNSUPPORTED);
    assert_non_null(strstr(status_message(), "642"));
    tokenizer_free(bpe);
    free_net(text);
}

// ---- DistilBERT

static Net load_bert(Edit edit) {
    return load_net(&distilbert, edited_golden("acgvoc2vec/model.safetensors", edit), false);
}

static Tokenizer *load_pieces(void) {
    File file = read_golden("acgvoc2vec/tokenizer.json");
    Tokenizer *pieces;
    assert_int_equal(tokenizer_create(NETWORK_WORDPIECE, file.data, file.size, &pieces), STATUS_OK);
    free(file.data);
    return pieces;
}

// 40 texts of 32 tokens (the network's most) are three groups of at most 16; longer ones are cut, or refused.
static void test_distilbert(void **state) {
    (void)state;
    enum { N = 40, SIZE = 60 };
    Net bert = load_bert((Edit){0});
    Tokenizer *pieces = load_pieces();
    static char texts[N * SIZE + 1];
    static float vectors[N * DIM], alone[DIM];
    int sizes[N], n_steps;
    for (int i = 0; i < N; i++) {
        for (int c = 0; c < SIZE; c++) texts[i * SIZE + c] = (char)(c % 2 ? ' ' : 'a' + (i % 5 * 7 + c) % 26);
        sizes[i] = SIZE;
    }
    assert_int_equal(embed(bert, pieces, texts, sizes, N, plain, vectors, &n_steps), STATUS_OK);
    assert_int_equal(n_steps, 3 * N_LAYERS);
    for (int i = 0; i < N; i++) {
        assert_int_equal(embed(bert, pieces, texts + i * SIZE, sizes, 1, plain, alone, &n_steps), STATUS_OK);
        assert_memory_equal(alone, vectors + i * DIM, sizeof alone);
    }
    assert_memory_not_equal(vectors, vectors + DIM, sizeof alone);
    const EmbedTextOptions strict = {0};
    assert_int_equal(embed(bert, pieces, texts, sizes, 1, strict, alone, &n_steps), STATUS_OK);
    const int longer = SIZE + 2;
    assert_int_equal(embed(bert, pieces, texts, &longer, 1, strict, alone, &n_steps), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(status_message(), "30 tokens"));
    assert_int_equal(embed(bert, pieces, texts, &longer, 1, plain, alone, &n_steps), STATUS_OK);
    assert_memory_equal(alone, vectors, sizeof alone);
    tokenizer_free(pieces);
    free_net(bert);
}

static void test_distilbert_with_fewer_words(void **state) {
    (void)state;
    static const char words[] = "[UNK]\n[CLS]\n[SEP]\n";
    Bytes file = {0};
    for (int i = 0; i < 193; i++) {
        char line[16];
        snprintf(line, sizeof line, "w%d\n", i);
        assert_int_equal(bytes_append(&file, i ? line : words, strlen(i ? line : words)), STATUS_OK);
    }
    Net bert = load_bert((Edit){0});
    EmbedText *task;
    Tokenizer *pieces;
    assert_int_equal(tokenizer_create(NETWORK_WORDPIECE, (const char *)file.data, file.size, &pieces), STATUS_OK);
    assert_int_equal(embed_text_begin(bert, pieces, "a", (const int[]){1}, 1, plain, &task), STATUS_UNSUPPORTED);
    assert_non_null(strstr(status_message(), "up to 194, but found one for 193"));
    tokenizer_free(pieces);
    free_net(bert);
    bytes_free(&file);
}

static Status embed_picture(Net vision, const Image *image) {
    EmbedImage *task;
    Status status = embed_image_begin(vision, image, (EmbedImageOptions){.outputs = 1}, &task);
    if (status) return status;
    while (!status && embed_image_done(task) < embed_image_total(task)) status = embed_image_step(task);
    embed_image_end(task);
    return status;
}

static void test_step_after_a_failure(void **state) {
    (void)state;
    need_counted_memory();
    Net vision = load_vision();
    Image image = make_picture(61, 40);
    EmbedImage *task;
    assert_int_equal(embed_image_begin(vision, &image, unit_image, &task), STATUS_OK);
    count_memory(0);
    assert_int_equal(embed_image_step(task), STATUS_NO_MEMORY);
    count_memory(-1);
    assert_int_equal(embed_image_done(task), 0);
    while (embed_image_done(task) < embed_image_total(task)) assert_int_equal(embed_image_step(task), STATUS_OK);
    assert_float_equal(length_of(embed_image_output(task, 0)), 1, 1e-6);
    embed_image_end(task);
    image_free(&image);
    free_net(vision);
}

// (Leaks are for the sanitizer to find: arenas come from aligned_alloc, which is not counted.)
static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    Net vision = load_vision();
    Net text = load_text(true);
    Tokenizer *bpe = load_bytes();
    const int sizes[] = {3, 4};
    float vectors[2 * DIM];
    int n_steps, n_failures = 0;
    for (long i = 0, failed = 1; failed; i++) {
        Image image = make_picture(61, 40);
        count_memory(i);
        const Status picture = embed_picture(vision, &image);
        count_memory(i);
        const Status texts = embed(text, bpe, "one text", sizes, 2, plain, vectors, &n_steps);
        count_memory(-1);
        assert_true(!picture || picture == STATUS_NO_MEMORY);
        assert_true(!texts || texts == STATUS_NO_MEMORY);
        failed = picture || texts;
        n_failures += failed;
        image_free(&image);
    }
    assert_true(n_failures > 5);
    tokenizer_free(bpe);
    free_net(text);
    free_net(vision);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_of_a_picture),   cmocka_unit_test(test_steps_of_texts),
        cmocka_unit_test(test_end_token_in_a_text),  cmocka_unit_test(test_another_vocabulary),
        cmocka_unit_test(test_distilbert),           cmocka_unit_test(test_distilbert_with_fewer_words),
        cmocka_unit_test(test_step_after_a_failure), cmocka_unit_test(test_failing_memory),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("embed", argc, argv, tests);
}
