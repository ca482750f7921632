// DeepDanbooru's network (deepdanbooru/model/resnet.py, "resnet_custom"): tags of a picture, and the vectors that
// ACG2vec takes from its inner layers. All sizes come from the safetensors file, which may end after illust2vec's
// block.
#ifndef NETS_DEEPDANBOORU_H
#define NETS_DEEPDANBOORU_H

#include "nets/network.h"

// The outputs. Each is computed only if it is wanted.
enum {
    DEEPDANBOORU_TAGS,       // a probability for each tag, from a sigmoid; none in a file without head
    DEEPDANBOORU_ILLUST2VEC, // the mean over the map of one block's sum, before its ReLU
    DEEPDANBOORU_STYLE,      // the maximum of each column of the Gram matrices of some early blocks
    DEEPDANBOORU_OUTPUTS,
};

extern const Network deepdanbooru;

#endif
