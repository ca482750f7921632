// The networks that come from safetensors files.
#ifndef TESTS_NETS_LOAD_NETWORKS_H
#define TESTS_NETS_LOAD_NETWORKS_H

#include "nets/clip_text.h"
#include "nets/clip_vision.h"
#include "nets/deepdanbooru.h"
#include "nets/distilbert.h"
#include "nets/resnet_v2.h"
#include "weights.h"
#include "weights/safetensors.h"

// try_net(file, use_ref, &network): `file` stays the caller's.
// load_net(file, use_ref): it must fit, and is freed.
#define LOADS(Network, net)                                                       \
    static inline Status try_##net(File file, bool use_ref, Network **out) {      \
        TensorSink sink;                                                          \
        Status status = net##_create(use_ref, &sink, out);                        \
        if (status) return status;                                                \
        status = safetensors_read(file.data, file.size, &sink);                   \
        if (status) net##_free(*out);                                             \
        return status;                                                            \
    }                                                                             \
    static inline Network *load_##net(File file, bool use_ref) {                  \
        Network *network;                                                         \
        if (try_##net(file, use_ref, &network)) fail_msg("%s", status_message()); \
        free(file.data);                                                          \
        return network;                                                           \
    }

LOADS(ClipVision, clip_vision)
LOADS(ClipText, clip_text)
LOADS(Distilbert, distilbert)
LOADS(ResnetV2, resnet_v2)
LOADS(Deepdanbooru, deepdanbooru)

#endif
