// Well-formed byte sequences: The Unicode Standard, table 3-7.
#include "core/utf8.h"

int32_t utf8_next(const char **at, const char *end) {
    const uint8_t *p = (const uint8_t *)*at;
    const uint8_t first = *p;
    int n_more = 0;
    int32_t code = first;
    uint8_t low = 0x80, high = 0xBF; // of the second byte
    *at += 1;
    if (first < 0x80) return code;
    if (first >= 0xC2 && first <= 0xDF) {
        n_more = 1;
        code = first & 0x1F;
    } else if (first >= 0xE0 && first <= 0xEF) {
        n_more = 2;
        code = first & 0x0F;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        n_more = 3;
        code = first & 0x07;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    } else {
        return UTF8_BROKEN;
    }
    for (; n_more > 0; n_more--, *at += 1) {
        const uint8_t byte = *at < end ? (uint8_t)**at : 0;
        if (byte < low || byte > high) return UTF8_BROKEN;
        code = code << 6 | (byte & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return code;
}

size_t utf8_put(int32_t code, char *out) {
    const uint32_t c = (uint32_t)code;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}
