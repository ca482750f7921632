// Frees metadata.
#include "image/metadata.h"

void metadata_free(Metadata *metadata) {
    bytes_free(&metadata->icc);
    bytes_free(&metadata->colour);
    bytes_free(&metadata->exif);
    bytes_free(&metadata->xmp);
    bytes_free(&metadata->text);
    *metadata = (Metadata){0};
}
