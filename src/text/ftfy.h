// What the Python library ftfy, through which OpenAI's tokenizer sends every text, does to it.
#ifndef TEXT_FTFY_H
#define TEXT_FTFY_H

#include "text/code_points.h"

// ftfy.fix_text of version 6 with fix_encoding=False: character references, C1 controls, Latin ligatures, full and half
// wide forms, curly quotes, line breaks, terminal escapes, control characters, normalisation form C. What it leaves out
// is ftfy's repair of text that was decoded in the wrong encoding ("cafÃ©"): such text keeps its wrong characters.
MUST_CHECK Status ftfy_fix(CodePoints *text);

#endif
