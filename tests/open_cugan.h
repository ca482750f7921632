// Real-CUGAN through the C interface, from files in memory.
#ifndef TESTS_OPEN_CUGAN_H
#define TESTS_OPEN_CUGAN_H

#include <string.h>

#include "api/acg.h"

// The whole .bin, as it would come from a stream; the Status of the first call that fails.
static inline int feed_cugan(AcgModel *model, const void *bin, size_t size) {
    for (size_t at = 0, n; at < size; at += n) {
        n = acg_model_want_size(model) < size - at ? acg_model_want_size(model) : size - at;
        memcpy(acg_model_want(model), (const char *)bin + at, n);
        const int status = acg_model_took(model, n);
        if (status) return status;
    }
    return acg_model_finish(model);
}

static inline AcgModel *open_cugan_files(const char *param, size_t param_size, const void *bin, size_t bin_size) {
    AcgModel *model = acg_model_open("cugan");
    if (!model) return NULL;
    if (!acg_model_beside(model, param, param_size) && !feed_cugan(model, bin, bin_size)) return model;
    acg_model_close(model);
    return NULL;
}

#endif
