// Wraps the functions of src/api/acg.h that enlarge: a task of steps, its tiles and its output.
import { AcgPart, AcgPixels, AcgTile, AcgWork, AWAITS } from './abi.js';
import { lastError, notesAt, readStruct } from './native_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {{ n: number, view: (from: number, to: number) => Uint8Array }} PixelsToConvert view: the bytes of some of `n` pixels; the engine's
 *   memory may move when it grows
 */

export class NativeUpscale {
    #module;
    #task;
    /** The current read from the file into the engine's memory, or write from there. */
    #reading = Promise.resolve();
    #writing = Promise.resolve();

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
        this.spill = module._acg_upscale_spilled(task);
        const plan = /** @type {import('../../types.js').UpscaleResult['tiles']['plan']} */ (
            module.UTF8ToString(module._acg_upscale_plan(task))
        );
        this.tiles = { side: module._acg_upscale_tile_side(task), plan, memory: module._acg_upscale_memory(task) };
    }

    /** Warnings about the output so far. */
    get notes() {
        return notesAt(this.#module, this.#module._acg_upscale_warnings(this.#task));
    }

    get done() {
        return this.#module._acg_upscale_done(this.#task);
    }

    /** The progress of the work. */
    get work() {
        const work = readStruct(this.#module, AcgWork, this.#module._acg_upscale_work(this.#task));
        if (!work) throw lastError(this.#module);
        const { pass, nPasses: passes, tile, columns, rows } = work;
        return { pass, passes, tile, columns, rows, side: this.tiles.side };
    }

    /**
     * The pixels that a task with `srgb` needs converted before its next step, if any. Call it at first and after each step.
     * @returns {PixelsToConvert | undefined}
     */
    toConvert() {
        const found = readStruct(this.#module, AcgPixels, this.#module._acg_upscale_to_convert(this.#task));
        if (!found?.pixels) return undefined;
        const { pixels, n, channels, bits } = found;
        const pixelBytes = (channels * bits) / 8;
        return { n, view: (from, to) => this.#module.HEAPU8.subarray(pixels + from * pixelBytes, pixels + to * pixelBytes) };
    }

    /**
     * One step, after the reads and writes that it depends on. Those that it starts continue during the next steps.
     * @param {import('../upscale.js').TemporaryFile} [file] needed if `spill` is not 0
     */
    async step(file) {
        const module = this.#module;
        const awaits = file ? module._acg_upscale_awaits(this.#task) : 0;
        if (awaits & AWAITS.READ) await this.#reading;
        if (awaits & AWAITS.WRITE) await this.#writing;
        if (module._acg_upscale_step(this.#task) !== 0) throw lastError(module);
        if (!file) return;
        const toRead = this.#part(module._acg_upscale_to_read(this.#task));
        if (toRead) this.#reading = awaitedLater(file.read(toRead.bytes, toRead.at));
        const toWrite = this.#part(module._acg_upscale_to_write(this.#task));
        if (toWrite) this.#writing = awaitedLater(file.write(toWrite.bytes, toWrite.at));
    }

    /** @param {number} pointer to an AcgPart */
    #part(pointer) {
        const part = readStruct(this.#module, AcgPart, pointer);
        if (!part?.size) return undefined;
        return { at: part.offset, bytes: this.#module.HEAPU8.subarray(part.bytes, part.bytes + part.size) };
    }

    /**
     * The tile that the last step finished, if any.
     * @returns {import('../../types.js').Tile | undefined}
     */
    tile() {
        const tile = readStruct(this.#module, AcgTile, this.#module._acg_upscale_tile(this.#task));
        if (!tile?.width) return undefined;
        const { x, y, width, height, strideBytes, channels, bits, pixels } = tile;
        const heap = this.#module.HEAPU8;
        const rowBytes = width * channels;
        const data = new Uint8Array(rowBytes * height);
        for (let row = 0; row < height; row++) {
            const from = pixels + row * strideBytes;
            if (bits === 8) data.set(heap.subarray(from, from + rowBytes), row * rowBytes);
            // the upper byte of each sample, which is the second in WebAssembly: tiles are only displayed
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

    /** Waits for reads and writes under way, also those that fail: after this their memory is free. */
    async end() {
        await Promise.allSettled([this.#reading, this.#writing]);
        this.#module._acg_upscale_end(this.#task);
    }
}

/**
 * A failure is reported when the promise is awaited, not earlier as an unhandled rejection.
 * @param {Promise<void>} promise
 */
function awaitedLater(promise) {
    promise.catch(() => {});
    return promise;
}
