// With its parts native_*.js the only file that sees pointers: loads a build of the engine and wraps the functions of src/api/acg.h in objects.
// With threads the engine's memory is shared and may grow at any call, so views of it are taken anew and bytes copied out.
import { BUILDS } from './builds.js';
import { AcgError, sentence } from './errors.js';
import { NativeNetwork } from './native_embed.js';
import { lastError, withBytes } from './native_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {import('./protocol.js').InitBody} InitBody
 * @typedef {Pick<import('./protocol.js').UpscaleBody, 'tile' | 'strength' | 'format' | 'quality' | 'sync' | 'tta' | 'memory'> & { outside: number }} UpscaleSettings
 *   outside: bytes that may be kept in a file
 */

const FORMATS = { pixels: 0, png: 1, jpg: 2, webp: 3 };
const SYNC = { off: 0, exact: 1, fast: 2 };

/**
 * @param {InitBody} init
 * @returns {Promise<Native>}
 */
export async function loadNative({ variant, threads, wasm }) {
    let module;
    try {
        const { default: factory } = await BUILDS[variant]();
        // silent: whatever goes wrong is thrown as well
        module = await new Promise((resolve, reject) => {
            const options = { threads, printErr: () => {}, ...wasmOptions(wasm, reject) };
            factory(options).then(resolve, reject);
        });
    } catch (error) {
        const why = sentence(error).replace(' Build with -sASSERTIONS for more info', '');
        throw new AcgError('INTERNAL', `The engine's build '${variant}' could not be loaded: ${why}`, { cause: error });
    }
    if (module._acg_init(threads) !== 0) throw lastError(module);
    return new Native(module);
}

/**
 * @param {InitBody['wasm']} wasm
 * @param {(error: unknown) => void} onFailure of what the loader itself does not watch
 */
function wasmOptions(wasm, onFailure) {
    if (wasm === undefined) return {};
    if (wasm instanceof WebAssembly.Module) return { instantiateWasm: instantiateReady(wasm, onFailure) };
    const locate = typeof wasm === 'string' ? prefixed(wasm) : (/** @type {string} */ name) => wasm[name];
    return { locateFile: (/** @type {string} */ name, /** @type {string} */ folder) => locate(name) ?? folder + name };
}

/**
 * @param {WebAssembly.Module} module
 * @param {(error: unknown) => void} onFailure
 * @returns {import('./builds.js').EngineModuleOptions['instantiateWasm']}
 */
function instantiateReady(module, onFailure) {
    return (imports, receive) => {
        WebAssembly.instantiate(module, imports)
            .then((instance) => receive(instance, module))
            .catch(onFailure);
        return {};
    };
}

/** @param {string} prefix */
function prefixed(prefix) {
    return (/** @type {string} */ name) => (prefix.endsWith('/') ? prefix : `${prefix}/`) + name;
}

export class Native {
    #module;

    /** @param {EngineModule} module */
    constructor(module) {
        this.#module = module;
    }

    /**
     * @param {Uint8Array} bytes of a picture's file
     * @param {{ deep: boolean, metadata: boolean }} keep 16 bits a sample, where the file has them; EXIF, XMP and text
     */
    decodeImage(bytes, { deep, metadata }) {
        const module = this.#module;
        return withBytes(this.#module, [bytes], ([file]) =>
            this.#image(module._acg_image_decode(file, bytes.byteLength, Number(deep), Number(metadata))),
        );
    }

    /** @param {import('./source.js').PixelPicture} picture */
    imageFromPixels({ pixels, width, height, channels }) {
        const module = this.#module;
        return withBytes(this.#module, [pixels], ([at]) =>
            this.#image(module._acg_image_from_pixels(at, width, height, channels)),
        );
    }

    /**
     * @param {Uint8Array} param
     * @param {Uint8Array} bin
     * @param {{ black: number, white: number }} [levels] what these are to the network
     */
    openCugan(param, bin, { black, white } = { black: 0, white: 1 }) {
        const module = this.#module;
        return withBytes(this.#module, [param, bin], ([text, weights]) => {
            const cugan = module._acg_cugan_open(text, param.byteLength, weights, bin.byteLength, black, white);
            if (!cugan) throw lastError(module);
            return new NativeModel(module, cugan);
        });
    }

    /**
     * @param {NativeModel} model
     * @param {NativeImage} image must stay until the task ends
     * @param {UpscaleSettings} options
     */
    beginUpscale(model, image, options) {
        return this.#upscale('_acg_upscale_begin', model, image, options);
    }

    /**
     * What beginUpscale would begin: tells all but cannot be stepped, and takes no memory.
     * @param {NativeModel} model
     * @param {NativeImage} image
     * @param {UpscaleSettings} options
     */
    planUpscale(model, image, options) {
        return this.#upscale('_acg_upscale_prepare', model, image, options);
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
     * @param {NativeModel} model
     * @param {NativeImage} image
     * @param {UpscaleSettings} options
     */
    #upscale(begin, model, image, { tile, strength, format, quality, sync, tta, memory, outside }) {
        const module = this.#module;
        const task = module[begin](
            model.pointer,
            image.pointer,
            tile,
            strength,
            FORMATS[format],
            quality,
            SYNC[sync],
            Number(tta),
            memory,
            outside,
        );
        if (!task) throw lastError(module);
        return new NativeUpscale(module, task);
    }

    /**
     * @param {import('./protocol.js').NetworkKind} kind
     * @param {boolean} hash
     */
    openNetwork(kind, hash) {
        return new NativeNetwork(this.#module, kind, hash);
    }

    /** @param {number} pointer */
    #image(pointer) {
        if (!pointer) throw lastError(this.#module);
        return new NativeImage(this.#module, pointer);
    }
}

export class NativeImage {
    #module;

    /**
     * @param {EngineModule} module
     * @param {number} pointer
     */
    constructor(module, pointer) {
        this.#module = module;
        this.pointer = pointer;
    }

    /** The frames of an animation that have not been looked at yet; all have to be before beginUpscale. */
    get framesLeft() {
        return this.#module._acg_image_frames_left(this.pointer);
    }

    /** Looks at one of them. */
    step() {
        if (this.#module._acg_image_step(this.pointer) !== 0) throw lastError(this.#module);
    }

    free() {
        this.#module._acg_image_free(this.pointer);
    }
}

export class NativeModel {
    #module;

    /**
     * @param {EngineModule} module
     * @param {number} pointer
     */
    constructor(module, pointer) {
        this.#module = module;
        this.pointer = pointer;
    }

    close() {
        this.#module._acg_cugan_close(this.pointer);
    }
}

export class NativeUpscale {
    #module;
    #task;

    /**
     * @param {EngineModule} module
     * @param {number} task
     */
    constructor(module, task) {
        this.#module = module;
        this.#task = task;
        this.width = module._acg_upscale_width(task);
        this.height = module._acg_upscale_height(task);
        this.channels = /** @type {3 | 4} */ (module._acg_upscale_channels(task));
        this.frames = module._acg_upscale_frames(task);
        this.total = module._acg_upscale_total(task);
        this.cost = module._acg_upscale_cost(task);
        this.outside = module._acg_upscale_outside(task);
        const plan = /** @type {import('./types.js').UpscaleResult['tiles']['plan']} */ (
            module.UTF8ToString(module._acg_upscale_plan(task))
        );
        this.tiles = { side: module._acg_upscale_tile_side(task), plan, memory: module._acg_upscale_memory(task) };
    }

    get done() {
        return this.#module._acg_upscale_done(this.#task);
    }

    /** Where the work stands. The fields are those of AcgWork, in that order. */
    get work() {
        const at = this.#module._acg_upscale_work(this.#task) >>> 2;
        const [pass, passes, tile, columns, rows] = this.#module.HEAP32.subarray(at, at + 5);
        return { pass, passes, tile, columns, rows, side: this.tiles.side };
    }

    /** @param {import('./engine.js').TemporaryFile} [file] needed if `outside` is not 0 */
    step(file) {
        const module = this.#module;
        const wanted = this.#part(module._acg_upscale_to_fetch(this.#task));
        if (wanted) file?.read(wanted.bytes, wanted.at);
        if (module._acg_upscale_step(this.#task) !== 0) throw lastError(module);
        const kept = this.#part(module._acg_upscale_to_put(this.#task));
        if (kept) file?.write(kept.bytes, kept.at);
    }

    /** @param {number} pointer to an AcgPart */
    #part(pointer) {
        const { HEAP32, HEAPF64, HEAPU8 } = this.#module;
        const [bytes, size] = HEAP32.subarray((pointer >>> 2) + 2, (pointer >>> 2) + 4);
        if (size === 0) return undefined;
        return { at: HEAPF64[pointer >>> 3], bytes: HEAPU8.subarray(bytes >>> 0, (bytes >>> 0) + (size >>> 0)) };
    }

    /**
     * The tile that the last step finished, if any. Its fields are those of AcgTile, in that order.
     * @returns {import('./types.js').Tile | undefined}
     */
    tile() {
        const at = this.#module._acg_upscale_tile(this.#task) >>> 2;
        if (at === 0) return undefined;
        const [x, y, width, height, stride, channels, bits, pixels] = this.#module.HEAP32.subarray(at, at + 8);
        if (width === 0) return undefined;
        const heap = this.#module.HEAPU8;
        const rowBytes = width * channels;
        const data = new Uint8Array(rowBytes * height);
        for (let row = 0; row < height; row++) {
            const from = (pixels >>> 0) + row * stride;
            if (bits === 8) data.set(heap.subarray(from, from + rowBytes), row * rowBytes);
            // the upper byte of each sample, which is the second in WebAssembly: a tile is for looking at
            else for (let i = 0; i < rowBytes; i++) data[row * rowBytes + i] = heap[from + 2 * i + 1];
        }
        const frame = this.#module._acg_upscale_frame(this.#task);
        return { x, y, width, height, channels: /** @type {3 | 4} */ (channels), frame, data };
    }

    /** The next bytes of the output, if any are ready. To be called until there are none. */
    takeOutput() {
        const module = this.#module;
        if (module._acg_upscale_next_output(this.#task) !== 0) throw lastError(module);
        const size = module._acg_upscale_output_size(this.#task) >>> 0;
        if (size === 0) return undefined;
        const at = module._acg_upscale_output(this.#task) >>> 0;
        return module.HEAPU8.slice(at, at + size);
    }

    end() {
        this.#module._acg_upscale_end(this.#task);
    }
}
