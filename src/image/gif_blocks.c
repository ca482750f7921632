// giflib reads one block after the other, so it can be set back to any of them.
#include "image/gif_blocks.h"

#include <string.h>

#include "image/decode.h"

static const char what[] = "GIF file";
static const GraphicsControlBlock no_control = {.TransparentColor = NO_TRANSPARENT_COLOR};

static int read_bytes(GifFileType *gif, GifByteType *to, int n) {
    GifBlocks *blocks = gif->UserData;
    const size_t n_left = blocks->size - blocks->at;
    if ((size_t)n > n_left) {
        blocks->is_cut = true;
        return 0;
    }
    memcpy(to, blocks->bytes + blocks->at, (size_t)n);
    blocks->at += (size_t)n;
    if (blocks->takes_part && !blocks->is_in_block && to[0] > n_left - 1) { // the length of a block
        blocks->is_cut = true;
        to[0] = (GifByteType)(n_left - 1);
    }
    blocks->is_in_block = blocks->takes_part && !blocks->is_in_block && to[0] > 0;
    return n;
}

Status gif_blocks_begin(const uint8_t *bytes, size_t size, GifBlocks *blocks) {
    int code = 0;
    *blocks = (GifBlocks){.bytes = bytes, .size = size, .control = no_control, .n_loops = 1};
    blocks->gif = DGifOpen(blocks, read_bytes, &code);
    if (blocks->gif) return STATUS_OK;
    if (blocks->is_cut) return decode_cut(what, size);
    if (code == D_GIF_ERR_NOT_GIF_FILE)
        return decode_damaged(what, "its first bytes are not those of GIF87a or GIF89a");
    return decode_no_memory(what); // nothing else in a header can be wrong
}

void gif_blocks_end(GifBlocks *blocks) {
    if (blocks->gif) DGifCloseFile(blocks->gif, NULL);
    blocks->gif = NULL;
}

// ---- extensions: how long and how a frame is shown, and how often all of them

static void take_extension(GifBlocks *blocks, int code, const GifByteType *block, bool *is_loops) {
    const size_t size = block[0];
    const GifByteType *data = block + 1;
    if (code == GRAPHICS_EXT_FUNC_CODE && size == 4) DGifExtensionToGCB(size, data, &blocks->control);
    if (code == APPLICATION_EXT_FUNC_CODE && size == 11)
        *is_loops = !memcmp(data, "NETSCAPE2.0", 11) || !memcmp(data, "ANIMEXTS1.0", 11);
    else if (*is_loops && size >= 3 && data[0] == 1) {
        const int n = data[1] | data[2] << 8; // repetitions, 0 for ever
        blocks->n_loops = n ? n + 1 : 0;
    }
}

static bool read_extension(GifBlocks *blocks) {
    int code = 0;
    GifByteType *block = NULL;
    bool is_loops = false;
    int result = DGifGetExtension(blocks->gif, &code, &block);
    if (code == GRAPHICS_EXT_FUNC_CODE) blocks->is_announced = true;
    for (; result == GIF_OK && block; result = DGifGetExtensionNext(blocks->gif, &block))
        take_extension(blocks, code, block, &is_loops);
    return result == GIF_OK;
}

// ---- frames

static Status read_frame_header(GifBlocks *blocks, GifFound *found) {
    blocks->frame_at = blocks->at;
    const bool is_read = DGifGetImageHeader(blocks->gif) == GIF_OK;
    if (!is_read && blocks->gif->Error == D_GIF_ERR_NOT_ENOUGH_MEM) return decode_no_memory(what);
    // If it is neither read nor cut short, giflib has refused its code size, the last byte of it.
    *found = blocks->is_cut ? GIF_FOUND_CUT : GIF_FOUND_FRAME;
    return STATUS_OK;
}

Status gif_blocks_seek(GifBlocks *blocks, GifFound *found) {
    blocks->is_announced = blocks->is_cut = blocks->takes_part = blocks->is_in_block = false;
    blocks->control = no_control;
    for (;;) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        const bool is_known = DGifGetRecordType(blocks->gif, &type) == GIF_OK;
        if (is_known && type == IMAGE_DESC_RECORD_TYPE) return read_frame_header(blocks, found);
        if (is_known && type == EXTENSION_RECORD_TYPE && read_extension(blocks)) continue;
        *found = is_known && type == TERMINATE_RECORD_TYPE ? GIF_FOUND_TRAILER
                 : !blocks->is_cut                         ? GIF_FOUND_UNKNOWN
                 : blocks->is_announced                    ? GIF_FOUND_CUT
                                                           : GIF_FOUND_NO_MORE;
        return STATUS_OK;
    }
}

Status gif_blocks_again(GifBlocks *blocks) {
    GifFound found;
    blocks->at = blocks->frame_at;
    blocks->is_cut = false;
    Status status = read_frame_header(blocks, &found);
    blocks->takes_part = true;
    return status;
}

int gif_blocks_code_size(const GifBlocks *blocks) { return blocks->bytes[blocks->at - 1]; }

bool gif_blocks_skip_pixels(GifBlocks *blocks, size_t start) {
    GifByteType *block;
    int result;
    blocks->at = start;
    blocks->takes_part = blocks->is_in_block = false;
    do {
        result = DGifGetCodeNext(blocks->gif, &block);
    } while (result == GIF_OK && block);
    return result == GIF_OK;
}
