// The slow plain twin of attention_run.
#ifndef OPS_ATTENTION_F32_REF_H
#define OPS_ATTENTION_F32_REF_H

#include "ops/attention.h"

void attention_f32_ref_run(const Attention *attention);

#endif
