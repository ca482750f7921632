#include "core/host.h"

static bool has_slow_splats;

bool host_has_slow_splats(void) { return has_slow_splats; }

void host_set_slow_splats(bool is_slow) { has_slow_splats = is_slow; }
