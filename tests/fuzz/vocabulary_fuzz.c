// The files of tokenizers: CLIP's merges (also the list of full length, changed at some places) and BERT's word pieces.
#include "fuzz.h"
#include "text/clip_bpe.h"
#include "text/wordpiece.h"
#include "texts.h"

static void read_pieces(const char *file, size_t size) {
    WordPiece *pieces;
    int32_t ids[8];
    int n;
    if (wordpiece_create(file, size, &pieces)) return;
    MUST_WORK(wordpiece_encode(pieces, "The girl's un##a \xE5\x88\x9D", 18, true, ids, 8, &n));
    wordpiece_free(pieces);
}

static void read_merges(const char *file, size_t size) {
    ClipBpe *bpe;
    int32_t ids[CLIP_MAX_TOKENS];
    int n;
    if (clip_bpe_create(file, size, &bpe)) return;
    MUST_WORK(clip_bpe_encode(bpe, "The girl's un##a \xE5\x88\x9D", 18, CLIP_AS_OPENAI, true, ids, &n));
    clip_bpe_free(bpe);
}

// The input as changes of a whole list: where, how many bytes, which.
static void read_changed_merges(Draw *draw) {
    static Bytes whole;
    if (!whole.size) whole = texts_merges();
    char *file = malloc(whole.size);
    if (!file) abort();
    memcpy(file, whole.data, whole.size);
    while (draw->left) {
        const size_t at = (size_t)draw_bits(draw, 3) % whole.size;
        const Draw part = draw_part(draw, draw_byte(draw));
        memcpy(file + at, part.at, part.left < whole.size - at ? part.left : whole.size - at);
    }
    read_merges(file, whole.size);
    free(file);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    Draw draw = draw_from(bytes, size);
    const unsigned way = draw_byte(&draw);
    if (way == '#') {
        read_changed_merges(&draw);
    } else if (way & 1) {
        read_merges((const char *)draw.at, draw.left);
    } else {
        read_pieces((const char *)draw.at, draw.left);
    }
}
