// What XNNPACK's convolution asks for and never uses here: the tables of its depthwise and 1x1 depthwise kernels, which
// are not compiled (a convolution of ours has one group), and a build identifier, which XNNPACK generates in its own
// build.
#include <stdbool.h>
#include <stddef.h>

#include "xnnpack/cache.h"
#include "xnnpack/config.h"

const struct xnn_dwconv_config *xnn_init_f32_dwconv_config(void) {
    static const struct xnn_dwconv_config none[XNN_MAX_F32_DWCONV_UKERNELS];
    return none;
}

const struct xnn_vmulcaddc_config *xnn_init_f32_vmulcaddc_config(void) {
    static const struct xnn_vmulcaddc_config none;
    return &none;
}

size_t xnn_experimental_get_build_identifier_size(void) { return 0; }

const void *xnn_experimental_get_build_identifier_data(void) { return NULL; }

bool xnn_experimental_check_build_identifier(const void *data, size_t size) {
    (void)data;
    return size == 0;
}
