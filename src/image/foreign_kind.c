// By their first bytes, the brands of ISO media files, and the first tag of XML.
#include "image/foreign_kind.h"

#include <stdbool.h>
#include <string.h>

typedef struct Magic {
    const char *name; // with its article
    size_t offset, length;
    const char *bytes;
} Magic;

static const Magic magics[] = {
    {"a TIFF file", 0, 4, "II*\0"},
    {"a TIFF file", 0, 4, "MM\0*"},
    {"a BigTIFF file", 0, 4, "II+\0"},
    {"a BigTIFF file", 0, 4, "MM\0+"},
    {"a JPEG XL file", 0, 2, "\xff\x0a"},
    {"a JPEG XL file", 4, 4, "JXL "},
    {"a JPEG 2000 file", 4, 4, "jP  "},
    {"a JPEG 2000 file", 0, 4, "\xff\x4f\xff\x51"},
    {"a JPEG XR file", 0, 3, "II\xbc"},
    {"an ICNS file", 0, 4, "icns"},
    {"a PAM file", 0, 3, "P7\n"},
    {"a PFM file", 0, 3, "PF\n"},
    {"a PFM file", 0, 3, "Pf\n"},
    {"a PDF file", 0, 5, "%PDF-"},
    {"a PDF file", 0, 8, "\xef\xbb\xbf%PDF-"},
    {"a PostScript file", 0, 4, "%!PS"},
    {"a PostScript file", 0, 4, "\xc5\xd0\xd3\xc6"},
    {"a MNG file", 0, 4, "\x8aMNG"},
    {"a JNG file", 0, 4, "\x8bJNG"},
    {"a QOI file", 0, 4, "qoif"},
    {"an OpenEXR file", 0, 4, "\x76\x2f\x31\x01"},
    {"a Radiance HDR file", 0, 2, "#?"},
    {"a DDS file", 0, 4, "DDS "},
    {"a KTX file", 1, 4, "KTX "},
    {"a PCX file", 0, 3, "\x0a\5\1"},
    {"a PCX file", 0, 3, "\x0a\3\1"},
    {"a PCX file", 0, 3, "\x0a\2\1"},
    {"a BPG file", 0, 4, "BPG\xfb"},
    {"a JPEG XS file", 0, 4, "\xff\x10\xff\x50"},
    {"an SGI file", 0, 3, "\1\xda\1"},
    {"a Sun raster file", 0, 4, "\x59\xa6\x6a\x95"},
    {"a DPX file", 0, 4, "SDPX"},
    {"a DPX file", 0, 4, "XPDS"},
    {"a Cineon file", 0, 4, "\x80\x2a\x5f\xd7"},
    {"a FITS file", 0, 8, "SIMPLE  "},
    {"a DICOM file", 128, 4, "DICM"},
    {"a DjVu file", 0, 8, "AT&TFORM"},
    {"a Windows metafile (WMF)", 0, 4, "\xd7\xcd\xc6\x9a"},
    {"a Windows metafile (EMF)", 40, 4, " EMF"},
    {"an animated cursor (ANI)", 8, 4, "ACON"},
    {"an XPM file", 0, 9, "/* XPM */"},
    {"an XBM file", 0, 8, "#define "},
    {"a FLIF file", 0, 4, "FLIF"},
    {"a GIMP file (XCF)", 0, 8, "gimp xcf"},
    {"a Krita or OpenRaster file", 30, 8, "mimetype"},
    {"a Clip Studio file", 0, 8, "CSFCHUNK"},
    {"a WebM or Matroska video", 0, 4, "\x1a\x45\xdf\xa3"},
    {"an AVI video", 8, 4, "AVI "},
    {"a WAV sound", 8, 4, "WAVE"},
    {"an Ogg file", 0, 4, "OggS"},
    {"an MP3 sound", 0, 3, "ID3"},
    {"a FLV video", 0, 3, "FLV"},
    {"an MPEG video", 0, 4, "\0\0\1\xba"},
    {"a QuickTime video", 4, 4, "moov"},
    {"a QuickTime video", 4, 4, "mdat"},
    {"a QuickTime video", 4, 4, "wide"},
    {"a QuickTime video", 4, 4, "pnot"},
    {"a FLAC sound", 0, 4, "fLaC"},
    {"a ZIP file", 0, 4, "PK\3\4"},
    {"a ZIP file", 0, 4, "PK\5\6"},
    {"a ZIP file", 0, 4, "PK\7\x08"},
    {"a TAR file", 257, 5, "ustar"},
    {"a RAR file", 0, 4, "Rar!"},
    {"a 7z file", 0, 6, "7z\xbc\xaf\x27\x1c"},
    {"a gzip file", 0, 2, "\x1f\x8b"},
    {"an xz file", 0, 5,
     "\xfd"
     "7zXZ"},
    {"a Zstandard file", 0, 4, "\x28\xb5\x2f\xfd"},
    {"a bzip2 file", 0, 3, "BZh"},
    {"a Windows program", 0, 2, "MZ"},
    {"a Linux program", 0, 4,
     "\x7f"
     "ELF"},
    {"an SQLite database", 0, 15, "SQLite format 3"},
    {"a Blender file", 0, 7, "BLENDER"},
    {"a font", 0, 4, "wOF2"},
    {"a font", 0, 4, "wOFF"},
    {"a font", 0, 4, "OTTO"},
    {"an AppleDouble file", 0, 4, "\0\5\x16\7"}, // what macOS keeps beside a file, under a name that begins with "._"
    {"a Git LFS pointer", 0, 42, "version https://git-lfs.github.com/spec/v1"}, // to a file that is elsewhere
};

// By the brand after "ftyp".
static const Magic brands[] = {
    {"an AVIF file", 8, 3, "avi"},    {"a HEIC file", 8, 2, "he"},       {"a HEIC file", 8, 3, "mif"},
    {"a HEIC file", 8, 3, "msf"},     {"a QuickTime video", 8, 2, "qt"}, {"a Canon raw file (CR3)", 8, 3, "crx"},
    {"a JPEG 2000 file", 8, 2, "jp"}, {"an M4A sound", 8, 3, "M4A"},
};

// A HEIF file with a general brand has its specific brand among the compatible ones.
static bool is_avif(const uint8_t *bytes, size_t size) {
    enum { FIRST = 16, BRAND = 4 };
    const size_t box = (size_t)bytes[2] << 8 | bytes[3], end = box < size ? box : size;
    for (size_t at = FIRST; at + BRAND <= end; at += BRAND) {
        if (!memcmp(bytes + at, "avif", BRAND) || !memcmp(bytes + at, "avis", BRAND)) return true;
    }
    return false;
}

static bool is_at(const Magic *magic, const uint8_t *bytes, size_t size) {
    return size >= magic->offset + magic->length && !memcmp(bytes + magic->offset, magic->bytes, magic->length);
}

static const char *find(const Magic *from, size_t n, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < n; i++) {
        if (is_at(&from[i], bytes, size)) return from[i].name;
    }
    return NULL;
}

// JPEG-LS begins as a JPEG does, and its frame has a marker of its own (ISO/IEC 14495-1, C.1.1).
static bool is_jpeg_ls(const uint8_t *bytes, size_t size) {
    for (size_t at = 2; at + 4 <= size && bytes[at] == 0xff; at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3])) {
        if (bytes[at + 1] == 0xf7) return true;
        if (bytes[at + 1] >= 0xc0 && bytes[at + 1] <= 0xc3) return false;
    }
    return false;
}

// The four bytes are not enough, because a TGA may begin with them too: the first picture's entry must be plausible.
static const char *icon_name(const uint8_t *bytes, size_t size) {
    enum { ENTRY = 6, RESERVED = ENTRY + 3, OFFSET = ENTRY + 12, ENTRY_BYTES = 16 };
    if (size < ENTRY + ENTRY_BYTES || memcmp(bytes, "\0\0", 2) || bytes[3]) return NULL;
    const uint32_t n = bytes[4] | (uint32_t)bytes[5] << 8;
    const uint32_t offset = bytes[OFFSET] | (uint32_t)bytes[OFFSET + 1] << 8 | (uint32_t)bytes[OFFSET + 2] << 16;
    if (!n || bytes[RESERVED] || offset < ENTRY + n * ENTRY_BYTES) return NULL;
    return bytes[2] == 1 ? "an ICO file" : bytes[2] == 2 ? "a CUR file" : NULL;
}

static bool begins_with(const uint8_t *bytes, size_t size, size_t at, const char *word) {
    for (; *word; word++, at++) {
        const int c = at < size ? bytes[at] : 0;
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != *word) return false;
    }
    return true;
}

// The position after the comment or the declaration at `at`. A declaration may contain others in brackets.
static size_t after_aside(const uint8_t *bytes, size_t size, size_t at) {
    const bool is_comment = begins_with(bytes, size, at, "<!--");
    int depth = 0;
    for (at += 2; at < size; at++) {
        if (is_comment) {
            if (begins_with(bytes, size, at, "-->")) return at + 3;
            continue;
        }
        depth += bytes[at] == '[' ? 1 : bytes[at] == ']' ? -1 : 0;
        if (bytes[at] == '>' && depth <= 0) return at + 1;
    }
    return size;
}

// The position of the first element, after white space, a byte order mark, declarations and comments of XML.
static size_t first_element(const uint8_t *bytes, size_t size) {
    size_t at = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
    for (;;) {
        while (at < size && memchr(" \t\r\n", bytes[at], 4)) at++;
        const bool is_aside = begins_with(bytes, size, at, "<?") || begins_with(bytes, size, at, "<!--") ||
                              begins_with(bytes, size, at, "<!doctype svg");
        if (!is_aside) return at;
        at = after_aside(bytes, size, at);
    }
}

enum { XML_BYTES = 4096 }; // of a file, in which the first element is looked for

static const char *xml_name(const uint8_t *bytes, size_t size) {
    static const char *const pages[] = {"<!doctype html", "<html", "<head", "<body"};
    const size_t most = size < XML_BYTES ? size : XML_BYTES, at = first_element(bytes, most);
    if (begins_with(bytes, most, at, "<svg")) return "an SVG file";
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (begins_with(bytes, most, at, pages[i])) return "a web page (HTML)";
    }
    return NULL;
}

// The same for UTF-16: every other byte is enough.
static const char *wide_xml_name(const uint8_t *bytes, size_t size) {
    const bool is_little = size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
    const bool is_big = size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
    uint8_t narrow[XML_BYTES];
    size_t n = 0;
    for (size_t at = is_little ? 2 : 3; (is_little || is_big) && at < size && n < sizeof narrow; at += 2)
        narrow[n++] = bytes[at];
    return xml_name(narrow, n);
}

const char *foreign_kind_name(const uint8_t *bytes, size_t size) {
    if (size >= 3 && !memcmp(bytes, "\xff\xd8\xff", 3)) return is_jpeg_ls(bytes, size) ? "a JPEG-LS file" : NULL;
    if (size >= 12 && !memcmp(bytes + 4, "ftyp", 4)) {
        const char *brand = find(brands, sizeof brands / sizeof *brands, bytes, size);
        if (brand && !strcmp(brand, "a HEIC file") && is_avif(bytes, size)) return "an AVIF file";
        return brand ? brand : "an MP4 video";
    }
    const char *name = find(magics, sizeof magics / sizeof *magics, bytes, size);
    if (!name) name = icon_name(bytes, size);
    if (!name) name = xml_name(bytes, size);
    return name ? name : wide_xml_name(bytes, size);
}
