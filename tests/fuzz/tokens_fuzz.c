// Texts to the ids of CLIP, cleaned in both ways, and of BERT.
#include "fuzz.h"
#include "text/clip_bpe.h"
#include "text/wordpiece.h"
#include "texts.h"

enum { MAX_IDS = 64 };

static ClipBpe *bpe; // both are made once
static WordPiece *pieces;

static void make(void) {
    Bytes file = texts_merges();
    if (clip_bpe_create((const char *)file.data, file.size, &bpe)) abort();
    bytes_free(&file);
    file = texts_pieces();
    if (wordpiece_create((const char *)file.data, file.size, &pieces)) abort();
    bytes_free(&file);
}

static void check_status(Status status, bool truncate) {
    if (truncate)
        MUST_WORK(status);
    else
        MUST(!status || status == STATUS_NO_MEMORY || status == STATUS_BAD_ARGUMENT);
}

static void encode_clip(const char *text, size_t size, unsigned way) {
    int32_t ids[CLIP_MAX_TOKENS];
    int n;
    const bool truncate = way >> 1 & 1;
    const Status status =
        clip_bpe_encode(bpe, text, size, way >> 2 & 1 ? CLIP_AS_OPENAI : CLIP_AS_HUGGING_FACE, truncate, ids, &n);
    check_status(status, truncate);
    if (status) return;
    MUST(n >= 2 && n <= CLIP_MAX_TOKENS && ids[0] == CLIP_START && ids[n - 1] == CLIP_END);
    for (int i = 0; i < n; i++) MUST(ids[i] >= 0 && ids[i] < CLIP_N_TOKENS);
}

static void encode_bert(const char *text, size_t size, unsigned way) {
    int32_t ids[MAX_IDS];
    int n;
    const int max_ids = way >> 3 & 1 ? MAX_IDS : 2 + (int)(way >> 4);
    const bool truncate = way >> 1 & 1;
    const Status status = wordpiece_encode(pieces, text, size, truncate, ids, max_ids, &n);
    check_status(status, truncate);
    if (status) return;
    MUST(n >= 2 && n <= max_ids);
    for (int i = 0; i < n; i++) MUST(ids[i] >= 0 && ids[i] <= wordpiece_largest_id(pieces));
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    Draw draw = draw_from(bytes, size);
    const unsigned way = draw_byte(&draw);
    size_t n;
    char *text = texts_draw(&draw, &n);
    if (!bpe) make();
    if (way & 1)
        encode_clip(text, n, way);
    else
        encode_bert(text, n, way);
    free(text);
}
