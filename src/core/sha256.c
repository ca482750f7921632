// FIPS 180-4, sections 4.1.2 (functions), 4.2.2 (constants), 5.3.3 (initial state) and 6.2.2 (a block).
#include "core/sha256.h"

#include <string.h>

static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static uint32_t load(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(uint8_t *p, uint32_t x) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(x >> (24 - 8 * i));
}

static inline void step(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
                        uint32_t *h, uint32_t kw) {
    const uint32_t t1 = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + kw;
    const uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    *d += t1;
    *h = t1 + t2;
}

static void add_block(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) w[i] = load(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        const uint32_t x = w[i - 15], y = w[i - 2];
        w[i] =
            w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[i - 7] + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6],
             h = state[7];
    const uint32_t *k = constants;
    for (int i = 0; i < 64; i += 8) { // eight steps at a time, so that the variables change roles and no value is moved
        step(a, b, c, &d, e, f, g, &h, k[i] + w[i]);
        step(h, a, b, &c, d, e, f, &g, k[i + 1] + w[i + 1]);
        step(g, h, a, &b, c, d, e, &f, k[i + 2] + w[i + 2]);
        step(f, g, h, &a, b, c, d, &e, k[i + 3] + w[i + 3]);
        step(e, f, g, &h, a, b, c, &d, k[i + 4] + w[i + 4]);
        step(d, e, f, &g, h, a, b, &c, k[i + 5] + w[i + 5]);
        step(c, d, e, &f, g, h, a, &b, k[i + 6] + w[i + 6]);
        step(b, c, d, &e, f, g, h, &a, k[i + 7] + w[i + 7]);
    }
    const uint32_t sums[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) state[i] += sums[i];
}

void sha256_begin(Sha256 *sha) {
    memcpy(sha->state, first, sizeof first);
    sha->n_bytes = 0;
}

void sha256_add(Sha256 *sha, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    while (size) {
        const size_t begun = sha->n_bytes % 64, room = 64 - begun;
        if (!begun && size >= 64) { // a whole block is not copied first
            add_block(sha->state, at);
            at += 64;
            size -= 64;
            sha->n_bytes += 64;
            continue;
        }
        const size_t n = size < room ? size : room;
        memcpy(sha->block + begun, at, n);
        at += n;
        size -= n;
        sha->n_bytes += n;
        if (n == room) add_block(sha->state, sha->block);
    }
}

void sha256_end(Sha256 *sha, uint8_t digest[SHA256_BYTES]) {
    static const uint8_t padding[64] = {0x80};
    const uint64_t n_bits = sha->n_bytes * 8;
    const size_t begun = sha->n_bytes % 64;
    uint8_t length[8];
    store(length, (uint32_t)(n_bits >> 32));
    store(length + 4, (uint32_t)n_bits);
    sha256_add(sha, padding, begun < 56 ? 56 - begun : 120 - begun);
    sha256_add(sha, length, sizeof length);
    for (int i = 0; i < 8; i++) store(digest + 4 * i, sha->state[i]);
}
