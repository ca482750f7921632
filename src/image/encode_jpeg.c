// Pixels to JPEG with libjpeg-turbo, row by row: baseline, since a progressive file needs the whole picture.
#include <stdlib.h>
#include <string.h>

#include "image/encode_kind.h"
#include "image/grey.h"
#include "image/guard_jpeg.h"

static const char exif_signature[] = "Exif\0", xmp_signature[] = "http://ns.adobe.com/xap/1.0/"; // and the terminator

enum {
    FULL_COLOUR_QUALITY = 90, // from here on colours are not halved in resolution
    MAX_MARKER = 65533,       // bytes
    BUFFER_BYTES = 16384,
};

typedef struct Writer {
    GuardJpeg guard;
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr destination;
    const EncodePicture *picture;
    Bytes *sink;         // not owned
    uint8_t *white;      // a row laid on white
    uint8_t *grey;       // a row of a grey picture, or NULL
    const uint8_t *rows; // of the running write_rows
    size_t row_bytes;
    int n_rows;
    uint8_t buffer[BUFFER_BYTES];
} Writer;

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the JPEG file."); }

static Status explain(j_common_ptr jpeg, const char *phrase) {
    (void)jpeg;
    return status_fail(STATUS_INTERNAL, "Writing the JPEG failed (%s).", phrase);
}

// ---- the destination

static void begin_destination(j_compress_ptr jpeg) {
    Writer *writer = jpeg->client_data;
    writer->destination.next_output_byte = writer->buffer;
    writer->destination.free_in_buffer = BUFFER_BYTES;
}

static void append(j_compress_ptr jpeg, size_t size) {
    Writer *writer = jpeg->client_data;
    Status status = bytes_append(writer->sink, writer->buffer, size);
    if (status) guard_jpeg_fail((j_common_ptr)jpeg, status);
}

static boolean empty_destination(j_compress_ptr jpeg) {
    append(jpeg, BUFFER_BYTES);
    begin_destination(jpeg);
    return TRUE;
}

static void end_destination(j_compress_ptr jpeg) { append(jpeg, BUFFER_BYTES - jpeg->dest->free_in_buffer); }

// ---- writing

static void write_app1(Writer *writer, const char *signature, size_t signature_size, const Bytes *data) {
    if (!data || !data->size) return;
    jpeg_write_m_header(&writer->jpeg, JPEG_APP0 + 1, (unsigned)(signature_size + data->size));
    for (size_t i = 0; i < signature_size; i++) jpeg_write_m_byte(&writer->jpeg, signature[i]);
    for (size_t i = 0; i < data->size; i++) jpeg_write_m_byte(&writer->jpeg, data->data[i]);
}

static void write_metadata(Writer *writer) {
    const Bytes *icc = writer->picture->icc;
    write_app1(writer, exif_signature, sizeof exif_signature, writer->picture->exif);
    write_app1(writer, xmp_signature, sizeof xmp_signature, writer->picture->xmp);
    if (icc && icc->size) jpeg_write_icc_profile(&writer->jpeg, icc->data, (unsigned)icc->size);
}

// The rounding error of n pixels a metre in another unit, of which per_10000 make 10000 metres.
static uint64_t rounding(uint64_t n, uint64_t per_10000) {
    const uint64_t rest = n * 10000 % per_10000;
    return (rest < per_10000 - rest ? rest : per_10000 - rest) * 10000 / per_10000;
}

// JFIF stores whole pixels an inch or a centimetre. The more exact unit is used; a density that does not fit is left
// out.
static void set_density(struct jpeg_compress_struct *jpeg, Density density) {
    enum { PROPORTIONS, PER_INCH, PER_CENTIMETRE };
    enum { INCHES = 393701, CENTIMETRES = 1000000, MOST = 65535 }; // in 10000 metres
    const bool is_inch = rounding(density.x, INCHES) <= rounding(density.x, CENTIMETRES);
    const uint64_t per_10000 = is_inch ? INCHES : CENTIMETRES;
    uint64_t x = density.x, y = density.y;
    if (density.is_per_metre) {
        x = (x * 10000 + per_10000 / 2) / per_10000;
        y = (y * 10000 + per_10000 / 2) / per_10000;
    }
    while (!density.is_per_metre && (x > MOST || y > MOST)) x /= 2, y /= 2;
    if (!x || !y || x > MOST || y > MOST) return;
    jpeg->density_unit = !density.is_per_metre ? PROPORTIONS : is_inch ? PER_INCH : PER_CENTIMETRE;
    jpeg->X_density = (UINT16)x;
    jpeg->Y_density = (UINT16)y;
}

static void write_header(void *context) {
    Writer *writer = context;
    const EncodePicture *picture = writer->picture;
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg_create_compress(jpeg);
    jpeg->client_data = writer;
    writer->destination.init_destination = begin_destination;
    writer->destination.empty_output_buffer = empty_destination;
    writer->destination.term_destination = end_destination;
    jpeg->dest = &writer->destination;
    jpeg->image_width = (JDIMENSION)picture->width;
    jpeg->image_height = (JDIMENSION)picture->height;
    jpeg->input_components = picture->is_grey ? 1 : 3;
    jpeg->in_color_space = picture->is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg); // 4:2:0
    jpeg_set_quality(jpeg, picture->quality, TRUE);
    if (picture->quality >= FULL_COLOUR_QUALITY)
        jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
    set_density(jpeg, picture->density);
    jpeg_start_compress(jpeg, TRUE);
    write_metadata(writer);
}

static void lay_on_white(const uint8_t *from, int width, uint8_t *to) {
    for (int x = 0; x < width; x++, from += 4, to += 3) {
        const int alpha = from[3];
        for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static void write_rows(void *context) {
    Writer *writer = context;
    for (int i = 0; i < writer->n_rows; i++) {
        const uint8_t *from = writer->rows + (size_t)i * writer->row_bytes;
        if (writer->white) lay_on_white(from, writer->picture->width, writer->white);
        JSAMPROW row = writer->white ? writer->white : (uint8_t *)(uintptr_t)from; // libjpeg only reads it
        if (writer->grey) {
            grey_pack_row(row, writer->picture->width, 3, 8, writer->grey);
            row = writer->grey;
        }
        jpeg_write_scanlines(&writer->jpeg, &row, 1);
    }
}

static void write_end(void *context) {
    Writer *writer = context;
    jpeg_finish_compress(&writer->jpeg);
}

static Status begin(const EncodePicture *picture, Bytes *sink, void **out) {
    Writer *writer = calloc(1, sizeof *writer);
    if (!writer) return no_memory();
    *out = writer;
    writer->jpeg.err = guard_jpeg_manager(&writer->guard, explain, explain);
    writer->picture = picture;
    writer->sink = sink;
    if (picture->channels == 4) writer->white = malloc((size_t)picture->width * 3);
    if (picture->is_grey) writer->grey = malloc((size_t)picture->width);
    if ((picture->channels == 4 && !writer->white) || (picture->is_grey && !writer->grey)) return no_memory();
    return guard_run(&writer->guard.guard, write_header, writer);
}

static Status rows(void *encoder, const uint8_t *from, size_t row_bytes, int n_rows) {
    Writer *writer = encoder;
    writer->rows = from;
    writer->row_bytes = row_bytes;
    writer->n_rows = n_rows;
    return guard_run(&writer->guard.guard, write_rows, writer);
}

static Status finish(void *encoder) {
    Writer *writer = encoder;
    return guard_run(&writer->guard.guard, write_end, writer);
}

static void release(void *encoder) {
    Writer *writer = encoder;
    jpeg_destroy_compress(&writer->jpeg);
    free(writer->white);
    free(writer->grey);
    free(writer);
}

const EncodeKind encode_jpeg = {.name = "JPEG",
                                .max_side = JPEG_MAX_DIMENSION,
                                .max_bits = 8,
                                .has_grey = true,
                                .has_quality = true,
                                .max_exif = MAX_MARKER - sizeof exif_signature,
                                .max_xmp = MAX_MARKER - sizeof xmp_signature,
                                .begin = begin,
                                .rows = rows,
                                .finish = finish,
                                .free = release};
