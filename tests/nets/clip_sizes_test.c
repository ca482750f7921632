// CLIPs with the patches, pictures and positions of ViT-B/32, B/16, L/14 and L/14@336, in both activations, against
// what PyTorch computed (clip_sizes_golden.h). Their weights follow from a formula: see make_clip_sizes_golden.py.
#include <math.h>

#include "core/parallel.h"
#include "nets/clip_sizes_golden.h"
#include "nets/load_networks.h"

enum { VOCABULARY = 90, PROJECTION = 24, MLP = 48, MAX_BODY = 2 << 20, MAX_HEADER = 1 << 16 };

typedef struct Size {
    const char *name;
    int patch, side, vision, text; // side of the picture; hidden sizes
    const char *activation;        // in the metadata; NULL: the file has none, as OpenAI's
    const GoldenLayer *image_layers, *text_layers;
} Size;

static const Size sizes[] = {
    {"ViT-B/32", 32, 224, 128, 64, NULL, CLIP_SIZES_B32_IMAGE, CLIP_SIZES_B32_TEXT},
    {"ViT-B/16", 16, 224, 128, 64, "gelu", CLIP_SIZES_B16_IMAGE, CLIP_SIZES_B16_TEXT},
    {"ViT-L/14", 14, 224, 192, 128, "quick_gelu", CLIP_SIZES_L14_IMAGE, CLIP_SIZES_L14_TEXT},
    {"ViT-L/14@336", 14, 336, 192, 128, NULL, CLIP_SIZES_L14_336_IMAGE, CLIP_SIZES_L14_336_TEXT},
};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

// ---- the weights

typedef struct Builder {
    char *header;
    float *body;
    size_t n; // values
} Builder;

static uint32_t fnv(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

static float noise(uint32_t seed, uint32_t i) {
    uint32_t h = i * 2654435761u + seed;
    h ^= h >> 15;
    h *= 2246822519u;
    h ^= h >> 13;
    return (float)(h >> 8) / 8388608 - 1;
}

static void add(Builder *builder, const char *name, int n_dims, const int *dims) {
    char shape[64] = "";
    size_t n = 1;
    for (int i = 0; i < n_dims; i++) {
        n *= (size_t)dims[i];
        sprintf(shape + strlen(shape), "%s%d", i ? "," : "", dims[i]);
    }
    const bool is_norm = strstr(name, "norm") && strstr(name, "weight"), is_bias = strstr(name, "bias") != NULL;
    const bool is_table = strstr(name, "embedding") && !strstr(name, "patch");
    const float factor = is_norm || is_bias ? 0.2f : is_table ? 0.5f : (float)(2 / sqrt((double)(n / (size_t)dims[0])));
    assert_true(builder->n + n <= MAX_BODY);
    for (size_t i = 0; i < n; i++)
        builder->body[builder->n + i] = factor * noise(fnv(name), (uint32_t)i) + (is_norm ? 1 : 0);
    sprintf(builder->header + strlen(builder->header),
            ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}", name, shape, builder->n * 4,
            (builder->n + n) * 4);
    builder->n += n;
}

static void add_pair(Builder *builder, const char *layers, const char *part, int out, int in) {
    char name[128];
    sprintf(name, "%s%s.weight", layers, part);
    add(builder, name, in ? 2 : 1, (const int[]){out, in});
    sprintf(name, "%s%s.bias", layers, part);
    add(builder, name, 1, &out);
}

static void add_block(Builder *builder, const char *layers, int hidden) {
    static const char *const square[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                         "self_attn.out_proj"};
    for (int i = 0; i < 4; i++) add_pair(builder, layers, square[i], hidden, hidden);
    add_pair(builder, layers, "layer_norm1", hidden, 0);
    add_pair(builder, layers, "layer_norm2", hidden, 0);
    add_pair(builder, layers, "mlp.fc1", MLP, hidden);
    add_pair(builder, layers, "mlp.fc2", hidden, MLP);
}

static void add_vision(Builder *builder, const Size *size) {
    const int hidden = size->vision, grid = size->side / size->patch;
    add(builder, "vision_model.embeddings.class_embedding", 1, &hidden);
    add(builder, "vision_model.embeddings.patch_embedding.weight", 4,
        (const int[]){hidden, 3, size->patch, size->patch});
    add(builder, "vision_model.embeddings.position_embedding.weight", 2, (const int[]){1 + grid * grid, hidden});
    add_pair(builder, "", "vision_model.pre_layrnorm", hidden, 0);
    add_pair(builder, "", "vision_model.post_layernorm", hidden, 0);
    add_block(builder, "vision_model.encoder.layers.0.", hidden);
    add(builder, "visual_projection.weight", 2, (const int[]){PROJECTION, hidden});
}

static void add_text(Builder *builder, const Size *size) {
    const int hidden = size->text;
    add(builder, "text_model.embeddings.token_embedding.weight", 2, (const int[]){VOCABULARY, hidden});
    add(builder, "text_model.embeddings.position_embedding.weight", 2, (const int[]){77, hidden});
    add_pair(builder, "", "text_model.final_layer_norm", hidden, 0);
    add_block(builder, "text_model.encoder.layers.0.", hidden);
    add(builder, "text_projection.weight", 2, (const int[]){PROJECTION, hidden});
}

// Both halves in one file, as it is published: each network takes what is its own.
static File make_file(const Size *size) {
    Builder builder = {calloc(1, MAX_HEADER), malloc(MAX_BODY * sizeof(float)), 0};
    sprintf(builder.header, "{\"__metadata__\":{\"format\":\"pt\"");
    for (int i = 0; i < 2 && size->activation; i++)
        sprintf(builder.header + strlen(builder.header), ",\"%s_config.hidden_act\":\"%s\"", i ? "text" : "vision",
                size->activation);
    strcat(builder.header, "}");
    add_vision(&builder, size);
    add_text(&builder, size);
    strcat(builder.header, "}");
    const uint64_t header = strlen(builder.header);
    File file = {malloc(8 + header + builder.n * 4), 8 + header + builder.n * 4};
    memcpy(file.data, &header, 8);
    memcpy(file.data + 8, builder.header, header);
    memcpy(file.data + 8 + header, builder.body, builder.n * 4);
    free(builder.header);
    free(builder.body);
    return file;
}

// ---- against PyTorch

static void compare_vision(const Size *size) {
    GoldenCheck check = {.layers = size->image_layers, .n_layers = 3, .tolerance = 1e-5};
    float vector[PROJECTION];
    const int side = size->side;
    float *pixels = malloc((size_t)side * (size_t)side * 3 * sizeof *pixels);
    for (int i = 0; i < side * side * 3; i++) pixels[i] = (golden_input(i / 3 / side, i / 3 % side, i % 3) - 0.5f) * 4;
    Net vision = load_net(&clip_vision, make_file(size), false);
    assert_int_equal(sizes_of(vision).side, side);
    assert_int_equal(dim_of(vision, 0), PROJECTION);
    tap_net(vision, check_golden, &check);
    run_net(vision, (NetworkRun){.pixels = pixels, .outputs = {vector}});
    check_golden(&check, "out", (Tensor){vector, 1, 1, PROJECTION});
    check_golden_end(&check);
    free(pixels);
    free_net(vision);
}

static void compare_text(const Size *size) {
    GoldenCheck check = {.layers = size->text_layers, .n_layers = 1, .tolerance = 1e-5};
    float vectors[CLIP_SIZES_N_TEXTS * PROJECTION];
    Net text = load_net(&clip_text, make_file(size), false);
    assert_int_equal(sizes_of(text).max_tokens, 77);
    run_net(
        text,
        (NetworkRun){
            .n_texts = CLIP_SIZES_N_TEXTS, .lengths = CLIP_SIZES_LENGTHS, .ids = CLIP_SIZES_IDS, .outputs = {vectors}});
    check_golden(&check, "out", (Tensor){vectors, CLIP_SIZES_N_TEXTS, 1, PROJECTION});
    check_golden_end(&check);
    free_net(text);
}

static void test_pictures(void **state) {
    (void)state;
    for (int i = 0; i < N_SIZES; i++) compare_vision(&sizes[i]);
}

static void test_texts(void **state) {
    (void)state;
    for (int i = 0; i < N_SIZES; i++) compare_text(&sizes[i]);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pictures), cmocka_unit_test(test_texts)};
    if (parallel_start(2)) return 1;
    return RUN_TESTS("clip_sizes", argc, argv, tests);
}
