// Wraps the functions of src/api/acg.h that enlarge: a task of steps, its tiles and its output.
import { lastError } from './native_memory.js';

/** @typedef {import('./builds.js').EngineModule} EngineModule */

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
