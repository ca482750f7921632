// Lempel, Ziv and Welch's algorithm as in GIF89a, appendix F.
#include "image/gif_lzw.h"

#include <stdbool.h>
#include <string.h>

enum { NONE = -1 };

static void empty(GifLzw *lzw) {
    lzw->n_codes = lzw->clear + 2;
    lzw->previous = NONE;
}

void gif_lzw_begin(GifLzw *lzw, GifFileType *gif, int code_size) {
    lzw->gif = gif;
    lzw->clear = 1 << code_size;
    lzw->n_expanded = 0;
    empty(lzw);
}

// Puts the code's indices at the end of those that are expanded. Returns the first of them.
static uint8_t expand(GifLzw *lzw, int code) {
    for (; code > lzw->clear; code = lzw->prefix[code]) lzw->expanded[lzw->n_expanded++] = lzw->suffix[code];
    return lzw->expanded[lzw->n_expanded++] = (uint8_t)code;
}

// The next code of the table, which is not complete yet, is the previous code and then its own first index.
static uint8_t expand_next(GifLzw *lzw) {
    lzw->n_expanded = 1;
    return lzw->expanded[0] = expand(lzw, lzw->previous);
}

static bool expand_one_more(GifLzw *lzw) {
    int code;
    do {
        if (DGifGetLZCodes(lzw->gif, &code) != GIF_OK || code < 0) return false;
        if (code == lzw->clear) empty(lzw);
    } while (code == lzw->clear);
    const bool is_next = code == lzw->n_codes && lzw->previous != NONE;
    if (code >= lzw->n_codes && !is_next) return false;
    const uint8_t first = is_next ? expand_next(lzw) : expand(lzw, code);
    if (lzw->previous != NONE && lzw->n_codes < GIF_LZW_MAX_CODES) {
        lzw->prefix[lzw->n_codes] = (uint16_t)lzw->previous;
        lzw->suffix[lzw->n_codes++] = first;
    }
    lzw->previous = code;
    return true;
}

int gif_lzw_read(GifLzw *lzw, uint8_t *indices, int n) {
    int at = 0;
    for (;;) {
        while (at < n && lzw->n_expanded > 0) indices[at++] = lzw->expanded[--lzw->n_expanded];
        if (at == n || !expand_one_more(lzw)) return at;
    }
}
