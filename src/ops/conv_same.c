// Chooses between the linear layer and Winograd's domain, and turns weights the way the windows lie.
#include "ops/conv_same.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ops/conv_same_winograd.h"

struct ConvSame {
    ConvSameSpec spec;
    ConvSameWinograd *winograd; // one of these is there
    Linear *linear;
};

static size_t n_taps(ConvSameSpec spec) { return (size_t)spec.kernel * (size_t)spec.kernel; }

static Status create(ConvSame *conv, LinearImpl impl) {
    const ConvSameSpec spec = conv->spec;
    if (impl == LINEAR_FASTEST && conv_same_winograd_suits(spec))
        return conv_same_winograd_create_empty(spec, &conv->winograd);
    const LinearSpec linear = {spec.in_c * (int)n_taps(spec), spec.out_c, spec.kept, spec.fine};
    return linear_create_empty(linear, impl, &conv->linear);
}

Status conv_same_create_empty(ConvSameSpec spec, LinearImpl impl, ConvSame **out) {
    ConvSame *conv = calloc(1, sizeof *conv);
    if (!conv) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer.");
    conv->spec = spec;
    const Status status = create(conv, impl);
    if (status) {
        conv_same_free(conv);
        return status;
    }
    *out = conv;
    return STATUS_OK;
}

Status conv_same_take_memory(ConvSame *conv) {
    return conv->winograd ? conv_same_winograd_take_memory(conv->winograd) : linear_take_memory(conv->linear);
}

Status conv_same_take_bias_memory(ConvSame *conv) {
    return conv->winograd ? conv_same_winograd_take_bias_memory(conv->winograd) : linear_take_bias_memory(conv->linear);
}

Status conv_same_create(ConvSameSpec spec, LinearImpl impl, ConvSame **out) {
    ConvSame *conv = NULL;
    Status status = conv_same_create_empty(spec, impl, &conv);
    if (status) return status;
    status = conv_same_take_memory(conv);
    if (status) {
        conv_same_free(conv);
        return status;
    }
    *out = conv;
    return STATUS_OK;
}

void conv_same_free(ConvSame *conv) {
    if (!conv) return;
    conv_same_winograd_free(conv->winograd);
    linear_free(conv->linear);
    free(conv);
}

ConvSameSpec conv_same_spec(const ConvSame *conv) { return conv->spec; }

size_t conv_same_bytes(const ConvSame *conv) {
    return conv->winograd ? conv_same_winograd_bytes(conv->winograd) : linear_bytes(conv->linear);
}

// [in_c][taps] to [taps][in_c].
static void turn(const char *from, size_t in_c, size_t taps, size_t bytes, char *to) {
    for (size_t c = 0; c < in_c; c++) {
        for (size_t tap = 0; tap < taps; tap++, from += bytes) memcpy(to + (tap * in_c + c) * bytes, from, bytes);
    }
}

Status conv_same_pack(ConvSame *conv, const void *weights, const float *scales) {
    const ConvSameSpec spec = conv->spec;
    if (conv->winograd) {
        conv_same_winograd_pack(conv->winograd, weights, scales);
        return STATUS_OK;
    }
    const size_t in_c = (size_t)spec.in_c, taps = n_taps(spec), bytes = dtype_bytes(spec.kept);
    char *row = malloc(in_c * taps * bytes);
    if (!row) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    for (int i = 0; i < spec.out_c; i++) {
        turn((const char *)weights + (size_t)i * in_c * taps * bytes, in_c, taps, bytes, row);
        linear_pack(conv->linear, i, 1, row, spec.kept, scales ? scales + i : NULL);
    }
    free(row);
    return STATUS_OK;
}

void conv_same_set_bias(ConvSame *conv, const float *bias) {
    if (conv->winograd) {
        conv_same_winograd_set_bias(conv->winograd, bias);
    } else {
        linear_set_bias(conv->linear, 0, conv->spec.out_c, bias);
    }
}

Status conv_same_plan(const ConvSame *conv, size_t *scratch_bytes) {
    const int side = conv_same_out_side(conv->spec);
    if (conv->winograd) return conv_same_winograd_plan(conv->winograd, scratch_bytes);
    return linear_plan(conv->linear, side * side, scratch_bytes);
}

void conv_same_run(const ConvSame *conv, Tensor in, LinearEnd end, Tensor out, void *scratch) {
    const ConvSameSpec spec = conv->spec;
    assert(!end.residual || spec.kernel == 1);
    if (conv->winograd) {
        assert(end.activation <= ACTIVATION_RELU);
        conv_same_winograd_run(conv->winograd, in, end.activation == ACTIVATION_RELU ? 0 : 1, out, scratch);
    } else if (spec.kernel == 1 && spec.stride == 1) {
        linear_run(conv->linear, in.data, (size_t)in.c, in.h * in.w, end, out.data, (size_t)out.c, scratch);
    } else {
        const Windows windows = {in, spec.kernel, spec.stride, spec.before, out.h, out.w};
        linear_run_windows(conv->linear, &windows, end, out.data, (size_t)out.c, scratch);
    }
}
