// The slow plain twin of pool_max.
#ifndef OPS_POOL_F32_REF_H
#define OPS_POOL_F32_REF_H

#include "ops/windows.h"

void pool_f32_ref_max(const Windows *windows, float outside, float *out);

#endif
