// JPEG to pixels with libjpeg-turbo: baseline, progressive and arithmetic-coded; grey, YCbCr, RGB, CMYK and YCCK.
// libjpeg invents missing or damaged pixels. Here they are an error, unless the options keep damaged files.
#include "image/decode_jpeg.h"

#include <stdlib.h>
#include <string.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/exif.h"
#include "image/guard_jpeg.h"
#include "image/jpeg_source.h"

static const char what[] = "JPEG file";

enum {
    APP1 = JPEG_APP0 + 1,
    APP2 = JPEG_APP0 + 2,
    RST0 = JPEG_RST0,
    RST7 = JPEG_RST0 + 7,
    SOF0 = 0xc0,      // there are no markers of segments below
    MAX_VISITS = 100, // of a block; usual files have about ten, and Chromium stops at a hundred scans
    FREE_VISITS = 1 << 20,
};

typedef struct Reader {
    GuardJpeg guard;
    struct jpeg_decompress_struct jpeg;
    JpegSource source;
    struct jpeg_progress_mgr progress;
    const DecodeOptions *options;
    const uint8_t *bytes;
    size_t size;
    uint8_t *profile; // libjpeg's copy
    uint8_t *row;     // of CMYK
    Image image;
    int counted_scan; // the last scan whose blocks are among the visits
    uint64_t n_visits;
    bool has_bad_restart; // and a warning was given
    bool has_gap;         // a part between two restart markers is missing, which libjpeg will report
    bool is_damaged;      // the options keep it, and a warning was given
    bool lacks_scans;     // so the picture is coarser than it should be
    bool has_all_rows;    // all pixels have been read
} Reader;

static Reader *reader_of(j_common_ptr jpeg) { return jpeg->client_data; }

static Bytes *warnings_of(j_common_ptr jpeg) { return &reader_of(jpeg)->image.warnings; }

// ---- messages of libjpeg

static Status explain(j_common_ptr jpeg, const char *phrase) {
    const j_decompress_ptr decoder = (j_decompress_ptr)jpeg;
    Status status;
    switch (jpeg->err->msg_code) {
        case JERR_EMPTY_IMAGE:
            status = decode_check_size(what, decoder->image_width, decoder->image_height, reader_of(jpeg)->options);
            return status ? status : decode_damaged(what, "it has no colours");
        case JERR_BAD_PRECISION: return decode_unsupported(what, "it has other than 8 bits a sample");
        case JERR_SOF_UNSUPPORTED: return decode_unsupported(what, "it is lossless or hierarchical");
        case JERR_CONVERSION_NOTIMPL: return decode_unsupported(what, "its colours are of an unknown kind");
        case JERR_IMAGE_TOO_BIG:
            return status_fail_for(REASON_SIDES_TOO_LONG, STATUS_UNSUPPORTED,
                                   "The %s is too large: %u x %u pixels; at most %ld a side.", what,
                                   decoder->image_width, decoder->image_height, JPEG_MAX_DIMENSION);
        default:
            if (reader_of(jpeg)->source.is_past_end) return decode_cut(what, reader_of(jpeg)->size);
            return decode_damaged(what, phrase);
    }
}

// The first row that is being read.
static unsigned current_row(const struct jpeg_decompress_struct *jpeg) {
    const unsigned row = jpeg->input_iMCU_row * (unsigned)jpeg->max_v_samp_factor * DCTSIZE;
    return row < jpeg->image_height ? row : jpeg->image_height;
}

// Pixels are missing or damaged from here on.
static Status damage(j_common_ptr jpeg, const char *phrase) {
    Reader *reader = reader_of(jpeg);
    const bool is_cut = reader->source.is_past_end;
    const unsigned row = current_row(&reader->jpeg), height = reader->jpeg.image_height;
    const bool has_nothing = is_cut && row == 0 && reader->jpeg.input_scan_number <= 1;
    if (!reader->options->keeps_damaged || has_nothing)
        return is_cut ? decode_cut(what, reader->size) : decode_damaged(what, phrase);
    if (reader->is_damaged) return STATUS_OK;
    reader->is_damaged = true;
    if (!is_cut) {
        warnings_add(warnings_of(jpeg), REASON_ROWS_DAMAGED, "The %s is damaged from row %u of %u on (%s).", what, row,
                     height, phrase);
    } else if (jpeg_has_multiple_scans(&reader->jpeg)) {
        warnings_add(warnings_of(jpeg), REASON_DETAILS_MISSING,
                     "The %s ends too early: it lacks details, or whole rows.", what);
    } else {
        warnings_add(warnings_of(jpeg), REASON_ROWS_MISSING,
                     "The %s ends too early: %u of its %u rows are missing, and filled up.", what, height - row,
                     height);
    }
    return STATUS_OK;
}

static Status warn(j_common_ptr jpeg, const char *phrase) {
    Reader *reader = reader_of(jpeg);
    switch (jpeg->err->msg_code) {
        case JWRN_JFIF_MAJOR:     // no pixel depends on it
        case JWRN_NOT_SEQUENTIAL: //
        case JWRN_MUST_RESYNC:    // see find_restart
            return STATUS_OK;
        case JWRN_ADOBE_XFORM:
        case JWRN_BOGUS_PROGRESSION:
            warnings_add(warnings_of(jpeg), REASON_ODD_COLOURS, "The %s is odd, and its colours may be wrong (%s).",
                         what, phrase);
            return STATUS_OK;
        case JWRN_EXTRANEOUS_DATA:
            if (reader->source.may_end) {
                warnings_add(warnings_of(jpeg), REASON_PIXELS_DAMAGED,
                             "The %s has bytes left over behind coded pixels: some may be wrong.", what);
            } else {
                warnings_add(warnings_of(jpeg), REASON_STRAY_BYTES,
                             "The %s has bytes between its parts that belong to none.", what);
            }
            return STATUS_OK;
        case JWRN_BOGUS_ICC:
            warnings_add(warnings_of(jpeg), REASON_PROFILE_LEFT_OUT,
                         "The colour profile of the %s is broken, and left out.", what);
            return STATUS_OK;
        case JWRN_HIT_MARKER:
            if (!reader->has_gap) return damage(jpeg, phrase);
            reader->has_gap = false;
            return STATUS_OK;
        default: return damage(jpeg, phrase);
    }
}

// There is another marker where a restart marker should be. libjpeg, and so Chromium, decides by the numbers of the
// restart markers. A marker that is neither that of a segment nor the end is taken for a damaged restart marker.
static boolean find_restart(j_decompress_ptr jpeg, int desired) {
    Reader *reader = jpeg->client_data;
    const int found = jpeg->unread_marker;
    const bool is_restart = found >= RST0 && found <= RST7;
    if (found > SOF0 && !is_restart && found != JPEG_EOI && !jpeg_source_is_at_segment(&reader->source)) {
        jpeg->unread_marker = 0;
    } else if (!jpeg_resync_to_restart(jpeg, desired)) {
        return FALSE;
    }
    reader->has_gap = jpeg->unread_marker >= RST0 && jpeg->unread_marker <= RST7;
    if (reader->has_bad_restart || (jpeg->unread_marker && !reader->has_gap)) return TRUE;
    reader->has_bad_restart = true;
    warnings_add(&reader->image.warnings, REASON_PIXELS_DAMAGED,
                 "A restart marker of the %s is damaged: pixels from row %u on may be wrong.", what, current_row(jpeg));
    return TRUE;
}

// ---- how long it may take

static uint64_t n_blocks(const struct jpeg_decompress_struct *jpeg) {
    uint64_t n = 0;
    for (int i = 0; i < jpeg->num_components; i++)
        n += (uint64_t)jpeg->comp_info[i].width_in_blocks * jpeg->comp_info[i].height_in_blocks;
    return n;
}

// Called at least once in each scan. A scan costs one visit for each of its blocks, even if it is only a few bytes.
static void limit_visits(j_common_ptr common) {
    const j_decompress_ptr jpeg = (j_decompress_ptr)common;
    Reader *reader = reader_of(common);
    if (jpeg->input_scan_number == reader->counted_scan) return;
    reader->counted_scan = jpeg->input_scan_number;
    reader->n_visits += (uint64_t)jpeg->MCUs_per_row * jpeg->MCU_rows_in_scan * (uint64_t)jpeg->blocks_in_MCU;
    if (reader->n_visits <= n_blocks(jpeg) * MAX_VISITS + FREE_VISITS) return;
    guard_jpeg_fail(common,
                    status_fail_for(REASON_TOO_MANY_SCANS, STATUS_UNSUPPORTED,
                                    "The %s is not supported: its scans go over the picture more than %d times.", what,
                                    MAX_VISITS));
}

// ---- metadata

static void keep(Reader *reader, Bytes *bytes, const uint8_t *data, size_t size) {
    Status status = bytes_append(bytes, data, size);
    if (status) guard_jpeg_fail((j_common_ptr)&reader->jpeg, status);
}

// The contents of the first APP1 marker that begins with `signature`; parts of XMP that do not fit into one marker are
// left out.
static void keep_app1(Reader *reader, const char *signature, size_t size, Bytes *out) {
    for (jpeg_saved_marker_ptr at = reader->jpeg.marker_list; at; at = at->next) {
        if (at->marker != APP1 || at->data_length <= size || memcmp(at->data, signature, size)) continue;
        keep(reader, out, at->data + size, at->data_length - size);
        break;
    }
}

static Density find_density(const struct jpeg_decompress_struct *jpeg) {
    enum { PROPORTIONS, PER_INCH, PER_CENTIMETRE };
    const uint32_t x = jpeg->X_density, y = jpeg->Y_density;
    if (!jpeg->saw_JFIF_marker || !x || !y) return (Density){0};
    switch (jpeg->density_unit) {
        case PROPORTIONS: return x == 1 && y == 1 ? (Density){0} : (Density){.x = x, .y = y};
        case PER_INCH:
            return (Density){.x = (x * 10000 + 127) / 254, .y = (y * 10000 + 127) / 254, .is_per_metre = true};
        case PER_CENTIMETRE: return (Density){.x = x * 100, .y = y * 100, .is_per_metre = true};
        default: return (Density){0};
    }
}

static void keep_metadata(Reader *reader) {
    static const char exif[] = "Exif\0", xmp[] = "http://ns.adobe.com/xap/1.0/"; // and the terminator
    Metadata *meta = &reader->image.meta;
    unsigned size;
    if (jpeg_read_icc_profile(&reader->jpeg, &reader->profile, &size)) keep(reader, &meta->icc, reader->profile, size);
    keep_app1(reader, exif, sizeof exif, &meta->exif);
    exif_drop_broken(&meta->exif, "JPEG", &reader->image.warnings);
    keep_app1(reader, xmp, sizeof xmp, &meta->xmp);
    meta->density = find_density(&reader->jpeg);
}

// ---- pixels

// Without the profile. CMYK is read as inverted, as Adobe's programs write it and all programs read it, whether or not
// the file says so.
static void cmyk_to_rgb(const uint8_t *from, int width, uint8_t *to) {
    for (int x = 0; x < width; x++, from += 4, to += 3) {
        for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
    }
}

static void read_rows(Reader *reader) {
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    const size_t row_bytes = image_row_bytes(&reader->image);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = reader->image.pixels + jpeg->output_scanline * row_bytes;
        JSAMPROW row = reader->row ? reader->row : to;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (reader->row) cmyk_to_rgb(row, reader->image.width, to);
    }
}

// Whether a scan of every colour has come, and of a progressive file every bit.
static bool has_all_scans(const struct jpeg_decompress_struct *jpeg) {
    for (int i = 0; i < jpeg->num_components; i++) {
        if (!jpeg->comp_info[i].quant_table) return false; // it is taken when the first scan begins
        for (int k = 0; k < DCTSIZE2 && jpeg->coef_bits; k++) {
            if (jpeg->coef_bits[i][k] != 0) return false;
        }
    }
    return true;
}

static void open_file(Reader *reader) {
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    jpeg->client_data = reader;
    jpeg_create_decompress(jpeg);
    jpeg_source_init(&reader->source, reader->bytes, reader->size, jpeg);
    reader->source.manager.resync_to_restart = find_restart;
    reader->progress.progress_monitor = limit_visits;
    jpeg->progress = &reader->progress;
    jpeg_save_markers(jpeg, APP1, 0xffff);
    jpeg_save_markers(jpeg, APP2, 0xffff);
}

static Status create(Reader *reader) {
    const struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    Image made;
    Status status = decode_check_size(what, jpeg->image_width, jpeg->image_height, reader->options);
    if (!status) status = image_create((int)jpeg->image_width, (int)jpeg->image_height, 3, &made);
    if (status) return status;
    made.warnings = reader->image.warnings;
    reader->image = made;
    const bool is_cmyk = jpeg->num_components == 4;
    if (is_cmyk) reader->row = malloc(4 * (size_t)jpeg->image_width);
    return is_cmyk && !reader->row ? decode_no_memory(what) : STATUS_OK;
}

static void read_picture(void *context) {
    Reader *reader = context;
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    open_file(reader);
    jpeg_read_header(jpeg, TRUE);
    const Status status = create(reader);
    if (status) guard_jpeg_fail((j_common_ptr)jpeg, status);
    keep_metadata(reader);
    reader->source.may_end = true;
    jpeg->out_color_space = reader->row ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(jpeg);
    read_rows(reader);
    reader->has_all_rows = true;
    reader->lacks_scans = !has_all_scans(jpeg);
    jpeg_finish_decompress(jpeg);
}

// ---- after decoding

// libjpeg stopped after some rows.
static void fill_up(Reader *reader) {
    const unsigned height = reader->jpeg.output_height, missing = height - reader->jpeg.output_scanline;
    const size_t row = image_row_bytes(&reader->image);
    memset(reader->image.pixels + row * (height - missing), 128, row * missing);
    warnings_add(&reader->image.warnings, REASON_ROWS_MISSING,
                 "The %s is damaged: %u of its %u rows are missing, and grey.", what, missing, height);
}

static Status settle_failure(Reader *reader, Status status) {
    if (status == STATUS_NO_MEMORY) return status;
    if (reader->has_all_rows) {
        warnings_add(&reader->image.warnings, REASON_DAMAGED_BEHIND, "The %s is damaged behind its pixels.", what);
        return STATUS_OK;
    }
    const bool has_rows = reader->image.pixels && reader->jpeg.output_scanline > 0;
    if (!reader->options->keeps_damaged || !has_rows) return status;
    fill_up(reader);
    return STATUS_OK;
}

// Where libjpeg found no fault. Of arithmetic coding it does not know whether bits were missing at the end.
static Status check_end(Reader *reader) {
    Bytes *warnings = &reader->image.warnings;
    const bool is_cut = reader->source.is_past_end;
    if (is_cut && (reader->lacks_scans || reader->jpeg.arith_code)) {
        if (!reader->options->keeps_damaged) return decode_cut(what, reader->size);
        warnings_add(warnings, REASON_DETAILS_MISSING, "The %s ends too early: it lacks details, or whole rows.", what);
    } else if (is_cut) {
        warnings_add(warnings, REASON_MAYBE_CUT, "The %s has no end, but all its pixels: it may have been cut short.",
                     what);
    } else if (reader->lacks_scans) {
        warnings_add(warnings, REASON_DETAILS_MISSING,
                     "The %s lacks scans, and may be coarser than it was meant to be.", what);
    }
    return STATUS_OK;
}

Status decode_jpeg(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Reader reader = {.options = options, .bytes = bytes, .size = size};
    reader.jpeg.err = guard_jpeg_manager(&reader.guard, explain, warn);
    Status status = guard_run(&reader.guard.guard, read_picture, &reader);
    if (status)
        status = settle_failure(&reader, status);
    else if (!reader.is_damaged)
        status = check_end(&reader);
    jpeg_destroy_decompress(&reader.jpeg);
    free(reader.profile);
    free(reader.row);
    if (status)
        image_free(&reader.image);
    else
        *out = reader.image;
    return status;
}
