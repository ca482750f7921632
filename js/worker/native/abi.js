// Made by npm run abi (cmake/abi.mjs) from src/core/status.h, src/core/reason.h and src/api/acg*.h: change those, not this.

export const STATUS = {
    OK: 0,
    NO_MEMORY: 1,
    BAD_FORMAT: 2,
    BAD_ARGUMENT: 3,
    UNSUPPORTED: 4,
    INTERNAL: 5,
};

export const REASON = {
    NONE: 0,
    EMPTY_FILE: 1,
    TEXT_FILE: 2,
    UNKNOWN_KIND: 3,
    FOREIGN_KIND: 4,
    FILE_CUT: 5,
    FILE_DAMAGED: 6,
    FILE_WITHOUT_PIXELS: 7,
    VARIANT_UNSUPPORTED: 8,
    TOO_MANY_SCANS: 9,
    TOO_MANY_PIXELS: 10,
    SIDES_TOO_LONG: 11,
    FORMAT_TOO_SMALL: 12,
    FORMAT_METADATA: 13,
    WEBP_TOO_LARGE: 14,
    FORMAT_UNANIMATED: 15,
    ANIMATION_TOO_LARGE: 16,
    TARGET_TOO_LARGE: 17,
    NO_MEMORY: 18,
    WORK_TOO_LARGE: 19,
    TILE_TOO_LARGE: 20,
    MEMORY_LIMIT_TOO_LOW: 21,
    MAYBE_CUT: 22,
    CUT: 23,
    ROWS_MISSING: 24,
    DETAILS_MISSING: 25,
    FRAMES_MISSING: 26,
    PIXELS_DAMAGED: 27,
    ROWS_UNREAD: 28,
    ROWS_DAMAGED: 29,
    FRAME_DAMAGED: 30,
    FRAME_LEFT_OUT: 31,
    FRAME_EMPTY: 32,
    FRAMES_MISCOUNTED: 33,
    UNKNOWN_BLOCK: 34,
    ANIMATION_LEFT_OUT: 35,
    DAMAGED_BEHIND: 36,
    DAMAGED_BUT_WHOLE: 37,
    CHUNKS_NONSENSE: 38,
    ODD_COLOURS: 39,
    STRAY_BYTES: 40,
    NOT_SHOWN_BY_BROWSERS: 41,
    OTHER_PIXELS_PLACE: 42,
    RUNS_TOO_LONG: 43,
    NO_PALETTE: 44,
    COLOURS_NOT_IN_PALETTE: 45,
    FIRST_FRAME_LARGER: 46,
    PROFILE_LEFT_OUT: 47,
    EXIF_LEFT_OUT: 48,
    SECOND_EXIF_LEFT_OUT: 49,
    CHUNK_LEFT_OUT: 50,
    TRANSPARENCY_LEFT_OUT: 51,
    SELECTION_LEFT_OUT: 52,
    OTHER_PICTURES_LEFT_OUT: 53,
    ALL_TRANSPARENT: 54,
    NEARLY_GREY: 55,
    HDR: 56,
    TARGET_LARGER: 57,
    COLOURS_FAR_OFF: 58,
    COLOURS_GUARDED: 59,
};

export const FORMAT = {
    PIXELS: 0,
    PNG: 1,
    JPEG: 2,
    WEBP: 3,
};

export const FIT = {
    INSIDE: 0,
    OUTSIDE: 1,
    FILL: 2,
};

export const SYNC = {
    OFF: 0,
    EXACT: 1,
    FAST: 2,
};

export const AWAITS = {
    READ: 1,
    WRITE: 2,
};

export const CLEAN = {
    HUGGING_FACE: 0,
    OPENAI: 1,
};

export const IMAGE = {
    DEEP: 1,
    METADATA: 2,
    DAMAGED: 4,
    GREY_NEAR: 8,
    GREY_OFF: 16,
};

export const COLOURS = {
    SRGB: 0,
    PROFILE: 1,
    HDR: 2,
};

export const DTYPE = {
    F32: 0,
    F16: 1,
    I8: 2,
};

export const METRIC = {
    COSINE: 0,
    DOT: 1,
};

// The names of the values that sentences of these reasons have.

export const REASON_VALUES = {
    EMPTY_FILE: [],
    TEXT_FILE: [],
    UNKNOWN_KIND: ['bytes'],
    FOREIGN_KIND: ['kind'],
    FILE_CUT: ['file', 'bytes'],
    FILE_DAMAGED: ['file', 'why'],
    FILE_WITHOUT_PIXELS: ['file', 'width', 'height'],
    VARIANT_UNSUPPORTED: ['file', 'why'],
    TOO_MANY_SCANS: ['file', 'times'],
    TOO_MANY_PIXELS: ['file', 'width', 'height', 'side', 'pixels'],
    SIDES_TOO_LONG: ['file', 'width', 'height', 'side'],
    FORMAT_TOO_SMALL: ['format', 'side', 'width', 'height'],
    FORMAT_METADATA: ['format', 'most', 'part', 'bytes'],
    WEBP_TOO_LARGE: [],
    FORMAT_UNANIMATED: ['frames', 'format'],
    ANIMATION_TOO_LARGE: [],
    TARGET_TOO_LARGE: ['times'],
    NO_MEMORY: [],
    WORK_TOO_LARGE: ['mebibytes'],
    TILE_TOO_LARGE: ['width', 'height'],
    MEMORY_LIMIT_TOO_LOW: ['mebibytes', 'limit'],
    MAYBE_CUT: ['file'],
    CUT: ['file'],
    ROWS_MISSING: ['file', 'missing', 'rows'],
    DETAILS_MISSING: ['file'],
    FRAMES_MISSING: ['file', 'frame'],
    PIXELS_DAMAGED: ['file'],
    ROWS_UNREAD: ['file', 'rows', 'read'],
    ROWS_DAMAGED: ['file', 'row', 'rows'],
    FRAME_DAMAGED: ['frame', 'file', 'missing', 'rows'],
    FRAME_LEFT_OUT: ['frame', 'file'],
    FRAME_EMPTY: ['frame', 'file', 'width', 'height'],
    FRAMES_MISCOUNTED: ['file', 'told', 'found'],
    UNKNOWN_BLOCK: ['frame', 'file'],
    ANIMATION_LEFT_OUT: ['file'],
    DAMAGED_BEHIND: ['file'],
    DAMAGED_BUT_WHOLE: [],
    CHUNKS_NONSENSE: ['file'],
    ODD_COLOURS: ['file'],
    STRAY_BYTES: ['file'],
    NOT_SHOWN_BY_BROWSERS: ['file'],
    OTHER_PIXELS_PLACE: ['file'],
    RUNS_TOO_LONG: ['file'],
    NO_PALETTE: ['file'],
    COLOURS_NOT_IN_PALETTE: ['file'],
    FIRST_FRAME_LARGER: ['file', 'width', 'height'],
    PROFILE_LEFT_OUT: [],
    EXIF_LEFT_OUT: ['format'],
    SECOND_EXIF_LEFT_OUT: [],
    CHUNK_LEFT_OUT: ['chunk'],
    TRANSPARENCY_LEFT_OUT: ['file'],
    SELECTION_LEFT_OUT: ['file'],
    OTHER_PICTURES_LEFT_OUT: ['file'],
    ALL_TRANSPARENT: ['file'],
    NEARLY_GREY: [],
    HDR: [],
    TARGET_LARGER: ['width', 'height', 'wide', 'high'],
    COLOURS_FAR_OFF: ['percent', 'difference'],
    COLOURS_GUARDED: ['percent', 'difference'],
};

// How structs lie in the memory of WebAssembly: each field with its kind, as a DataView calls it, and its first byte.

export const AcgTile = /** @type {const} */ ({
    size: 32,
    fields: {
        x: ['Int32', 0],
        y: ['Int32', 4],
        width: ['Int32', 8],
        height: ['Int32', 12],
        strideBytes: ['Int32', 16],
        channels: ['Int32', 20],
        bits: ['Int32', 24],
        pixels: ['Uint32', 28],
    },
});

export const AcgWork = /** @type {const} */ ({
    size: 20,
    fields: {
        pass: ['Int32', 0],
        nPasses: ['Int32', 4],
        tile: ['Int32', 8],
        columns: ['Int32', 12],
        rows: ['Int32', 16],
    },
});

export const AcgUpscaleOptions = /** @type {const} */ ({
    size: 64,
    fields: {
        memory: ['Float64', 0],
        spill: ['Float64', 8],
        strength: ['Float32', 16],
        tile: ['Int32', 20],
        format: ['Int32', 24],
        quality: ['Int32', 28],
        sync: ['Int32', 32],
        tta: ['Int32', 36],
        guard: ['Int32', 40],
        width: ['Int32', 44],
        height: ['Int32', 48],
        fit: ['Int32', 52],
        srgb: ['Int32', 56],
    },
});

export const AcgPart = /** @type {const} */ ({
    size: 16,
    fields: {
        offset: ['Float64', 0],
        bytes: ['Uint32', 8],
        size: ['Uint32', 12],
    },
});

export const AcgPixels = /** @type {const} */ ({
    size: 16,
    fields: {
        pixels: ['Uint32', 0],
        n: ['Uint32', 4],
        channels: ['Int32', 8],
        bits: ['Int32', 12],
    },
});

export const AcgTextOptions = /** @type {const} */ ({
    size: 12,
    fields: {
        clean: ['Int32', 0],
        truncate: ['Int32', 4],
        normalise: ['Int32', 8],
    },
});

export const AcgColours = /** @type {const} */ ({
    size: 20,
    fields: {
        kind: ['Int32', 0],
        channels: ['Int32', 4],
        bits: ['Int32', 8],
        profile: ['Uint32', 12],
        profileBytes: ['Uint32', 16],
    },
});

export const AcgFound = /** @type {const} */ ({
    size: 40,
    fields: {
        count: ['Float64', 0],
        mean: ['Float64', 8],
        deviation: ['Float64', 16],
        n: ['Int32', 24],
        rows: ['Uint32', 28],
        scores: ['Uint32', 32],
    },
});

/**
 * @typedef {object} AbiFunctions pointers are numbers; one that comes back may be negative: >>> 0
 * @property {(nThreads: number) => number} _acg_init
 * @property {(slowSplats: number) => void} _acg_host
 * @property {() => number} _acg_status
 * @property {() => number} _acg_message
 * @property {() => number} _acg_facts
 * @property {(size: number) => number} _acg_alloc
 * @property {(memory: number) => void} _acg_free
 * @property {() => number} _acg_memory_used
 * @property {(model: number, image: number, options: number) => number} _acg_upscale_begin
 * @property {(model: number, image: number, options: number) => number} _acg_upscale_prepare
 * @property {(task: number) => number} _acg_upscale_width
 * @property {(task: number) => number} _acg_upscale_height
 * @property {(task: number) => number} _acg_upscale_channels
 * @property {(task: number) => number} _acg_upscale_frames
 * @property {(task: number) => number} _acg_upscale_frame
 * @property {(task: number) => number} _acg_upscale_tile_side
 * @property {(task: number) => number} _acg_upscale_plan
 * @property {(task: number) => number} _acg_upscale_total
 * @property {(task: number) => number} _acg_upscale_done
 * @property {(task: number) => number} _acg_upscale_memory
 * @property {(task: number) => number} _acg_upscale_cost
 * @property {(task: number) => number} _acg_upscale_work
 * @property {(task: number) => number} _acg_upscale_spilled
 * @property {(task: number) => number} _acg_upscale_to_read
 * @property {(task: number) => number} _acg_upscale_to_write
 * @property {(task: number) => number} _acg_upscale_awaits
 * @property {(task: number) => number} _acg_upscale_to_convert
 * @property {(task: number) => number} _acg_upscale_step
 * @property {(task: number) => number} _acg_upscale_tile
 * @property {(task: number) => number} _acg_upscale_next_output
 * @property {(task: number) => number} _acg_upscale_output
 * @property {(task: number) => number} _acg_upscale_output_size
 * @property {(task: number) => number} _acg_upscale_warnings
 * @property {(task: number) => void} _acg_upscale_end
 * @property {(model: number, image: number, outputs: number, fit: number, normalise: number) => number} _acg_embed_image
 * @property {(model: number, texts: number, sizes: number, n: number, options: number) => number} _acg_embed_texts
 * @property {(task: number) => number} _acg_embed_total
 * @property {(task: number) => number} _acg_embed_done
 * @property {(task: number) => number} _acg_embed_step
 * @property {(task: number, output: number) => number} _acg_embed_output
 * @property {(task: number) => void} _acg_embed_end
 * @property {() => number} _acg_hash_open
 * @property {(hash: number, bytes: number, size: number) => void} _acg_hash_add
 * @property {(hash: number) => number} _acg_hash_end
 * @property {(hash: number) => void} _acg_hash_close
 * @property {(bytes: number, size: number, flags: number, maxPixels: number) => number} _acg_image_decode
 * @property {(pixels: number, width: number, height: number, channels: number, flags: number) => number} _acg_image_from_pixels
 * @property {(image: number) => number} _acg_image_is_grey
 * @property {(image: number) => number} _acg_image_frames_left
 * @property {(image: number) => number} _acg_image_step
 * @property {(image: number) => number} _acg_image_warnings
 * @property {(image: number) => number} _acg_image_colours
 * @property {(image: number) => void} _acg_image_free
 * @property {(bytes: number, size: number, flags: number, maxPixels: number) => number} _acg_image_decode_rgb
 * @property {(pixels: number, width: number, height: number, channels: number) => number} _acg_image_rgb_from_pixels
 * @property {(image: number) => number} _acg_image_width
 * @property {(image: number) => number} _acg_image_height
 * @property {(image: number) => number} _acg_image_hash
 * @property {(network: number) => number} _acg_model_open
 * @property {(model: number, file: number, size: number) => number} _acg_model_beside
 * @property {(model: number) => number} _acg_model_hash
 * @property {(model: number) => number} _acg_model_sha256
 * @property {(model: number) => number} _acg_model_want
 * @property {(model: number) => number} _acg_model_want_size
 * @property {(model: number, size: number) => number} _acg_model_took
 * @property {(model: number) => number} _acg_model_finish
 * @property {(model: number, key: number) => number} _acg_model_text
 * @property {(model: number, black: number, white: number) => number} _acg_model_set_levels
 * @property {(model: number) => number} _acg_model_n_outputs
 * @property {(model: number, output: number) => number} _acg_model_output_name
 * @property {(model: number, output: number) => number} _acg_model_output_dim
 * @property {(model: number) => number} _acg_model_logit_factor
 * @property {(model: number) => void} _acg_model_close
 * @property {(dims: number, dtype: number) => number} _acg_search_vectors_open
 * @property {(vectors: number, values: number, n: number) => number} _acg_search_vectors_append
 * @property {(vectors: number, stored: number, n: number) => number} _acg_search_vectors_append_stored
 * @property {(vectors: number, n: number) => void} _acg_search_vectors_truncate
 * @property {(vectors: number) => number} _acg_search_vectors_rows
 * @property {(vectors: number) => number} _acg_search_vectors_bytes
 * @property {(vectors: number) => void} _acg_search_vectors_close
 * @property {(dims: number, dtype: number) => number} _acg_search_stored_bytes
 * @property {(values: number, dims: number, dtype: number, stored: number) => number} _acg_search_store
 * @property {(query: number, dims: number, dtype: number, stored: number, n: number, metric: number, scores: number) => number} _acg_search_scores
 * @property {(query: number, dims: number, k: number, metric: number) => number} _acg_search_begin
 * @property {(search: number, vectors: number, filter: number, filterBytes: number) => number} _acg_search_add
 * @property {(search: number) => number} _acg_search_found
 * @property {(search: number) => void} _acg_search_end
 * @property {(vectors: number, n: number, dims: number, relevance: number, k: number, weight: number, chosen: number) => number} _acg_search_diverse
 * @property {(hashes: number, n: number, distance: number) => number} _acg_search_pairs_find
 * @property {(pairs: number) => number} _acg_search_pairs_n
 * @property {(pairs: number) => number} _acg_search_pairs_at
 * @property {(pairs: number) => void} _acg_search_pairs_free
 */
