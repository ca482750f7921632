// Tables and ranges, as in ftfy's chardata.py and fixes.py.
#include "text/ftfy_chars.h"

#include <string.h>

#include "text/unicode.h"

enum { IDEOGRAPHIC_SPACE = 0x3000, FULL_WIDTH_MACRON = 0xFFE3, MAX_PARTS = FTFY_CHARS_MAX_PARTS };

static int ligature(int32_t code, int32_t parts[MAX_PARTS]) {
    static const struct {
        int32_t code, parts[MAX_PARTS];
    } ligatures[] = {
        {0x132, {'I', 'J'}},
        {0x133, {'i', 'j'}},
        {0x149, {0x2BC, 'n'}},
        {0x1C4, {'D', 0x17D}},
        {0x1C5, {'D', 0x17E}},
        {0x1C6, {'d', 0x17E}},
        {0x1C7, {'L', 'J'}},
        {0x1C8, {'L', 'j'}},
        {0x1C9, {'l', 'j'}},
        {0x1CA, {'N', 'J'}},
        {0x1CB, {'N', 'j'}},
        {0x1CC, {'n', 'j'}},
        {0x1F1, {'D', 'Z'}},
        {0x1F2, {'D', 'z'}},
        {0x1F3, {'d', 'z'}},
        {0xFB00, {'f', 'f'}},
        {0xFB01, {'f', 'i'}},
        {0xFB02, {'f', 'l'}},
        {0xFB03, {'f', 'f', 'i'}},
        {0xFB04, {'f', 'f', 'l'}},
        {0xFB05, {0x17F, 't'}},
        {0xFB06, {'s', 't'}},
        {FULL_WIDTH_MACRON, {' ', 0x304}},
    };
    if (code < ligatures[0].code) return 0;
    for (size_t i = 0; i < sizeof ligatures / sizeof *ligatures; i++) {
        if (ligatures[i].code != code) continue;
        memcpy(parts, ligatures[i].parts, sizeof ligatures[i].parts);
        return parts[2] ? 3 : 2;
    }
    return 0;
}

static int32_t straight_quote(int32_t code) {
    if (code == 0x2BC || (code >= 0x2018 && code <= 0x201B)) return '\'';
    return code >= 0x201C && code <= 0x201F ? '"' : code;
}

int ftfy_chars_replace(int32_t code, int32_t next, int32_t parts[MAX_PARTS]) {
    code = unicode_windows_1252(code);
    const int n = ligature(code, parts);
    if (n) {
        parts[0] = straight_quote(parts[0]);
        return n;
    }
    code = straight_quote(code == IDEOGRAPHIC_SPACE ? ' ' : unicode_narrow(code));
    if (code == '\r' && next == '\n') return 0;
    parts[0] = code == '\r' || code == 0x2028 || code == 0x2029 ? '\n' : code;
    return 1;
}

bool ftfy_chars_is_dropped(int32_t c) {
    return (c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7F || (c >= 0x206A && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}
