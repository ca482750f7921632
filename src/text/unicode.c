// Look-ups in the tables, and normalisation (Unicode Standard Annex 15).
#include "text/unicode.h"

#include "text/unicode_tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CLASS_MASK = 7, IS_CASED = 8, IS_CASE_IGNORABLE = 16, CAPITAL_I_DOT = 0x130, DOT_ABOVE = 0x307 };
enum { CAPITAL_SIGMA = 0x3A3, SIGMA = 0x3C3, FINAL_SIGMA = 0x3C2 };
// Hangul syllables: The Unicode Standard, 3.12.
enum { S_BASE = 0xAC00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11A7, N_L = 19, N_V = 21, N_T = 28 };
enum { N_SYLLABLES = N_L * N_V * N_T };
// No code point below FIRST_COMPOSED decomposes; none below FIRST_MARK is a mark, or composes with the one before it.
enum { FIRST_COMPOSED = 0xC0, FIRST_MARK = 0x300, N_CLASSES = 256 };

// The last run that begins at `code` or before; each begins at run >> shift. `n` if all begin after it.
static size_t find_run(const uint32_t *runs, size_t n, int shift, int32_t code) {
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (runs[middle] >> shift <= (uint32_t)code)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : n;
}

static uint32_t properties(int32_t code) {
    return property_runs[find_run(property_runs, COUNT(property_runs), 5, code)];
}

UnicodeClass unicode_class(int32_t code) { return (UnicodeClass)(properties(code) & CLASS_MASK); }

static int32_t lower(int32_t code) {
    size_t low = 0, high = COUNT(lower_runs);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if ((uint32_t)code > lower_runs[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(lower_runs) || (uint32_t)code < lower_runs[low].first) return code;
    return (code - (int32_t)lower_runs[low].first) % lower_runs[low].step ? code : code + lower_runs[low].distance;
}

// Whether a cased letter comes before (`step` -1) or after (1) position `i`; case-ignorable characters are skipped.
static bool is_next_to_cased(const CodePoints *text, size_t i, int step) {
    for (size_t j = i + (size_t)step; j < text->n; j += (size_t)step) { // below 0 it wraps around to more than n
        const uint32_t p = properties(text->at[j]);
        if (!(p & IS_CASE_IGNORABLE)) return p & IS_CASED;
    }
    return false;
}

Status unicode_lower(CodePoints *text, bool final_sigma) {
    CodePoints made = {0};
    Status status = STATUS_OK;
    for (size_t i = 0; i < text->n && !status; i++) {
        const int32_t code = text->at[i];
        const bool is_final =
            code == CAPITAL_SIGMA && final_sigma && is_next_to_cased(text, i, -1) && !is_next_to_cased(text, i, 1);
        if (code == CAPITAL_I_DOT)
            status = code_points_append(&made, (const int32_t[]){'i', DOT_ABOVE}, 2);
        else
            status = code_points_push(&made, is_final ? FINAL_SIGMA : lower(code));
    }
    code_points_free(text);
    *text = made;
    return status;
}

static int combining_class(int32_t code) {
    if (code < FIRST_MARK) return 0;
    const size_t i = find_run(combining_runs, COUNT(combining_runs), 8, code);
    return i == COUNT(combining_runs) ? 0 : combining_runs[i] & 0xFF;
}

// The canonical decomposition of `code`, one step: false if it has none.
static bool decompose_once(int32_t code, int32_t *first, int32_t *second) {
    if (code < FIRST_COMPOSED) return false;
    size_t low = 0, high = COUNT(decompositions);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (decompositions[middle][0] < (uint32_t)code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(decompositions) || decompositions[low][0] != (uint32_t)code) return false;
    *first = (int32_t)decompositions[low][1];
    *second = (int32_t)decompositions[low][2];
    return true;
}

static Status decompose(CodePoints *out, int32_t code) {
    int32_t tail[8], first, second;
    size_t n_tail = 0;
    const int32_t syllable = code - S_BASE;
    if (syllable >= 0 && syllable < N_SYLLABLES) {
        const int32_t t = syllable % N_T;
        const int32_t parts[] = {L_BASE + syllable / (N_V * N_T), V_BASE + syllable / N_T % N_V, T_BASE + t};
        return code_points_append(out, parts, t ? 3 : 2);
    }
    while (decompose_once(code, &first, &second)) { // only the first part can be decomposed further
        if (second) tail[n_tail++] = second;
        code = first;
    }
    Status status = code_points_push(out, code);
    while (n_tail > 0 && !status) status = code_points_push(out, tail[--n_tail]);
    return status;
}

static void order_short_run(int32_t *marks, size_t n) {
    for (size_t i = 1; i < n; i++) {
        const int32_t code = marks[i];
        const int ccc = combining_class(code);
        size_t j = i;
        for (; j > 0 && combining_class(marks[j - 1]) > ccc; j--) marks[j] = marks[j - 1];
        marks[j] = code;
    }
}

// By counting the classes; `copy` is scratch.
static Status order_long_run(int32_t *marks, size_t n, CodePoints *copy) {
    size_t places[N_CLASSES + 1] = {0}; // of each class: where its first mark goes, then its next
    copy->n = 0;
    const Status status = code_points_append(copy, marks, n);
    if (status) return status;
    for (size_t i = 0; i < n; i++) places[combining_class(marks[i]) + 1]++;
    for (size_t i = 1; i < N_CLASSES; i++) places[i] += places[i - 1];
    for (size_t i = 0; i < n; i++) marks[places[combining_class(copy->at[i])]++] = copy->at[i];
    return STATUS_OK;
}

// Sorts runs of combining marks by their classes; the sort is stable.
static Status order(CodePoints *text) {
    enum { SHORT = 32 };
    CodePoints copy = {0};
    Status status = STATUS_OK;
    for (size_t begin = 0, end; begin < text->n && !status; begin = end) {
        for (end = begin; end < text->n && combining_class(text->at[end]);) end++;
        if (end - begin > SHORT)
            status = order_long_run(text->at + begin, end - begin, &copy);
        else
            order_short_run(text->at + begin, end - begin);
        if (end == begin) end++;
    }
    code_points_free(&copy);
    return status;
}

// What two code points compose to, or 0.
static int32_t compose_pair(int32_t first, int32_t second) {
    if (second < FIRST_MARK) return 0;
    const int32_t l = first - L_BASE, v = second - V_BASE, s = first - S_BASE, t = second - T_BASE;
    if (l >= 0 && l < N_L && v >= 0 && v < N_V) return S_BASE + (l * N_V + v) * N_T;
    if (s >= 0 && s < N_SYLLABLES && s % N_T == 0 && t > 0 && t < N_T) return first + t;
    const uint64_t wanted = (uint64_t)(uint32_t)first << 32 | (uint32_t)second;
    size_t low = 0, high = COUNT(compositions);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const uint32_t *entry = decompositions[compositions[middle]];
        const uint64_t key = (uint64_t)entry[1] << 32 | entry[2];
        if (key == wanted) return (int32_t)entry[0];
        if (key < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static void compose(CodePoints *text) {
    size_t n = 0, starter = SIZE_MAX; // of what is written
    int last_class = 0;               // of the last character written after the starter; 0: none
    for (size_t i = 0; i < text->n; i++) {
        const int32_t code = text->at[i];
        const int ccc = combining_class(code);
        const bool is_adjacent = starter != SIZE_MAX && starter + 1 == n;
        if (starter != SIZE_MAX && (is_adjacent || (last_class && last_class < ccc))) {
            const int32_t composed = compose_pair(text->at[starter], code);
            if (composed) {
                text->at[starter] = composed;
                continue;
            }
        }
        if (!ccc) starter = n;
        last_class = ccc;
        text->at[n++] = code;
    }
    text->n = n;
}

Status unicode_nfc(CodePoints *text) {
    CodePoints made = {0};
    Status status = STATUS_OK;
    for (size_t i = 0; i < text->n && !status; i++) status = decompose(&made, text->at[i]);
    code_points_free(text);
    *text = made;
    if (status) return status;
    status = order(text);
    if (!status) compose(text);
    return status;
}

int32_t unicode_narrow(int32_t code) {
    if (code < 0xFF00 || code >= 0xFF00 + (int32_t)COUNT(widths) || !widths[code - 0xFF00]) return code;
    return widths[code - 0xFF00];
}

int32_t unicode_windows_1252(int32_t code) {
    static const uint16_t codes[] = {
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178,
    };
    return code >= 0x80 && code <= 0x9F ? codes[code - 0x80] : code;
}
