// Nested character references, such as "&amp;lt;": ftfy resolves one layer of them in each pass over the line.
#ifndef TEXT_FTFY_LAYERS_H
#define TEXT_FTFY_LAYERS_H

#include "text/code_points.h"

// Gives the line that repeated passes (ftfy.c) would give when nothing changes any more. The time does not grow with
// the number of layers, because only changed places are examined again. A pass over a line without references must not
// change it.
MUST_CHECK Status ftfy_layers_resolve(CodePoints *line);

#endif
