// Reads a GIF's blocks from frame to frame, with giflib.
#ifndef IMAGE_GIF_BLOCKS_H
#define IMAGE_GIF_BLOCKS_H

#include <gif_lib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct GifBlocks {
    GifFileType *gif;
    const uint8_t *bytes; // not owned
    size_t size, at;
    size_t frame_at;              // the offset of the header of the last frame that was found
    bool is_cut;                  // bytes beyond the end were asked for
    bool takes_part;              // of the pixels' last block, if the file ends in it
    bool is_in_block;             // then: its length has been read
    bool is_announced;            // there was a control block, which comes before a frame
    GraphicsControlBlock control; // for the next frame
    int n_loops;                  // 0: for ever
} GifBlocks;

typedef enum GifFound {
    GIF_FOUND_FRAME, // `gif->Image` describes it, and its pixels' data come next
    GIF_FOUND_TRAILER,
    GIF_FOUND_NO_MORE, // the file ends between two blocks, or within one that has no pixels
    GIF_FOUND_UNKNOWN, // a block of an unknown kind
    GIF_FOUND_CUT,     // the file ends within a frame, or after its control block
} GifFound;

// Reads the header. Errors: STATUS_BAD_FORMAT, STATUS_NO_MEMORY. gif_blocks_end in any case.
MUST_CHECK Status gif_blocks_begin(const uint8_t *bytes, size_t size, GifBlocks *blocks);
void gif_blocks_end(GifBlocks *blocks); // accepts a zeroed one
// Seeks the next frame, or the end. Errors: STATUS_NO_MEMORY.
MUST_CHECK Status gif_blocks_seek(GifBlocks *blocks, GifFound *found);
// The code size of the frame that was found; there is none above 8.
int gif_blocks_code_size(const GifBlocks *blocks);
// Goes back to the frame that was found, to read the pixels that exist. Errors: STATUS_NO_MEMORY.
MUST_CHECK Status gif_blocks_again(GifBlocks *blocks);
// Skips the data of a frame's pixels, which begin at `start`. Returns whether they end within the file.
bool gif_blocks_skip_pixels(GifBlocks *blocks, size_t start);

#endif
