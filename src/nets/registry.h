// All networks, found by the name that their files have.
#ifndef NETS_REGISTRY_H
#define NETS_REGISTRY_H

#include "nets/network.h"

// Ends with NULL. A program may define an array of its own, which then is taken in place of registry.c's.
extern const Network *const registry[];

#endif
