// A row of tiles of an enlargement. It is filled tile by tile, then returned part by part as bytes of the output. Its
// memory is used again for the next row of tiles.
#ifndef PIPELINE_OUTPUT_BAND_H
#define PIPELINE_OUTPUT_BAND_H

#include "core/bytes.h"
#include "image/encode.h"
#include "image/lanczos.h"
#include "pipeline/consistency.h"
#include "pipeline/pixels.h"
#include "pipeline/tile.h"
#include "pipeline/upscale.h"

typedef struct OutputBand {
    const Image *image; // the picture that is enlarged
    int scale;
    size_t stride_bytes;
    uint8_t *pixels; // [largest tile's side * scale][stride_bytes], of the picture's bits and channels
    Consistency *consistency;
    Lanczos *lanczos;     // NULL: the output has the size that the network makes
    size_t out_row_bytes; // of a row of the output
    Encode *file;         // NULL: the output is bare rows
    Bytes bytes;          // returned by the last call, or to be returned by the first
    bool has_given;       // output_band_take has been called
    int n_rows, n_coded;  // rows of the finished band, and how many of these have been encoded
    int n_rows_to_finish; // rows of the whole output that have not been encoded
} OutputBand;

// *bytes: the size of `pixels` for tiles of up to `height` input pixels. False: more than a size_t can count.
bool output_band_bytes(const Image *image, int scale, int height, size_t *bytes);

// `bytes`: of output_band_bytes. Neither picture nor band may be moved until output_band_free. STATUS_NO_MEMORY, and
// the errors of encode_begin.
MUST_CHECK Status output_band_create(const UpscaleOptions *options, const Image *image, int scale, size_t bytes,
                                     OutputBand *out);
void output_band_free(OutputBand *band); // accepts a zeroed one

// Writes the pixels of the tile `rect` with their alpha. `output` is [rect.height * scale or more][rect.width * scale
// or more][3]. The last tile of a row finishes the band, which must then be taken before the next tile is put.
void output_band_put(OutputBand *band, Tensor output, PixelLevels levels, TileRect rect);
// The pixels of the tile that was put last, valid until the next one is.
UpscaleTile output_band_tile(const OutputBand *band, TileRect rect);

static inline bool output_band_is_taken(const OutputBand *band) { return band->n_coded == band->n_rows; }
// The next bytes of the output, valid until the next call; none if all are taken. Errors as of encode_rows and
// encode_finish.
MUST_CHECK Status output_band_take(OutputBand *band, const Bytes **out);

#endif
