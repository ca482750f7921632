// After Adobe's "Photoshop File Formats Specification": a header, and three sections that begin with their length.
#include "image/psd_header.h"

#include <string.h>

#include "core/warnings.h"
#include "image/byte_order.h"
#include "image/decode.h"

static const char what[] = "PSD file";

typedef struct Section {
    const uint8_t *bytes;
    size_t size, at;
} Section;

static size_t left(const Section *section) { return section->size - section->at; }

// Reads a section: a length of four bytes, and that many bytes.
static bool read_section(Section *from, Section *out) {
    if (left(from) < 4) return false;
    const uint32_t size = big32(from->bytes + from->at);
    from->at += 4;
    if (left(from) < size) return false;
    *out = (Section){.bytes = from->bytes + from->at, .size = size};
    from->at += size;
    return true;
}

static Status unsupported(const char *why) { return decode_unsupported(what, why); }

// ---- the header

uint32_t psd_header_n_colours(const PsdHeader *header) {
    return header->mode == PSD_CMYK ? 4 : header->mode == PSD_RGB ? 3 : 1;
}

enum { MAX_CHANNELS = 56 };

static Status read_mode(uint32_t mode, PsdHeader *out) {
    out->mode = (PsdMode)mode;
    if (out->bits == 1 || mode == 0) return unsupported("it has one bit a pixel");
    if (out->bits == 32) return unsupported("its samples are floats");
    if (out->bits != 8 && out->bits != 16) return unsupported("it has an unusual number of bits a sample");
    if (mode == 9) return unsupported("its colours are Lab");
    const bool is_known =
        mode == PSD_GREY || mode == PSD_PALETTE || mode == PSD_RGB || mode == PSD_CMYK || mode == PSD_DUOTONE;
    if (!is_known || (mode == PSD_PALETTE && out->bits != 8)) return unsupported("its colours are of an unknown kind");
    if (out->n_channels > MAX_CHANNELS) return decode_damaged(what, "it has more channels than there can be");
    if (out->n_channels < psd_header_n_colours(out)) return decode_damaged(what, "channels of its colours are missing");
    return STATUS_OK;
}

static Status read_header(Section *file, const DecodeOptions *options, PsdHeader *out) {
    enum { SIZE = 26, VERSION = 1, LARGE_VERSION = 2 };
    if (file->size < SIZE) return decode_cut(what, file->size);
    const uint32_t version = big16(file->bytes + 4);
    if (version == LARGE_VERSION) return unsupported("it is of the kind for large pictures (PSB)");
    if (version != VERSION) return unsupported("it is of an unknown version");
    out->n_channels = big16(file->bytes + 12);
    out->height = big32(file->bytes + 14);
    out->width = big32(file->bytes + 18);
    out->bits = big16(file->bytes + 22);
    file->at = SIZE;
    const Status status = decode_check_size(what, out->width, out->height, options);
    return status ? status : read_mode(big16(file->bytes + 24), out);
}

// ---- resources

static void read_density(const Section *resource, PsdHeader *out) {
    if (resource->size < 16) return;
    const uint64_t unit = 65536 * 254; // the unit is 1/65536 pixel an inch, whatever unit Photoshop shows
    const uint64_t x = (big32(resource->bytes) * UINT64_C(10000) + unit / 2) / unit;
    const uint64_t y = (big32(resource->bytes + 8) * UINT64_C(10000) + unit / 2) / unit;
    if (x && y) out->density = (Density){.x = (uint32_t)x, .y = (uint32_t)y, .is_per_metre = true};
}

// "8BIM", a number, a name of an even size with its length, and the data, filled up to an even size.
static void read_resources(Section *resources, PsdHeader *out) {
    enum { RESOLUTION = 1005, PROFILE = 1039 };
    while (left(resources) >= 12) {
        const uint8_t *at = resources->bytes + resources->at;
        const size_t name = (at[6] + 2u) / 2 * 2;
        Section resource;
        if (memcmp(at, "8BIM", 4) || left(resources) < 6 + name) return;
        resources->at += 6 + name;
        if (!read_section(resources, &resource)) return;
        resources->at += resources->at < resources->size ? resource.size % 2 : 0;
        if (big16(at + 4) == RESOLUTION) read_density(&resource, out);
        if (big16(at + 4) == PROFILE) {
            out->icc = resource.bytes;
            out->icc_size = resource.size;
        }
    }
}

// ---- layers: only whether the merged picture is transparent

// A number of layers below 0 says so.
static int count_layers(const Section *info) { return info->size < 2 ? 0 : (int)(int16_t)big16(info->bytes); }

// With 16-bit samples the layers are in a block of their own after all others.
static int find_layers(Section *section) {
    Section info, masks, block;
    if (!read_section(section, &info)) return 0;
    if (info.size || !read_section(section, &masks)) return count_layers(&info);
    while (left(section) >= 12) {
        const uint8_t *at = section->bytes + section->at;
        section->at += 8;
        if (!read_section(section, &block)) return 0;
        if (!memcmp(at + 4, "Lr16", 4)) return count_layers(&block);
        const size_t filling = (4 - block.size % 4) % 4;
        section->at += filling < left(section) ? filling : left(section);
    }
    return 0;
}

static void find_alpha(Section *layers, PsdHeader *out, Bytes *warnings) {
    if (out->n_channels == psd_header_n_colours(out) || out->mode == PSD_PALETTE) return;
    const int n_layers = find_layers(layers);
    out->alpha = n_layers < 0 ? PSD_MATTED : n_layers == 0 ? PSD_STRAIGHT : PSD_OPAQUE;
    if (out->alpha == PSD_OPAQUE)
        warnings_add(warnings, REASON_SELECTION_LEFT_OUT,
                     "The %s holds a selection beside its picture; it is left out.", what);
}

Status psd_header_read(const uint8_t *bytes, size_t size, const DecodeOptions *options, PsdHeader *out,
                       Bytes *warnings) {
    enum { PALETTE_BYTES = 768, PLAIN = 0, PACKED = 1 };
    Section file = {.bytes = bytes, .size = size}, colours, resources, layers;
    *out = (PsdHeader){0};
    const Status status = read_header(&file, options, out);
    if (status) return status;
    if (!read_section(&file, &colours) || !read_section(&file, &resources) || !read_section(&file, &layers) ||
        left(&file) < 2) {
        return decode_cut(what, size);
    }
    if (out->mode == PSD_PALETTE && colours.size < PALETTE_BYTES) return decode_damaged(what, "its palette is missing");
    out->palette = colours.bytes;
    read_resources(&resources, out);
    find_alpha(&layers, out, warnings);
    const uint32_t packing = big16(bytes + file.at);
    out->is_packed = packing == PACKED;
    out->pixels = file.at + 2;
    return packing == PLAIN || packing == PACKED ? STATUS_OK : unsupported("its merged picture is compressed with ZIP");
}
