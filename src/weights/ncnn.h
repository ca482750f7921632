// Reads a network in ncnn's format: a .param text that lists the layers (ncnn_param.h), and a .bin that holds their
// weights in that order, which is read as a stream. It does not know what the layers mean.
//
// The tensors are float32, whatever dtype the .bin has: for each layer with weights <name>.weight,
// [out][in][kernel][kernel] (also of a deconvolution; [out][in] of an inner product), then <name>.bias, [out]; of a
// PReLU only <name>.weight, [out]. Under its <name>, a text tells what the layer is: see ncnn_describe. Under
// NCNN_RESIZE a text tells what the last layer that resizes does, "3 by 0.5": see NcnnParam.
#ifndef WEIGHTS_NCNN_H
#define WEIGHTS_NCNN_H

#include <stddef.h>

#include "core/status.h"
#include "weights/ncnn_param.h"
#include "weights/tensor_sink.h"

#define NCNN_RESIZE "last resize" // no layer is called so: names have no blanks

typedef struct Ncnn Ncnn;

// `sink` is copied.
MUST_CHECK Status ncnn_create(const TensorSink *sink, Ncnn **out);
void ncnn_free(Ncnn *ncnn); // accepts NULL; frees nothing of the sink's

// Once, before the first byte of the .bin. The text is not kept. STATUS_BAD_FORMAT names the layer; after a failure all
// further calls fail the same way.
MUST_CHECK Status ncnn_param(Ncnn *ncnn, const char *text, size_t size);
// Where the next bytes of the .bin go, and how many at most: 0 after a failure. It does not say which bytes are the
// last.
size_t ncnn_want(Ncnn *ncnn, void **at);
// `n` bytes were put there. STATUS_BAD_ARGUMENT: more than were wanted.
MUST_CHECK Status ncnn_took(Ncnn *ncnn, size_t n);
// The .bin has ended: STATUS_BAD_FORMAT if it should not have, otherwise what the sink's `finish` says.
MUST_CHECK Status ncnn_end(Ncnn *ncnn);
// Both at once: files that are in memory already.
MUST_CHECK Status ncnn_read(const char *param, size_t param_size, const void *bin, size_t bin_size,
                            const TensorSink *sink);

// "Convolution 3 to 32, kernel 3, stride 1, padding 0", in `text`. It does not mention activations.
enum { NCNN_DESCRIPTION = 96 };
const char *ncnn_describe(NcnnType type, int in_c, int out_c, int kernel, int stride, int padding,
                          char text[NCNN_DESCRIPTION]);

#endif
