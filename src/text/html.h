// HTML character references: &amp;, &#12354;, &#x3042;.
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include <stdbool.h>

#include "text/code_points.h"

typedef enum HtmlRules {
    HTML_AS_PYTHON, // html.unescape: the semicolon may be missing, and behind a known name more may follow
    HTML_AS_FTFY,   // ftfy.fixes.unescape_html: only whole references with their semicolon; also names all in capitals,
                    // whose value comes in the right letters but not always in capitals
} HtmlRules;

enum { HTML_FTFY_LONGEST = 26 }; // code points of a reference that HTML_AS_FTFY knows, behind its "&"

// Appends what the reference stands for whose "&" stands before text[0], and says how long it is behind that; 0: it is
// none.
MUST_CHECK Status html_reference(const int32_t *text, size_t n, HtmlRules rules, CodePoints *out, size_t *length);

// Replaces the references by the characters that they stand for.
MUST_CHECK Status html_unescape(CodePoints *text, HtmlRules rules);

#endif
