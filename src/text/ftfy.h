// The Python library ftfy in C. OpenAI's tokenizer cleans every text with it.
#ifndef TEXT_FTFY_H
#define TEXT_FTFY_H

#include "text/code_points.h"

// ftfy.fix_text of version 6 with fix_encoding=False: character references, C1 controls, Latin ligatures, full and half
// wide forms, curly quotes, line breaks, terminal escapes, control characters, normalisation form C. It leaves out
// ftfy's repair of text that was decoded in the wrong encoding ("cafÃ©"): such text keeps its wrong characters.
MUST_CHECK Status ftfy_fix(CodePoints *text);

#endif
