// The palette indices of a GIF's frame. giflib reads the codes from the file. They are expanded here, because giflib
// silently accepts impossible codes.
#ifndef IMAGE_GIF_LZW_H
#define IMAGE_GIF_LZW_H

#include <gif_lib.h>
#include <stdint.h>

enum { GIF_LZW_MAX_CODES = 4096 };

typedef struct GifLzw {
    GifFileType *gif;
    int clear;    // the code that empties the table; those below it are single indices, the next one is the end
    int n_codes;  // that exist so far
    int previous; // code, or -1 after a clear
    uint16_t prefix[GIF_LZW_MAX_CODES];  // of a code's indices all but the last, as a code
    uint8_t suffix[GIF_LZW_MAX_CODES];   // and the last
    uint8_t expanded[GIF_LZW_MAX_CODES]; // of the current code, the first index at the end
    int n_expanded;                      // that are not taken yet
} GifLzw;

// To be called when giflib is at the frame's pixels (DGifGetImageHeader). `code_size` from 0 to 8 is the file's.
void gif_lzw_begin(GifLzw *lzw, GifFileType *gif, int code_size);
// The next `n` indices. Returns how many there are: fewer if the data ends, or a code is invalid.
int gif_lzw_read(GifLzw *lzw, uint8_t *indices, int n);

#endif
