// All networks. network_find looks them up by name.
#ifndef NETS_REGISTRY_H
#define NETS_REGISTRY_H

#include "nets/network.h"

// Ends with NULL. A test program may define this array itself; then it is linked instead of registry.c.
extern const Network *const registry[];

#endif
