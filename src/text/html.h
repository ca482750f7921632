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

// Replaces the references by the characters that they stand for.
MUST_CHECK Status html_unescape(CodePoints *text, HtmlRules rules);

#endif
