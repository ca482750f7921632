// The tables.
#include "ops/kernels.h"

static const ConvKernel *const conv_simd[] = {&conv_rgb_kernel, &conv_winograd_kernel, &conv_direct_kernel,
                                              &conv_windows_kernel};
static const ConvKernel *const conv_reference[] = {&conv_windows_kernel}; // over the reference of linear layers
static const DeconvKernel *const deconv_simd[] = {&deconv_f32_overlap_kernel, &deconv_f32_simd_kernel};
static const DeconvKernel *const deconv_reference[] = {&deconv_f32_ref_kernel};

const Kernels kernels_simd = {
    .name = "simd",
    .conv = conv_simd,
    .deconv = deconv_simd,
    .linear = &linear_simd_kernel,
    .attention_plan = attention_f32_simd_plan,
    .attention = attention_f32_simd_run,
    .layer_norm = layer_norm_f32_simd_run,
    .pool_max = pool_f32_simd_max,
    .activation = activation_f32_simd_run,
};

const Kernels kernels_reference = {
    .name = "reference",
    .conv = conv_reference,
    .deconv = deconv_reference,
    .linear = &linear_ref_kernel,
    .attention_plan = attention_f32_ref_plan,
    .attention = attention_f32_ref_run,
    .layer_norm = layer_norm_f32_ref_run,
    .pool_max = pool_f32_ref_max,
    .activation = activation_f32_ref_run,
};

static const Kernels *chosen = &kernels_simd;

void kernels_choose(const Kernels *kernels) { chosen = kernels; }

const Kernels *kernels_chosen(void) { return chosen; }
