// The slow plain twin of activation_run.
#ifndef OPS_ACTIVATION_F32_REF_H
#define OPS_ACTIVATION_F32_REF_H

#include "ops/activation.h"

void activation_f32_ref_run(Activation activation, float *x, size_t n);
double activation_f32_ref_of(Activation activation, double x);

#endif
