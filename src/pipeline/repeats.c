// Hashes each tile's samples, then compares the tiles of the most frequent hash with the first of them.
#include "pipeline/repeats.h"

#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"

typedef struct Key {
    uint64_t hash;
    int tile;
} Key;

typedef struct Search {
    const Image *image;
    const TileGrid *grid;
    const UpscalerGeometry *geometry;
    Key *keys;
    int first; // the tile that others are compared with
    bool *is_like;
} Search;

// The pixel, which may lie outside of the picture. NULL: it is a zero there.
static const uint8_t *pixel_at(const Search *search, int y, int x) {
    const Image *image = search->image;
    const UpscalerEdge edge = search->geometry->edge;
    const int from_y = tile_edge(edge, y, image->height), from_x = tile_edge(edge, x, image->width);
    if (from_y < 0 || from_x < 0) return NULL;
    return image->pixels + (size_t)from_y * image_row_bytes(image) + (size_t)from_x * image_pixel_bytes(image);
}

static bool is_same_pixel(const uint8_t *a, const uint8_t *b, size_t bytes) {
    return a && b ? !memcmp(a, b, bytes) : a == b;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static void hash_tile(void *context, int tile) {
    const Search *search = context;
    const TileRect rect = tile_at(search->grid, tile);
    const int halo = search->geometry->halo;
    const size_t bytes = image_pixel_bytes(search->image);
    uint64_t hash = mix((uint64_t)rect.padded_width, (uint64_t)rect.padded_height);
    hash = mix(hash, (uint64_t)(rect.x + rect.width == search->grid->width) * 2 +
                         (rect.y + rect.height == search->grid->height));
    for (int y = rect.y - halo; y < rect.y + rect.padded_height + halo; y++) {
        for (int x = rect.x - halo; x < rect.x + rect.padded_width + halo; x++) {
            uint64_t value = 0;
            const uint8_t *pixel = pixel_at(search, y, x);
            if (pixel) memcpy(&value, pixel, bytes);
            hash = mix(hash, value);
        }
    }
    search->keys[tile] = (Key){hash, tile};
}

static bool is_same(const Search *search, TileRect a, TileRect b) {
    const TileGrid *grid = search->grid;
    const size_t bytes = image_pixel_bytes(search->image);
    if (a.padded_width != b.padded_width || a.padded_height != b.padded_height) return false;
    if ((a.x + a.width == grid->width) != (b.x + b.width == grid->width)) return false;
    if ((a.y + a.height == grid->height) != (b.y + b.height == grid->height)) return false;
    const int halo = search->geometry->halo;
    for (int y = -halo; y < a.padded_height + halo; y++) {
        for (int x = -halo; x < a.padded_width + halo; x++) {
            if (!is_same_pixel(pixel_at(search, a.y + y, a.x + x), pixel_at(search, b.y + y, b.x + x), bytes))
                return false;
        }
    }
    return true;
}

static void compare_tile(void *context, int tile) {
    const Search *search = context;
    search->is_like[tile] =
        search->is_like[tile] && is_same(search, tile_at(search->grid, search->first), tile_at(search->grid, tile));
}

static int by_hash(const void *a, const void *b) {
    const Key *p = a, *q = b;
    if (p->hash != q->hash) return p->hash < q->hash ? -1 : 1;
    return p->tile < q->tile ? -1 : 1;
}

// The longest run of equal hashes among sorted keys: its length, and *begin.
static int longest_run(const Key *keys, int n, int *begin) {
    int longest = 0;
    for (int i = 0, start = 0; i < n; i++) {
        if (keys[i].hash != keys[start].hash) start = i;
        if (i - start + 1 <= longest) continue;
        longest = i - start + 1;
        *begin = start;
    }
    return longest;
}

Status repeats_find(const Image *image, const TileGrid *grid, const UpscalerGeometry *geometry, Repeats *out) {
    const int n = tile_count(grid);
    Search search = {image, grid, geometry, calloc((size_t)n, sizeof(Key)), 0, calloc((size_t)n, sizeof(bool))};
    *out = (Repeats){.first = -1};
    if (!search.keys || !search.is_like) {
        free(search.keys);
        free(search.is_like);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory to look for tiles that repeat.");
    }
    parallel_for(hash_tile, &search, n);
    qsort(search.keys, (size_t)n, sizeof(Key), by_hash);
    int begin = 0;
    const int length = longest_run(search.keys, n, &begin);
    search.first = search.keys[begin].tile;
    for (int i = begin; i < begin + length; i++) search.is_like[search.keys[i].tile] = true;
    parallel_for(compare_tile, &search, n);
    int n_like = 0;
    for (int i = 0; i < n; i++) n_like += search.is_like[i];
    free(search.keys);
    if (n_like < 2) {
        free(search.is_like);
        return STATUS_OK;
    }
    *out = (Repeats){search.first, n_like - 1, search.is_like};
    return STATUS_OK;
}

void repeats_free(Repeats *repeats) { free(repeats->is_like); }
