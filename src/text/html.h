// HTML character references: &amp;, &#12354;, &#x3042;.
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include <stdbool.h>

#include "text/code_points.h"

typedef enum HtmlRules {
    HTML_AS_PYTHON, // html.unescape: the semicolon may be missing, and more letters may follow after a known name
    HTML_AS_FTFY,   // ftfy.fixes.unescape_html: only whole references with their semicolon; also names all in capitals,
                    // whose value comes in the right letters but not always in capitals
} HtmlRules;

enum { HTML_FTFY_LONGEST = 26 }; // code points of a reference that HTML_AS_FTFY knows, after its "&"

// Appends the value of the reference whose "&" is right before text[0] and returns the reference's length after the
// "&"; 0: there is no reference.
MUST_CHECK Status html_reference(const int32_t *text, size_t n, HtmlRules rules, CodePoints *out, size_t *length);

// Replaces all references by their characters.
MUST_CHECK Status html_unescape(CodePoints *text, HtmlRules rules);

#endif
