// ICC.1:2022, 7.2, 7.3 and 10: a header, a table of tags, and the elements that they refer to.
#include "image/icc_write.h"

#include <math.h>
#include <string.h>

#include "image/png_chunk.h" // numbers are big-endian in both

enum {
    HEADER_BYTES = 128,
    MAX_TAGS = 11,
    ENTRY_BYTES = 12,
    TABLE_BYTES = 4 + MAX_TAGS * ENTRY_BYTES,
    XYZ_BYTES = 20,
    CHAD_BYTES = 44,
    TEXT_BYTES = 44, // with room for 16 bytes
    CICP_BYTES = 12,
};

typedef struct Writer {
    uint8_t table[TABLE_BYTES];
    int n_tags;
    size_t first; // where the first element stands
    Bytes elements;
} Writer;

static void put_name(uint8_t *to, const char *name) { memcpy(to, name, 4); }

static void put_fixed(uint8_t *to, double value) {
    const double most = 32767, bounded = value > most ? most : value < -most ? -most : value;
    png_chunk_set_u32(to, (uint32_t)(int32_t)lround(bounded * 65536));
}

// A tag of the last element.
static void put_tag(Writer *writer, const char *name, size_t size) {
    uint8_t *entry = writer->table + 4 + writer->n_tags * ENTRY_BYTES;
    put_name(entry, name);
    png_chunk_set_u32(entry + 4, (uint32_t)(writer->first + writer->elements.size - (size + 3) / 4 * 4));
    png_chunk_set_u32(entry + 8, (uint32_t)size);
    writer->n_tags++;
}

// Elements begin at multiples of four bytes.
static Status put_element(Writer *writer, const char *name, const uint8_t *element, size_t size) {
    static const uint8_t zeros[3] = {0};
    Status status = bytes_append(&writer->elements, element, size);
    if (!status) status = bytes_append(&writer->elements, zeros, (4 - size % 4) % 4);
    if (!status) put_tag(writer, name, size);
    return status;
}

static Status put_text(Writer *writer) {
    uint8_t text[TEXT_BYTES] = "mluc";
    png_chunk_set_u32(text + 8, 1);
    png_chunk_set_u32(text + 12, 12);
    put_name(text + 16, "enUS");
    png_chunk_set_u32(text + 20, 16);
    png_chunk_set_u32(text + 24, 28);
    for (int i = 0; i < 8; i++) text[28 + 2 * i + 1] = (uint8_t)"from PNG"[i];
    Status status = put_element(writer, "desc", text, sizeof text);
    if (!status) put_tag(writer, "cprt", sizeof text);
    return status;
}

static Status put_xyz(Writer *writer, const char *name, double x, double y, double z) {
    uint8_t element[XYZ_BYTES] = "XYZ ";
    put_fixed(element + 8, x);
    put_fixed(element + 12, y);
    put_fixed(element + 16, z);
    return put_element(writer, name, element, sizeof element);
}

static Status put_colours(Writer *writer, const IccParts *parts) {
    static const char *const columns[] = {"rXYZ", "gXYZ", "bXYZ"};
    Status status = put_xyz(writer, "wtpt", 0.9642, 1, 0.8249);
    for (int i = 0; !status && i < 3; i++) {
        const double (*m)[3] = parts->columns.m;
        status = put_xyz(writer, columns[i], m[0][i], m[1][i], m[2][i]);
    }
    uint8_t chad[CHAD_BYTES] = "sf32";
    for (int i = 0; i < 9; i++) put_fixed(chad + 8 + 4 * i, parts->adapted.m[i / 3][i % 3]);
    return status ? status : put_element(writer, "chad", chad, sizeof chad);
}

static Status put_curves(Writer *writer, const IccParts *parts) {
    Status status = put_element(writer, "rTRC", parts->curve, parts->curve_bytes);
    if (status) return status;
    put_tag(writer, "gTRC", parts->curve_bytes);
    put_tag(writer, "bTRC", parts->curve_bytes);
    if (!parts->code_points) return STATUS_OK;
    uint8_t element[CICP_BYTES] = "cicp";
    memcpy(element + 8, parts->code_points, 4);
    return put_element(writer, "cicp", element, sizeof element);
}

static Status append(const Writer *writer, bool has_code_points, Bytes *out) {
    uint8_t header[HEADER_BYTES] = {0};
    png_chunk_set_u32(header, (uint32_t)(writer->first + writer->elements.size));
    header[8] = 4;
    header[9] = has_code_points ? 0x40 : 0x30;
    put_name(header + 12, "mntr");
    put_name(header + 16, "RGB ");
    put_name(header + 20, "XYZ ");
    png_chunk_set_u16(header + 24, 2024); // a date: it must be valid
    header[27] = header[29] = 1;
    put_name(header + 36, "acsp");
    put_fixed(header + 68, 0.9642);
    put_fixed(header + 72, 1);
    put_fixed(header + 76, 0.8249);
    Status status = bytes_append(out, header, sizeof header);
    if (!status) status = bytes_append(out, writer->table, writer->first - HEADER_BYTES);
    return status ? status : bytes_append(out, writer->elements.data, writer->elements.size);
}

Status icc_write(const IccParts *parts, Bytes *out) {
    const int n_tags = parts->code_points ? MAX_TAGS : MAX_TAGS - 1;
    Writer writer = {.first = HEADER_BYTES + 4 + (size_t)(n_tags * ENTRY_BYTES)};
    png_chunk_set_u32(writer.table, (uint32_t)n_tags);
    Status status = put_text(&writer);
    if (!status) status = put_colours(&writer, parts);
    if (!status) status = put_curves(&writer, parts);
    if (!status) status = append(&writer, parts->code_points != NULL, out);
    bytes_free(&writer.elements);
    return status;
}

void icc_write_curve(const IccCurve *curve, uint8_t element[ICC_WRITE_CURVE_BYTES]) {
    const double values[] = {curve->g, curve->a, curve->b, curve->c, curve->d};
    memset(element, 0, ICC_WRITE_CURVE_BYTES);
    put_name(element, "para");
    png_chunk_set_u16(element + 8, 3);
    for (int i = 0; i < 5; i++) put_fixed(element + 12 + 4 * i, values[i]);
}
