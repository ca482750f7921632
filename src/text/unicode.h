// The properties of characters that tokenizers need, by the Unicode Standard. Versions: make_tables.py.
#ifndef TEXT_UNICODE_H
#define TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/code_points.h"

typedef enum UnicodeClass {
    UNICODE_OTHER,
    UNICODE_LETTER,      // \p{L}
    UNICODE_NUMBER,      // \p{N}
    UNICODE_SPACE,       // White_Space
    UNICODE_PUNCTUATION, // as BERT defines it: \p{P} of Unicode 8 and ASCII's symbols
    UNICODE_CONTROL,     // what BERT drops: \p{Cc}, \p{Cf}, \p{Co}, unless it is White_Space
} UnicodeClass;

UnicodeClass unicode_class(int32_t code);

// Converts to lower case, each code point on its own: capital sigma becomes σ everywhere, as in Hugging Face's
// tokenizers. With `final_sigma` it becomes ς at the end of a word, as in Python's str.lower (The Unicode
// Standard, 3.13, Final_Sigma).
MUST_CHECK Status unicode_lower(CodePoints *text, bool final_sigma);

// Normalisation form C. After STATUS_NO_MEMORY the text is decomposed.
MUST_CHECK Status unicode_nfc(CodePoints *text);

// The ordinary form of a full or half wide character if it is a single character, else `code`.
int32_t unicode_narrow(int32_t code);

// The Windows-1252 character of a C1 control (U+0080 to U+009F) if there is one, else `code`.
int32_t unicode_windows_1252(int32_t code);

#endif
