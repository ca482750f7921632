// Keeps a feature map of the whole picture between two passes over its tiles. Each tile writes its own part, and reads
// back a larger one, into its neighbours' parts. The map is kept in bands, one a row of tiles, which come and go with
// the passes.
#ifndef PIPELINE_MAP_STORE_H
#define PIPELINE_MAP_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/tensor.h"

typedef enum MapFormat {
    MAP_FLOAT, // as it is
    MAP_SHORT, // half the memory: 16 bits a sample and one scale a pixel; off by at most 1/65534 of the pixel's largest
               // sample
} MapFormat;

typedef struct MapStore {
    int h, w, c;
    int band_rows; // of all bands but the last, which holds the rest
    int n_bands;
    MapFormat format;
    void **bands; // NULL: not written yet, or forgotten
} MapStore;

// Bytes of a map of h x w pixels of c channels.
size_t map_store_bytes(size_t h, size_t w, size_t c, MapFormat format);

// An empty store. Bands get their memory when they are first written to.
MUST_CHECK Status map_store_create(int h, int w, int c, int band_rows, int n_bands, MapFormat format, MapStore *out);
void map_store_free(MapStore *store); // accepts a zeroed store

// Keeps the first n_rows x n_columns pixels of `from` at (y, x), within one band. STATUS_NO_MEMORY if its memory cannot
// be had.
MUST_CHECK Status map_store_write(MapStore *store, Tensor from, int n_rows, int n_columns, int y, int x);
// Fills `to` from (y, x) on. All of it must have been written.
void map_store_read(const MapStore *store, int y, int x, Tensor to);
// Gives a band's memory back.
void map_store_forget(MapStore *store, int band);

#endif
