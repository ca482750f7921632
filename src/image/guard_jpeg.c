// libjpeg's error manager.
#include "image/guard_jpeg.h"

void guard_jpeg_fail(j_common_ptr jpeg, Status status) {
    GuardJpeg *guard = (GuardJpeg *)jpeg->err;
    guard_fail(&guard->guard, status);
}

static Status ask(j_common_ptr jpeg, GuardJpegExplain *explain) {
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY) {
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for the JPEG file.");
    }
    char phrase[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, phrase);
    return explain(jpeg, phrase);
}

static void fail_with_message(j_common_ptr jpeg) {
    Status status = ask(jpeg, ((GuardJpeg *)jpeg->err)->explain);
    if (!status) status = status_fail(STATUS_INTERNAL, "libjpeg stopped, and nobody knows why.");
    guard_jpeg_fail(jpeg, status);
}

static void take_message(j_common_ptr jpeg, int level) {
    const int warning = -1; // from 0 on: traces
    if (level != warning) return;
    Status status = ask(jpeg, ((GuardJpeg *)jpeg->err)->warn);
    if (status) guard_jpeg_fail(jpeg, status);
}

static void say_nothing(j_common_ptr jpeg) { (void)jpeg; }

struct jpeg_error_mgr *guard_jpeg_manager(GuardJpeg *guard, GuardJpegExplain *explain, GuardJpegExplain *warn) {
    *guard = (GuardJpeg){.explain = explain, .warn = warn};
    jpeg_std_error(&guard->manager);
    guard->manager.error_exit = fail_with_message;
    guard->manager.emit_message = take_message;
    guard->manager.output_message = say_nothing;
    return &guard->manager;
}
