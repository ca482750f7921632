// PNG specification, third edition, 11.3.6. The conditions that end an animation are Chromium's, found by trials.
#include "image/png_frames.h"

enum { ACTL_BYTES = 8, FCTL_BYTES = 26, NUMBER_BYTES = 4 };

bool png_frames_take(PngAnimation *animation, const PngChunk *chunk) {
    const uint32_t n_frames = chunk->size == ACTL_BYTES ? png_chunk_u32(chunk->data) : 0;
    const uint32_t n_loops = n_frames ? png_chunk_u32(chunk->data + 4) : 0;
    if (animation->n_frames) return true; // the first counts
    if (!n_frames || n_frames > INT32_MAX || n_loops > INT32_MAX) return false;
    animation->n_frames = n_frames;
    animation->n_loops = n_loops;
    return true;
}

void png_frames_begin(const PngAnimation *animation, PngFrames *out) {
    const size_t at = animation->control_at ? animation->control_at : animation->pixels_at;
    *out = (PngFrames){.animation = animation, .at = at};
}

static bool stop(PngFrames *frames, PngFramesEnd end) {
    frames->end = end;
    return false;
}

// Chunks of frames are numbered.
static bool is_next(PngFrames *frames, const PngChunk *chunk) {
    return chunk->size >= NUMBER_BYTES && png_chunk_u32(chunk->data) == frames->sequence++;
}

static PngChunkFound read_chunk(PngFrames *frames, PngChunk *chunk) {
    return png_chunk_read(frames->animation->bytes, frames->animation->size, &frames->at, chunk);
}

// Number, width, height, x, y, delay, disposal, blending.
static bool read_control(PngFrames *frames, const PngChunk *chunk, PngFrame *out) {
    if (chunk->size != FCTL_BYTES || !is_next(frames, chunk)) return false;
    const uint8_t *control = chunk->data;
    *out = (PngFrame){
        .width = png_chunk_u32(control + 4),
        .height = png_chunk_u32(control + 8),
        .x = png_chunk_u32(control + 12),
        .y = png_chunk_u32(control + 16),
        .numerator = png_chunk_u16(control + 20),
        .denominator = png_chunk_u16(control + 22),
        .disposal = control[24],
        .blending = control[25],
    };
    const PngAnimation *animation = frames->animation;
    const bool is_inside =
        (uint64_t)out->x + out->width <= animation->width && (uint64_t)out->y + out->height <= animation->height;
    return is_inside && out->width && out->height && out->disposal <= 2 && out->blending <= 1;
}

// The frame whose pixels are those of the default picture: as large as the whole.
static bool take_default(PngFrames *frames, PngFrame *out) {
    const PngAnimation *animation = frames->animation;
    PngChunk chunk;
    if (read_chunk(frames, &chunk) != PNG_CHUNK_WHOLE || !read_control(frames, &chunk, out)) return false;
    out->is_default = true;
    out->at = frames->at = animation->pixels_at;
    return out->width == animation->width && out->height == animation->height;
}

// The next fcTL behind the default picture.
static bool find_control(PngFrames *frames, PngFrame *out) {
    for (;;) {
        PngChunk chunk;
        const PngChunkFound found = read_chunk(frames, &chunk);
        if (found == PNG_CHUNK_CUT) return stop(frames, PNG_FRAMES_CUT);
        if (found == PNG_CHUNK_NONSENSE || png_chunk_is(&chunk, "fdAT")) return stop(frames, PNG_FRAMES_BROKEN);
        if (png_chunk_is(&chunk, "IEND")) return stop(frames, PNG_FRAMES_WHOLE);
        if (!png_chunk_is(&chunk, "fcTL")) continue;
        const bool is_sound = found == PNG_CHUNK_WHOLE && read_control(frames, &chunk, out);
        return is_sound || stop(frames, PNG_FRAMES_BROKEN);
    }
}

// Passes over the chunks of a frame; false: it has none.
static bool pass_over_pixels(PngFrames *frames, PngFrame *out) {
    for (size_t n = 0;;) {
        const size_t before = frames->at;
        PngChunk chunk;
        const PngChunkFound found = read_chunk(frames, &chunk);
        frames->is_cut = found == PNG_CHUNK_CUT;
        const bool is_pixels = found != PNG_CHUNK_NONSENSE && png_chunk_is(&chunk, "fdAT") && is_next(frames, &chunk);
        if (is_pixels && !n++) out->at = before;
        const bool is_end = found == PNG_CHUNK_NONSENSE || found == PNG_CHUNK_CUT || png_chunk_is(&chunk, "fcTL") ||
                            png_chunk_is(&chunk, "IEND") || (png_chunk_is(&chunk, "fdAT") && !is_pixels);
        if (!is_end) continue;
        frames->at = before;
        return n > 0;
    }
}

static bool find_frame(PngFrames *frames, PngFrame *out) {
    do {
        if (!find_control(frames, out)) return false;
    } while (!pass_over_pixels(frames, out));
    return true;
}

bool png_frames_next(PngFrames *frames, PngFrame *out) {
    if (frames->end) return false;
    if (frames->n_frames == frames->animation->n_frames) return stop(frames, PNG_FRAMES_WHOLE);
    if (frames->n_frames == 0 && frames->animation->control_at) {
        if (!take_default(frames, out)) return stop(frames, PNG_FRAMES_BROKEN);
    } else if (!find_frame(frames, out)) {
        return false;
    }
    frames->n_frames++;
    return true;
}
