// Why something failed or is unusual, in a form for programs: a page makes a sentence in its user's language from the
// reason and its values, while the command line prints the English sentence. JavaScript gets this list from `npm run
// abi`.
#ifndef CORE_REASON_H
#define CORE_REASON_H

#include <stdarg.h>

// The comment after each names the values in its sentences, in their order; a sentence may have more after these.
// `npm run abi` reads them, and tests/lint compares them with the sentences.
typedef enum Reason {
    REASON_NONE = 0, // a sentence that is only printed

    // Failures. A picture that is refused:
    REASON_EMPTY_FILE,
    REASON_TEXT_FILE,
    REASON_UNKNOWN_KIND,        // bytes
    REASON_FOREIGN_KIND,        // kind
    REASON_FILE_CUT,            // file, bytes
    REASON_FILE_DAMAGED,        // file, why
    REASON_FILE_WITHOUT_PIXELS, // file, width, height
    REASON_VARIANT_UNSUPPORTED, // file, why
    REASON_TOO_MANY_SCANS,      // file, times
    REASON_TOO_MANY_PIXELS,     // file, width, height, side, pixels
    REASON_SIDES_TOO_LONG,      // file, width, height, side

    // The result's file:
    REASON_FORMAT_TOO_SMALL, // format, side, width, height
    REASON_FORMAT_METADATA,  // format, most, part, bytes
    REASON_WEBP_TOO_LARGE,
    REASON_FORMAT_UNANIMATED, // frames, format
    REASON_ANIMATION_TOO_LARGE,
    REASON_TARGET_TOO_LARGE, // times

    // Memory. REASON_NO_MEMORY is that of every STATUS_NO_MEMORY without another reason.
    REASON_NO_MEMORY,
    REASON_WORK_TOO_LARGE,       // mebibytes
    REASON_TILE_TOO_LARGE,       // width, height
    REASON_MEMORY_LIMIT_TOO_LOW, // mebibytes, limit

    // Warnings. A file that ends too early:
    REASON_MAYBE_CUT,       // file
    REASON_CUT,             // file
    REASON_ROWS_MISSING,    // file, missing, rows
    REASON_DETAILS_MISSING, // file
    REASON_FRAMES_MISSING,  // file, frame

    // Damage:
    REASON_PIXELS_DAMAGED,     // file
    REASON_ROWS_UNREAD,        // file, rows, read
    REASON_ROWS_DAMAGED,       // file, row, rows
    REASON_FRAME_DAMAGED,      // frame, file, missing, rows
    REASON_FRAME_LEFT_OUT,     // frame, file
    REASON_FRAME_EMPTY,        // frame, file, width, height
    REASON_FRAMES_MISCOUNTED,  // file, told, found
    REASON_UNKNOWN_BLOCK,      // frame, file
    REASON_ANIMATION_LEFT_OUT, // file
    REASON_DAMAGED_BEHIND,     // file
    REASON_DAMAGED_BUT_WHOLE,
    REASON_CHUNKS_NONSENSE,        // file
    REASON_ODD_COLOURS,            // file
    REASON_STRAY_BYTES,            // file
    REASON_NOT_SHOWN_BY_BROWSERS,  // file
    REASON_OTHER_PIXELS_PLACE,     // file
    REASON_RUNS_TOO_LONG,          // file
    REASON_NO_PALETTE,             // file
    REASON_COLOURS_NOT_IN_PALETTE, // file
    REASON_FIRST_FRAME_LARGER,     // file, width, height

    // What is left out, or looks odd:
    REASON_PROFILE_LEFT_OUT,
    REASON_EXIF_LEFT_OUT, // format
    REASON_SECOND_EXIF_LEFT_OUT,
    REASON_CHUNK_LEFT_OUT,          // chunk
    REASON_TRANSPARENCY_LEFT_OUT,   // file
    REASON_SELECTION_LEFT_OUT,      // file
    REASON_OTHER_PICTURES_LEFT_OUT, // file
    REASON_ALL_TRANSPARENT,         // file
    REASON_NEARLY_GREY,

    // The result:
    REASON_HDR,
    REASON_TARGET_LARGER,   // width, height, wide, high
    REASON_COLOURS_FAR_OFF, // percent, difference
    REASON_COLOURS_GUARDED, // percent, difference
} Reason;

enum { REASON_MAX_BYTES = 512 }; // of a sentence, and of its facts, with the terminator; longer ones are cut off

// Writes the sentence `format…` and its facts, each to REASON_MAX_BYTES bytes. The facts are the number of the reason
// and the values in the sentence, with tabs between them: "5\tGIF\t512".
void reason_write(Reason reason, char *sentence, char *facts, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

#endif
