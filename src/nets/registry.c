// The list of all networks.
#include "nets/registry.h"

#include "nets/clip_text.h"
#include "nets/clip_vision.h"
#include "nets/compact.h"
#include "nets/cugan.h"
#include "nets/deepdanbooru.h"
#include "nets/distilbert.h"
#include "nets/resnet_v2.h"
#include "nets/rrdb.h"
#include "nets/upconv.h"
#include "nets/vit_tagger.h"

const Network *const registry[] = {&clip_vision,   &clip_text,   &resnet_v2, &deepdanbooru, &distilbert, &vit_tagger,
                                   &cugan_network, &cugan_cunet, &upconv,    &compact,      &rrdb,       NULL};
