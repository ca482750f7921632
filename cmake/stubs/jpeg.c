// Stands in for the parts of libjpeg that the engine never asks for: palettes out, upsampling without filters,
// progressive files out. As libjpeg does itself where a feature is left out.
#include <stdio.h>

#include <jinclude.h>
#define JPEG_INTERNALS
#include <jpeglib.h>

#include <jerror.h>

GLOBAL(void) jinit_1pass_quantizer(j_decompress_ptr cinfo) { ERREXIT(cinfo, JERR_NOT_COMPILED); }
GLOBAL(void) jinit_2pass_quantizer(j_decompress_ptr cinfo) { ERREXIT(cinfo, JERR_NOT_COMPILED); }
GLOBAL(void) jinit_merged_upsampler(j_decompress_ptr cinfo) { ERREXIT(cinfo, JERR_NOT_COMPILED); }
GLOBAL(void) jinit_phuff_encoder(j_compress_ptr cinfo) { ERREXIT(cinfo, JERR_NOT_COMPILED); }
