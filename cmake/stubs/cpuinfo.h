// Natively XNNPACK asks cpuinfo what the processor has. Answering "nothing" keeps it to the baseline, whose
// micro-kernels are the only ones compiled here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define cpuinfo_initialize() true
#define cpuinfo_has_x86_sse2() true
#define cpuinfo_has_x86_ssse3() false
#define cpuinfo_has_x86_sse4_1() false
#define cpuinfo_has_x86_avx() false
#define cpuinfo_has_x86_f16c() false
#define cpuinfo_has_x86_fma3() false
#define cpuinfo_has_x86_avx2() false

// Looked at only where one of the above is true.
enum cpuinfo_uarch { cpuinfo_uarch_unknown, cpuinfo_uarch_zen, cpuinfo_uarch_dhyana };
struct cpuinfo_core {
    enum cpuinfo_uarch uarch;
};
static inline const struct cpuinfo_core *cpuinfo_get_core(uint32_t index) {
    (void)index;
    return NULL;
}
