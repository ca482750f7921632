// Character references that stand within others, as "&amp;lt;" does: ftfy resolves a layer of them in each pass over
// the line.
#ifndef TEXT_FTFY_LAYERS_H
#define TEXT_FTFY_LAYERS_H

#include "text/code_points.h"

// Makes of a line what passes would (ftfy.c) that go on until nothing changes, in time that does not grow with the
// layers: only where something has changed is looked again. Without references a pass must change nothing of the line.
MUST_CHECK Status ftfy_layers_resolve(CodePoints *line);

#endif
