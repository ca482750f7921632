// The checks that all formats share, and the choice of the encoder.
#include "image/encode.h"

#include <assert.h>
#include <stdlib.h>

#include "image/encode_kind.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/icc_make.h"

struct Encode {
    const EncodeKind *kind;
    void *encoder;
    EncodePicture picture;
    Bytes exif;    // with the size of the picture
    Bytes icc;     // made for this file
    int n_written; // rows
};

static const EncodeKind *const kinds[] = {
    [ENCODE_PNG] = &encode_png,
    [ENCODE_JPEG] = &encode_jpeg,
    [ENCODE_WEBP] = &encode_webp,
    [ENCODE_WEBP_LOSSLESS] = &encode_webp_lossless,
};

static Status expected(const char *what, const char *name, int received) {
    return status_fail(STATUS_BAD_ARGUMENT, "Expected %s for %s but received %d.", what, name, received);
}

static Status check_metadata(const EncodeKind *kind, const char *what, const Bytes *data, size_t most) {
    if (!most || !data || data->size <= most) return STATUS_OK;
    return status_fail_for(REASON_FORMAT_METADATA, STATUS_UNSUPPORTED,
                           "A %s file has at most %zu bytes of %s but the picture has %zu.", kind->name, most, what,
                           data->size);
}

Status encode_check(const EncodePicture *picture) {
    if ((size_t)picture->format >= sizeof kinds / sizeof *kinds) {
        return expected("a known format", "format", (int)picture->format);
    }
    const EncodeKind *kind = kinds[picture->format];
    if (picture->width < 1 || picture->height < 1) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected at least 1 x 1 pixels for %s but received %d x %d.",
                           kind->name, picture->width, picture->height);
    }
    if (picture->width > kind->max_side || picture->height > kind->max_side) {
        return status_fail_for(
            REASON_FORMAT_TOO_SMALL, STATUS_UNSUPPORTED,
            "A %s file has at most %d pixels a side, but the picture has %d x %d; PNG has no such limit.", kind->name,
            kind->max_side, picture->width, picture->height);
    }
    if (picture->channels < 3 || picture->channels > 4) return expected("3 or 4", "channels", picture->channels);
    if (picture->bits != 8 && picture->bits != kind->max_bits) {
        return expected(kind->max_bits == 16 ? "8 or 16" : "8", "bits", picture->bits);
    }
    if (kind->has_quality && (picture->quality < 1 || picture->quality > 100)) {
        return expected("1 to 100", "quality", picture->quality);
    }
    if (!kind->has_quality && (picture->level < 1 || picture->level > 9))
        return expected("1 to 9", "level", picture->level);
    Status status = check_metadata(kind, "EXIF", picture->exif, kind->max_exif);
    return status ? status : check_metadata(kind, "XMP", picture->xmp, kind->max_xmp);
}

Status encode_exif(const EncodePicture *picture, Bytes *out) {
    if (!picture->exif || !picture->exif->size) return STATUS_OK;
    Status status = bytes_append(out, picture->exif->data, picture->exif->size);
    if (!status) exif_set_size(out, picture->width, picture->height);
    return status;
}

// A grey profile does not fit three channels.
static Status replace_grey_profile(EncodePicture *picture, Bytes *made) {
    Status status = icc_make_rgb(picture->icc, made);
    picture->icc = made->size ? made : NULL;
    return status;
}

Status encode_settle(EncodePicture *picture, Bytes *made) {
    const EncodeKind *kind = kinds[picture->format];
    IccMade outcome = ICC_NOT_NEEDED;
    Status status = STATUS_OK;
    if (picture->format != ENCODE_PNG && picture->colour && picture->colour->size)
        status = icc_make(picture->colour, picture->icc && picture->icc->size, made, &outcome);
    if (made->size || outcome == ICC_SRGB) picture->icc = made;
    const bool has_profile = picture->icc && picture->icc->size;
    picture->is_grey = picture->is_grey && kind->has_grey && !(has_profile && icc_is_rgb(picture->icc));
    if (status || !has_profile || picture->is_grey || !icc_is_grey(picture->icc)) return status;
    return replace_grey_profile(picture, made);
}

bool encode_keeps_profile(const EncodePicture *picture) {
    if (!picture->icc || !picture->icc->size) return true;
    const EncodeKind *kind = kinds[picture->format];
    EncodePicture settled = *picture;
    Bytes made = {0};
    const bool is_unknown = encode_settle(&settled, &made);
    const bool has_profile = settled.icc && settled.icc->size;
    const bool keeps = is_unknown || (has_profile && (!kind->keeps_profile || kind->keeps_profile(settled.icc)));
    bytes_free(&made);
    return keeps;
}

Status encode_begin(const EncodePicture *picture, Bytes *sink, Encode **out) {
    Status status = encode_check(picture);
    if (status) return status;
    const EncodeKind *kind = kinds[picture->format];
    Encode *encode = malloc(sizeof *encode);
    if (!encode) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the %s file.", kind->name);
    *encode = (Encode){.kind = kind, .picture = *picture};
    status = encode_settle(&encode->picture, &encode->icc);
    if (!status) status = encode_exif(picture, &encode->exif);
    encode->picture.exif = &encode->exif;
    if (!status) status = kind->begin(&encode->picture, sink, &encode->encoder);
    if (status) {
        encode_free(encode);
        return status;
    }
    *out = encode;
    return STATUS_OK;
}

Status encode_rows(Encode *encode, const void *rows, size_t row_bytes, int n_rows) {
    const EncodePicture *picture = &encode->picture;
    assert(n_rows >= 0 && row_bytes >= (size_t)picture->width * (size_t)(picture->channels * picture->bits / 8));
    if (n_rows > picture->height - encode->n_written) {
        return status_fail(STATUS_INTERNAL, "The %s of %d rows was given more than that.", encode->kind->name,
                           picture->height);
    }
    encode->n_written += n_rows;
    return encode->kind->rows(encode->encoder, rows, row_bytes, n_rows);
}

Status encode_finish(Encode *encode) {
    if (encode->n_written != encode->picture.height) {
        return status_fail(STATUS_INTERNAL, "The %s of %d rows was given only %d.", encode->kind->name,
                           encode->picture.height, encode->n_written);
    }
    return encode->kind->finish(encode->encoder);
}

void encode_free(Encode *encode) {
    if (!encode) return;
    if (encode->encoder) encode->kind->free(encode->encoder);
    bytes_free(&encode->exif);
    bytes_free(&encode->icc);
    free(encode);
}
