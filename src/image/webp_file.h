// Shared by still and animated WebP: the file's chunks, and one frame's pixels.
#ifndef IMAGE_WEBP_FILE_H
#define IMAGE_WEBP_FILE_H

#include <stdbool.h>
#include <webp/demux.h>

#include "core/bytes.h"
#include "image/image.h"

typedef struct WebpFile {
    WebPDemuxer *demuxer; // owned; `bytes` of webp_file_open live as long
    bool is_animated;
    bool is_cut; // it ends too early
    bool has_alpha;
    int n_frames; // of a still picture 1. The last one may be cut
} WebpFile;

// Errors: STATUS_BAD_FORMAT if the chunks make no sense, or if the file ends too early and damage is not kept;
// STATUS_NO_MEMORY. webp_file_close in any case.
MUST_CHECK Status webp_file_open(const uint8_t *bytes, size_t size, const DecodeOptions *options, WebpFile *file);
void webp_file_close(WebpFile *file); // accepts a zeroed one

// Copies the profile, EXIF and XMP into `meta`.
MUST_CHECK Status webp_file_metadata(const WebpFile *file, Metadata *meta, Bytes *warnings);

// The pixels of one frame, RGBA if `has_alpha`, as a new picture, and how many of its rows there are: all, unless
// damage is kept. Missing rows are transparent; there may be none. If only the alpha is damaged, it is
// left out. `warnings` report both. Errors: STATUS_BAD_FORMAT, STATUS_NO_MEMORY.
MUST_CHECK Status webp_file_decode(const WebPIterator *iterator, bool has_alpha, const DecodeOptions *options,
                                   Bytes *warnings, Image *out, int *n_rows);
// If there are no rows: the error for a picture without pixels.
MUST_CHECK Status webp_file_has_rows(int n_rows);

#endif
