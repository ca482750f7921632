// A row of tiles of an enlargement: filled tile by tile, then handed out as bytes of the file, a part at a time. Its
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
    Lanczos *lanczos;     // NULL: the output is as large as the network makes it
    size_t out_row_bytes; // of the output
    Encode *file;         // NULL: bare rows
    Bytes bytes;          // those handed out last, or to be handed out first
    bool has_given;       // any bytes at all
    int n_rows, n_coded;  // of the finished band, and how many of these are in the file
    int n_rows_to_finish; // of the whole output, those that are not in the file
} OutputBand;

// Bytes of a band for tiles of up to `height` pixels, of its output and what compares it. False if they are more than
// can be counted.
bool output_band_bytes(const Image *image, int scale, int height, size_t *bytes);

// Neither picture nor band may be moved until output_band_free. STATUS_NO_MEMORY, or what encode_begin says.
MUST_CHECK Status output_band_create(const UpscaleOptions *options, const Image *image, int scale, size_t bytes,
                                     OutputBand *out);
void output_band_free(OutputBand *band); // accepts a zeroed one

// Puts the output [rect.height * scale or more][rect.width * scale or more][3] of the tile `rect` into its place, and
// its alpha beside it. The last tile of a row finishes the band, which then must be taken.
void output_band_put(OutputBand *band, Tensor output, PixelLevels levels, TileRect rect);
// Where the tile lies, until another is put.
UpscaleTile output_band_tile(const OutputBand *band, TileRect rect);

static inline bool output_band_is_taken(const OutputBand *band) { return band->n_coded == band->n_rows; }
// The next bytes of the output, none if all are taken; they are gone with the next call.
MUST_CHECK Status output_band_take(OutputBand *band, const Bytes **out);

#endif
