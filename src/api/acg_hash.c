// SHA-256 behind a handle.
#include "api/acg_hash.h"

#include <stdlib.h>

#include "api/acg_export.h"
#include "core/sha256.h"
#include "core/status.h"

struct AcgHash {
    Sha256 sha;
    uint8_t digest[SHA256_BYTES];
};

EXPORT AcgHash *acg_hash_open(void) {
    AcgHash *hash = malloc(sizeof *hash);
    if (!hash && status_fail(STATUS_NO_MEMORY, "Not enough memory for a SHA-256.")) return NULL;
    sha256_begin(&hash->sha);
    return hash;
}

EXPORT void acg_hash_add(AcgHash *hash, const void *bytes, size_t size) { sha256_add(&hash->sha, bytes, size); }

EXPORT const uint8_t *acg_hash_end(AcgHash *hash) {
    sha256_end(&hash->sha, hash->digest);
    return hash->digest;
}

EXPORT void acg_hash_close(AcgHash *hash) { free(hash); }
