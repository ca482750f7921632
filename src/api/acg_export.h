// Marks what JavaScript may call.
#ifndef API_ACG_EXPORT_H
#define API_ACG_EXPORT_H

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
#define EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define EXPORT
#endif

#endif
