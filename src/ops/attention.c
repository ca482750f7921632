// Attention by the kernel of the chosen table.
#include "ops/attention.h"

#include "ops/kernels.h"

Status attention_plan(int n_keys, int head_dim) { return kernels_chosen()->attention_plan(n_keys, head_dim); }

void attention_run(const Attention *attention) { kernels_chosen()->attention(attention); }
