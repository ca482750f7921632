// Made by npm run abi (cmake/abi.mjs) from src/core/status.h and src/api/acg*.h: change those, not this.

export const STATUS = {
    OK: 0,
    NO_MEMORY: 1,
    BAD_FORMAT: 2,
    BAD_ARGUMENT: 3,
    UNSUPPORTED: 4,
    INTERNAL: 5,
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

export const DTYPE = {
    F32: 0,
    F16: 1,
    I8: 2,
};

export const METRIC = {
    COSINE: 0,
    DOT: 1,
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
    size: 56,
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

export const AcgTextOptions = /** @type {const} */ ({
    size: 12,
    fields: {
        clean: ['Int32', 0],
        truncate: ['Int32', 4],
        normalise: ['Int32', 8],
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
 * @property {() => number} _acg_status
 * @property {() => number} _acg_message
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
