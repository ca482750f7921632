// What all operators with XNNPACK share: start of the library, and conversion of its errors. Only *_xnn.c include this.
#ifndef OPS_XNN_H
#define OPS_XNN_H

#include <xnnpack.h>

#include "core/status.h"

// Starts XNNPACK; cheap when it is started already.
MUST_CHECK Status xnn_start(void);
// `what` names the call in the sentence, e.g. "a convolution".
MUST_CHECK Status xnn_check(enum xnn_status status, const char *what);
// For running, which cannot fail after planning: any error is a bug of ours and stops the program.
void xnn_must(enum xnn_status status);
// The same weights in XNNPACK's order: [out_c][in_c][kernel][kernel] -> [out_c][kernel][kernel][in_c]; NULL: no memory.
// The caller frees it.
float *xnn_reorder_weights(const float *weights, int out_c, int in_c, int kernel);

#endif
