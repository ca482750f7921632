// Networks from safetensors files, each kind: opened from a file of its own or another's kind, with sizes, dtypes,
// metadata and weights as the input says, and run on a picture or a text if it opens.
#include "api/acg.h"
#include "api/acg_embed.h"
#include "model_file.h"
#include "texts.h"

enum { N_FILES = 11, MAX_FED = 1 << 21, MAX_RUN = 1 << 19, MAX_DIM = 1 << 16, MAX_TOKENS = 1 << 11, MAX_SIDE = 128 };

static const struct {
    const char *path;
    const char *network;
} files[N_FILES + 1] = {
    {"clip/image.safetensors", "clip_vision"},
    {"clip/image_i8.safetensors", "clip_vision"},
    {"clip/text.safetensors", "clip_text"},
    {"pix2score/model.safetensors", "resnet_v2"},
    {"pix2score/model_i8.safetensors", "resnet_v2"},
    {"deepdanbooru/model.safetensors", "deepdanbooru"},
    {"deepdanbooru/model_i8.safetensors", "deepdanbooru"},
    {"illust2vec/model.safetensors", "deepdanbooru"},
    {"acgvoc2vec/model.safetensors", "distilbert"},
    {"acgvoc2vec/model_i8.safetensors", "distilbert"},
    {"wd-vit/model.safetensors", "vit_tagger"},
    {NULL, "deepdanbooru"}, // made here
};

// The smallest of DeepDanbooru's kind, of one block: with it, widths that others multiply by much can be tried.
static void make_smallest(ModelFile *file) {
    static const struct {
        const char *name;
        size_t dims[4];
    } layers[] = {{"stem", {1, 3, 7, 7}},
                  {"stages.0.0.conv1", {1, 1, 1, 1}},
                  {"stages.0.0.conv2", {1, 1, 3, 3}},
                  {"stages.0.0.conv3", {2, 1, 1, 1}},
                  {"stages.0.0.shortcut", {2, 1, 1, 1}}};
    char name[64];
    for (size_t i = 0; i < 2 * sizeof layers / sizeof *layers; i++) {
        ModelTensor *tensor = &file->tensors[file->n++];
        tensor->spec = (TensorSpec){.dtype = DTYPE_F16, .n_dims = i % 2 ? 1 : 4};
        memcpy(tensor->spec.dims, layers[i / 2].dims, sizeof layers[i / 2].dims);
        snprintf(name, sizeof name, "%s.%s", layers[i / 2].name, i % 2 ? "bias" : "weight");
        tensor->name = strdup(name);
        tensor->fill = 0x2e662e66; // 0.1
    }
    model_file_set_text(file, "input_side", "8");
    model_file_set_text(file, "style_blocks", "0");
    model_file_set_text(file, "feature_block", "1");
}

static const ModelFile *original(int i) {
    static ModelFile *models[N_FILES + 1];
    char path[4096];
    if (models[i]) return models[i];
    if (acg_init(1)) abort();
    models[i] = calloc(1, sizeof *models[i]);
    snprintf(path, sizeof path, "%s/%s", GOLDEN_FOLDER, files[i].path ? files[i].path : "");
    if (files[i].path)
        model_file_read(path, models[i]);
    else
        make_smallest(models[i]);
    return models[i];
}

// Gives all of `bytes`, as much at once as is wanted.
static int feed(AcgModel *model, const uint8_t *bytes, size_t size) {
    while (size) {
        const size_t wanted = acg_model_want_size(model), n = wanted && wanted < size ? wanted : size;
        if (wanted) memcpy(acg_model_want(model), bytes, n);
        if (acg_model_took(model, n)) return 1;
        bytes += n;
        size -= n;
    }
    return 0;
}

static int feed_tensor(AcgModel *model, const ModelTensor *tensor, size_t *fed) {
    uint8_t part[4096];
    for (size_t at = 0, n; at < tensor->spec.bytes; at += n) {
        n = tensor->spec.bytes - at < sizeof part ? tensor->spec.bytes - at : sizeof part;
        if ((*fed += n) > MAX_FED) return 1;
        model_file_data(tensor, at, part, n);
        if (feed(model, part, n)) return 1;
    }
    return 0;
}

static bool load(AcgModel *model, const ModelFile *file) {
    Bytes header = model_file_header(file);
    size_t fed = 0;
    int failed = feed(model, header.data, header.size);
    bytes_free(&header);
    for (int i = 0; i < file->n && !failed; i++) {
        if (file->tensors[i].name) failed = feed_tensor(model, &file->tensors[i], &fed);
    }
    return !failed && !acg_model_finish(model);
}

// Whether its layers are small enough to be run.
static bool is_small(const ModelFile *file, const char *network) {
    const bool has_side = !strcmp(network, "resnet_v2") || !strcmp(network, "deepdanbooru");
    const size_t most = has_side ? MAX_DIM : MAX_TOKENS;
    size_t bytes = 0;
    for (int i = 0; i < file->n; i++) {
        const TensorSpec *spec = &file->tensors[i].spec;
        bytes += spec->bytes;
        for (int k = 0; k < spec->n_dims; k++) {
            if (spec->dims[k] > most) return false;
        }
    }
    const int side = atoi(model_file_text(file, "input_side"));
    return bytes <= MAX_RUN && (!has_side || (side > 0 && side <= MAX_SIDE));
}

static void run(AcgEmbed *task, const AcgModel *model, int n) {
    if (!task) return;
    while (acg_embed_done(task) < acg_embed_total(task)) {
        if (acg_embed_step(task)) break;
    }
    const bool is_done = acg_embed_done(task) == acg_embed_total(task);
    for (int i = 0; is_done && i < acg_model_n_outputs(model); i++) {
        const float *output = acg_embed_output(task, i);
        if (output) read_all(output, (size_t)n * (size_t)acg_model_output_dim(model, i) * sizeof *output);
    }
    acg_embed_end(task);
}

static void embed_picture(const AcgModel *model, bool runs, Draw *draw) {
    static const uint8_t pixels[6 * 5 * 4] = {10, 200, 30, 255, 0, 255};
    AcgImage *image = acg_image_rgb_from_pixels(pixels, 6, 5, 4);
    const int drawn = draw_any_int(draw), fit = draw_byte(draw) & 1, normalise = draw_byte(draw) & 1;
    if (!image) return;
    int outputs = 0; // all that it has, or what was drawn
    for (int i = 0; i < acg_model_n_outputs(model); i++) outputs |= acg_model_output_dim(model, i) > 0 ? 1 << i : 0;
    AcgEmbed *task = acg_embed_image(model, image, drawn ? drawn : outputs, fit, normalise);
    if (runs)
        run(task, model, 1);
    else
        acg_embed_end(task);
    acg_image_free(image);
}

static void embed_texts(AcgModel *model, const char *network, Draw *draw) {
    static const char texts[] = "a girl's hatthe girl";
    static const int32_t sizes[] = {12, 8, 0};
    static Bytes words[2];
    const bool is_clip = !strcmp(network, "clip_text");
    const Bytes *file = &words[is_clip];
    if (!file->size) words[is_clip] = is_clip ? texts_merges() : texts_pieces();
    if (acg_model_beside(model, (const char *)file->data, file->size)) return;
    const int n = draw_int(draw, 0, 3), clean = draw_byte(draw) % 3, truncate = draw_byte(draw) & 1;
    const AcgTextOptions options = {clean, truncate, draw_byte(draw) & 1};
    run(acg_embed_texts(model, texts, sizes, n, &options), model, n);
}

static void use(AcgModel *model, const char *network, const ModelFile *file, Draw *draw) {
    for (int i = 0; i < acg_model_n_outputs(model); i++) {
        MUST(acg_model_output_name(model, i));
        MUST(acg_model_output_dim(model, i) >= 0);
    }
    (void)acg_model_logit_factor(model);
    if (strcmp(network, "clip_text") != 0 && strcmp(network, "distilbert") != 0)
        embed_picture(model, is_small(file, network), draw);
    else if (is_small(file, network))
        embed_texts(model, network, draw);
}

static const char *const networks[] = {"clip_vision",  "clip_text",  "resnet_v2",
                                       "deepdanbooru", "distilbert", "vit_tagger"};
enum { N_NETWORKS = sizeof networks / sizeof *networks };

void fuzz_one(const uint8_t *bytes, size_t size) {
    static ModelFile file;
    Draw draw = draw_from(bytes, size);
    const int which = draw_byte(&draw) % (N_FILES + 1), other = draw_byte(&draw), n_changes = draw_int(&draw, 0, 15);
    const char *network = other < 240 ? files[which].network : networks[(other - 240) % N_NETWORKS];
    file = *original(which);
    if (!model_file_change(&file, &draw, n_changes)) return;
    AcgModel *model = acg_model_open(network);
    if (!model) return;
    if (other & 1) MUST(!acg_model_hash(model));
    if (load(model, &file)) use(model, network, &file, &draw);
    if (other & 1) MUST(acg_model_sha256(model));
    acg_model_close(model);
}
