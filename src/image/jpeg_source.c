// Gives all bytes at once, and after them end markers for ever, as libjpeg's own sources do.
#include "image/jpeg_source.h"

#include "image/byte_order.h"
#include "image/decode.h"

enum { RST0 = 0xd0, RST7 = 0xd7, SOI = 0xd8, EOI = 0xd9, TEM = 0x01, FILL = 0xff };

static JpegSource *source_of(j_decompress_ptr jpeg) { return (JpegSource *)jpeg->src; }

static void begin_source(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean fill_source(j_decompress_ptr jpeg) {
    static const JOCTET end[] = {FILL, EOI};
    JpegSource *source = source_of(jpeg);
    if (!source->may_end) guard_jpeg_fail((j_common_ptr)jpeg, decode_cut("JPEG file", source->file_size));
    source->is_past_end = true;
    source->manager.next_input_byte = end;
    source->manager.bytes_in_buffer = sizeof end;
    return TRUE;
}

static void skip_source(j_decompress_ptr jpeg, long n_bytes) {
    if (n_bytes <= 0) return;
    if ((size_t)n_bytes > jpeg->src->bytes_in_buffer) {
        fill_source(jpeg);
        return;
    }
    jpeg->src->next_input_byte += n_bytes;
    jpeg->src->bytes_in_buffer -= (size_t)n_bytes;
}

static void end_source(j_decompress_ptr jpeg) { (void)jpeg; }

static bool has_end(const uint8_t *bytes, size_t size) {
    for (size_t at = 0; at + 1 < size; at++) {
        if (bytes[at] == FILL && bytes[at + 1] == EOI) return true;
    }
    return false;
}

// The offset of a last segment that is cut short, or the file's size. libjpeg would read our end markers as a part of
// such a segment, and stop.
static size_t whole_segments(const uint8_t *bytes, size_t size) {
    for (size_t at = 0; at + 1 < size;) {
        const uint8_t marker = bytes[at + 1];
        if (bytes[at] != FILL || marker == 0) {
            at++; // coded pixels
        } else if (marker == FILL) {
            at++;
        } else if (marker == EOI) {
            return size;
        } else if (marker == TEM || marker == SOI || (marker >= RST0 && marker <= RST7)) {
            at += 2;
        } else {
            const size_t left = size - at - 2;
            const size_t length = left < 2 ? 2 : big16(bytes + at + 2);
            if (length > left) return has_end(bytes + at, size - at) ? size : at;
            at += 2 + length;
        }
    }
    return size;
}

void jpeg_source_init(JpegSource *source, const uint8_t *bytes, size_t size, j_decompress_ptr jpeg) {
    *source = (JpegSource){.bytes = bytes, .size = whole_segments(bytes, size), .file_size = size};
    source->manager = (struct jpeg_source_mgr){.next_input_byte = bytes,
                                               .bytes_in_buffer = source->size,
                                               .init_source = begin_source,
                                               .fill_input_buffer = fill_source,
                                               .skip_input_data = skip_source,
                                               .resync_to_restart = jpeg_resync_to_restart,
                                               .term_source = end_source};
    jpeg->src = &source->manager;
}

bool jpeg_source_is_at_segment(const JpegSource *source) {
    const uint8_t *at = source->manager.next_input_byte;
    const size_t left = source->manager.bytes_in_buffer;
    if (left < 2) return false;
    const size_t length = big16(at);
    return length >= 2 && length + 2 <= left && at[length] == FILL && at[length + 1] >= 0xc0 && at[length + 1] != FILL;
}
