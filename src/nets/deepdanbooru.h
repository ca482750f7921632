// DeepDanbooru's network (deepdanbooru/model/resnet.py, "resnet_custom"): tags of a picture, and the vectors that
// ACG2vec takes from its inside. All sizes come from the file, in safetensors; it may end where illust2vec does.
#ifndef NETS_DEEPDANBOORU_H
#define NETS_DEEPDANBOORU_H

#include "nets/network.h"

// The outputs, each computed only if it is wanted.
enum {
    DEEPDANBOORU_TAGS,       // a sigmoid's probability for each tag; none in a file without head
    DEEPDANBOORU_ILLUST2VEC, // the mean of one block's sum before its ReLU, over the map
    DEEPDANBOORU_STYLE,      // Gram matrices of early blocks: the largest of each column, over all rows and blocks
    DEEPDANBOORU_OUTPUTS,
};

extern const Network deepdanbooru;

#endif
