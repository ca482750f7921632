// Loads a build of the engine, and wraps the functions of src/api in objects. Only this file and native_*.js use pointers. With threads the engine's
// memory is shared and may grow at any call, so views of it are created each time, and bytes are copied.
import { BUILDS } from './builds.js';
import { AcgColours, AcgUpscaleOptions, COLOURS, FIT, FORMAT, IMAGE, SYNC } from './abi.js';
import { loadModule } from './load_module.js';
import { NativeNetwork } from './native_embed.js';
import { NativeHash } from './native_hash.js';
import { lastError, notesAt, readStruct, structBytes, withBytes } from './native_memory.js';
import { diverse, NativeSearch, NativeVectors, nearPairs, pictureHash, rescore, storeVector } from './native_search.js';
import { NativeUpscale } from './native_upscale.js';
import { sharedMemory } from './shared_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {import('../../shared/protocol.js').InitBody} InitBody
 * @typedef {{ kind: 'profile', profile: Uint8Array, channels: number, bits: number }} ProfileColours of pixels of so many channels and bits
 * @typedef {ProfileColours | { kind: 'srgb' } | { kind: 'hdr' }} Colours what a picture's numbers mean
 * @typedef {'tile' | 'strength' | 'format' | 'quality' | 'sync' | 'tta' | 'guard' | 'memory' | 'width' | 'height' | 'fit'} UpscaleSetting
 * @typedef {Pick<import('../../shared/protocol.js').UpscaleBody, UpscaleSetting> & { spill: number, srgb: boolean }} UpscaleSettings
 *   spill: bytes that may be kept in a file; srgb: what the task's toConvert gives will be converted
 */

const FORMATS = { pixels: FORMAT.PIXELS, png: FORMAT.PNG, jpg: FORMAT.JPEG, webp: FORMAT.WEBP };
const FITS = { inside: FIT.INSIDE, outside: FIT.OUTSIDE, fill: FIT.FILL };
const SYNCS = { off: SYNC.OFF, exact: SYNC.EXACT, fast: SYNC.FAST };

/**
 * @param {InitBody} init
 * @param {import('./builds.js').LoaderHost} host
 * @returns {Promise<Native>}
 */
export async function loadNative({ variant, threads, wasm }, { nodeModule, startThread, slowSplats }) {
    const module = await loadModule(`The engine's build '${variant}'`, BUILDS[variant], wasm, (failed) => ({
        threads,
        newMemory: sharedMemory,
        nodeModule,
        startThread: () => startThread(variant, failed),
    }));
    if (module._acg_init(threads) !== 0) throw lastError(module);
    module._acg_host(slowSplats ? 1 : 0);
    return new Native(module);
}

/**
 * @typedef {object} ImageSettings
 * @property {boolean} [deep] keep 16 bits a sample, where the file has them
 * @property {boolean} [metadata] keep EXIF, XMP and text
 * @property {'refuse' | 'keep'} [damaged]
 * @property {number} [maxPixels]
 * @property {'exact' | 'near' | 'off'} [grey]
 * @property {import('../../types.js').Note[]} [notes] warnings about the original file of these bytes
 */

/** @param {ImageSettings} settings */
function imageFlags({ deep, metadata, damaged, grey }) {
    return (
        (deep ? IMAGE.DEEP : 0) |
        (metadata ? IMAGE.METADATA : 0) |
        (damaged === 'keep' ? IMAGE.DAMAGED : 0) |
        (grey === 'near' ? IMAGE.GREY_NEAR : 0) |
        (grey === 'off' ? IMAGE.GREY_OFF : 0)
    );
}

export class Native {
    #module;

    /** @param {EngineModule} module */
    constructor(module) {
        this.#module = module;
    }

    /**
     * @param {Uint8Array} bytes of a picture's file
     * @param {ImageSettings} settings
     */
    decodeImage(bytes, settings) {
        const module = this.#module;
        return withBytes(this.#module, [bytes], ([file]) =>
            this.#image(module._acg_image_decode(file, bytes.byteLength, imageFlags(settings), settings.maxPixels ?? 0), settings.notes),
        );
    }

    /**
     * @param {import('../../client/source.js').PixelPicture} picture
     * @param {Pick<ImageSettings, 'grey'>} [settings]
     */
    imageFromPixels({ pixels, width, height, channels }, settings = {}) {
        const module = this.#module;
        return withBytes(this.#module, [pixels], ([at]) =>
            this.#image(module._acg_image_from_pixels(at, width, height, channels, imageFlags(settings))),
        );
    }

    /**
     * A picture with 8 bits a sample for networks; of an animation the first frame.
     * @param {import('../../client/source.js').Picture} picture
     * @param {Pick<ImageSettings, 'damaged' | 'maxPixels' | 'notes'>} settings
     */
    pictureToLookAt(picture, settings) {
        const module = this.#module;
        const bytes = 'bytes' in picture ? picture.bytes : picture.pixels;
        return withBytes(module, [bytes], ([at]) =>
            this.#image(
                'bytes' in picture
                    ? module._acg_image_decode_rgb(at, bytes.byteLength, imageFlags(settings), settings.maxPixels ?? 0)
                    : module._acg_image_rgb_from_pixels(at, picture.width, picture.height, picture.channels),
                settings.notes,
            ),
        );
    }

    /**
     * A model whose weights follow with `write` and `finish`.
     * @param {Omit<import('../../shared/protocol.js').OpenModelBody, 'id'>} settings
     */
    openModel(settings) {
        return new NativeNetwork(this.#module, settings);
    }

    /** An incremental SHA-256. */
    openHash() {
        return new NativeHash(this.#module);
    }

    // The methods below are documented in native_search.js.

    /** @param {ConstructorParameters<typeof NativeVectors>[1]} form */
    openVectors(form) {
        return new NativeVectors(this.#module, form);
    }

    /**
     * A search in vectors that come part by part.
     * @param {Float32Array} query
     * @param {import('./native_search.js').SearchOptions} options
     */
    openSearch(query, options) {
        return new NativeSearch(this.#module, query, options);
    }

    /**
     * @param {Float32Array} vector
     * @param {import('./native_search.js').VectorDtype} dtype
     */
    storeVector(vector, dtype) {
        return storeVector(this.#module, vector, dtype);
    }

    /**
     * @param {Float32Array} query
     * @param {Uint8Array[]} stored
     * @param {import('./native_search.js').VectorDtype} dtype
     * @param {import('./native_search.js').Metric} metric
     */
    rescore(query, stored, dtype, metric) {
        return rescore(this.#module, query, stored, dtype, metric);
    }

    /**
     * @param {Float32Array} vectors
     * @param {Float32Array} relevance
     * @param {{ k: number, weight: number }} options
     */
    diverse(vectors, relevance, options) {
        return diverse(this.#module, vectors, relevance, options);
    }

    /** @param {NativeImage} image a picture for networks */
    pictureHash(image) {
        return pictureHash(this.#module, image);
    }

    /**
     * @param {Uint8Array[]} hashes
     * @param {number} distance in bits
     */
    nearPairs(hashes, distance) {
        return nearPairs(this.#module, hashes, distance);
    }

    /**
     * @param {NativeNetwork} model
     * @param {NativeImage} image must stay until the task ends
     * @param {UpscaleSettings} options
     */
    beginUpscale(model, image, options) {
        return this.#upscale('_acg_upscale_begin', model, image, options);
    }

    /**
     * Plans what beginUpscale would do: gives the same facts, but cannot be stepped and takes no memory.
     * @param {NativeNetwork} model
     * @param {NativeImage} image
     * @param {UpscaleSettings} options
     */
    planUpscale(model, image, options) {
        return this.#upscale('_acg_upscale_prepare', model, image, options);
    }

    /** Whether its memory is shared with threads. */
    get isShared() {
        return !(this.#module.HEAPU8.buffer instanceof ArrayBuffer);
    }

    /** All of the engine's memory, which never shrinks. */
    get heapBytes() {
        return this.#module.HEAPU8.byteLength;
    }

    /** Bytes of the engine's memory that are in use. */
    get memoryUsed() {
        return this.#module._acg_memory_used();
    }

    /**
     * @param {'_acg_upscale_begin' | '_acg_upscale_prepare'} begin
     * @param {NativeNetwork} model
     * @param {NativeImage} image
     * @param {UpscaleSettings} options
     */
    #upscale(begin, model, image, options) {
        const module = this.#module;
        const settings = structBytes(AcgUpscaleOptions, {
            ...options,
            format: FORMATS[options.format],
            sync: SYNCS[options.sync],
            fit: FITS[options.fit],
            tta: Number(options.tta),
            guard: Number(options.guard),
            srgb: Number(options.srgb),
        });
        const task = withBytes(module, [settings], ([at]) => module[begin](model.pointer, image.pointer, at));
        if (!task) throw lastError(module);
        return new NativeUpscale(module, task);
    }

    /** @param {number} pointer @param {ImageSettings['notes']} [notes] */
    #image(pointer, notes) {
        if (!pointer) throw lastError(this.#module);
        return new NativeImage(this.#module, pointer, notes);
    }
}

export class NativeImage {
    #module;
    #notes;

    /**
     * @param {EngineModule} module
     * @param {number} pointer
     * @param {import('../../types.js').Note[]} [notes]
     */
    constructor(module, pointer, notes = []) {
        this.#module = module;
        this.#notes = notes;
        this.pointer = pointer;
    }

    /** How many frames of an animation have not been examined yet; it must be 0 before beginUpscale. */
    get framesLeft() {
        return this.#module._acg_image_frames_left(this.pointer);
    }

    /** Examines one of them. */
    step() {
        if (this.#module._acg_image_step(this.pointer) !== 0) throw lastError(this.#module);
    }

    /** Whether it counts as grey; for an animation, valid when no frame is left. */
    get isGrey() {
        return this.#module._acg_image_is_grey(this.pointer) !== 0;
    }

    get width() {
        return this.#module._acg_image_width(this.pointer);
    }

    get height() {
        return this.#module._acg_image_height(this.pointer);
    }

    /** Warnings about the file. */
    get notes() {
        return [...this.#notes, ...notesAt(this.#module, this.#module._acg_image_warnings(this.pointer))];
    }

    /** @returns {Colours} */
    colours() {
        const found = readStruct(this.#module, AcgColours, this.#module._acg_image_colours(this.pointer));
        if (!found) throw lastError(this.#module);
        const { kind, profile, profileBytes, channels, bits } = found;
        if (kind !== COLOURS.PROFILE) return { kind: kind === COLOURS.HDR ? 'hdr' : 'srgb' };
        return { kind: 'profile', profile: this.#module.HEAPU8.slice(profile, profile + profileBytes), channels, bits };
    }

    free() {
        this.#module._acg_image_free(this.pointer);
    }
}
