// What is known of the JavaScript engine that runs this code. Kernels choose their loops by it; results do not depend
// on it.
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include <stdbool.h>

// Whether spreading a value over a vector takes several instructions, as in JavaScriptCore.
bool host_has_slow_splats(void);
// To be called while no kernel runs. False until then.
void host_set_slow_splats(bool is_slow);

#endif
