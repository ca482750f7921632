// Enlarges step by step inside the worker (network_runner.js does the rest): between two steps messages get through, so that an abort really stops.
import { AcgError, cancelled } from '../errors.js';
import { NetworkRunner } from './network_runner.js';
import { pause } from './pause.js';
import { ProgressMeter } from '../shared/progress.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('../shared/protocol.js').Events} Events
 * @typedef {<K extends keyof Events>(name: K, body: Events[K], transfer?: Transferable[]) => void} Emit
 * @typedef {{ signal: AbortSignal, emit: Emit }} Context
 *
 * @typedef {object} Storage where a task may keep what the engine's memory cannot hold
 * @property {(temp: string | boolean) => Promise<number>} room bytes that a file may have, 0: none
 * @property {(temp: string | boolean, isShared: boolean) => Promise<TemporaryFile>} open isShared: what it is to carry is in memory
 *   that threads share. Other memory may move when it grows, and is carried at once
 *
 * @typedef {object} TemporaryFile
 * @property {(bytes: Uint8Array, at: number) => Promise<void>} read what was written
 * @property {(bytes: Uint8Array, at: number) => Promise<void>} write
 * @property {() => Promise<void>} close removes it
 */

export class TaskRunner extends NetworkRunner {
    /** @type {Map<string, import('./native/native_embed.js').NativeNetwork>} */
    #models = new Map();
    #storage;

    /** @param {Storage} storage */
    constructor(storage) {
        super();
        this.#storage = storage;
    }

    /** @param {Requests['openModel'][0]} body */
    async openModel({ id, levels, param, bin }) {
        this.#models.set(id, this.ready().openCugan(param, bin, levels));
    }

    /** @param {Requests['closeModel'][0]} body */
    async closeModel(body) {
        await super.closeModel(body);
        this.#models.get(body.id)?.close();
        this.#models.delete(body.id);
    }

    /**
     * @param {Requests['upscale'][0]} body
     * @param {Context} context
     * @returns {Promise<Requests['upscale'][1]>}
     */
    async upscale(body, { signal, emit }) {
        const native = this.ready();
        const network = this.#network(body.model);
        const started = performance.now();
        const image = this.#decode(body);
        let task, file;
        try {
            await lookAtFrames(image, signal);
            const decoded = performance.now();
            ({ task, file } = await this.#begin(network, image, body));
            const { width, height, channels, frames, tiles, cost } = task;
            const meter = new ProgressMeter('upscale', (progress) => emit('progress', progress));
            meter.update(0, task.total);
            for (;;) {
                await pause();
                if (signal.aborted) throw cancelled();
                if (task.done >= task.total) break;
                await task.step(file);
                const finished = body.wantTiles && task.tile();
                if (finished) emit('tile', finished, [finished.data.buffer]);
                for (let chunk; (chunk = task.takeOutput()); ) emit('chunk', chunk, [chunk.buffer]);
                meter.update(task.done, task.total, task.work);
            }
            const heap = native.heapBytes;
            const warnings = [...image.warnings, ...task.warnings];
            return {
                width,
                height,
                channels,
                frames,
                grey: image.isGrey,
                warnings,
                tiles,
                heap,
                cost,
                decodeMs: decoded - started,
                upscaleMs: performance.now() - decoded,
            };
        } finally {
            await task?.end();
            image.free();
            await file?.close();
        }
    }

    /**
     * The task, and its file if it needs one; if none can be had, a task that needs none.
     * @param {import('./native/native_embed.js').NativeNetwork} network
     * @param {import('./native/native.js').NativeImage} image
     * @param {Requests['upscale'][0]} body
     */
    async #begin(network, image, body) {
        const native = this.ready();
        const task = native.beginUpscale(network, image, { ...body, outside: await this.#room(body) });
        if (task.outside === 0) return { task };
        try {
            return { task, file: await this.#storage.open(body.temp, native.isShared) };
        } catch {
            await task.end();
            return { task: native.beginUpscale(network, image, { ...body, outside: 0 }) };
        }
    }

    /** @param {Requests['plan'][0]} body */
    async #room({ sync, temp }) {
        return sync === 'exact' ? this.#storage.room(temp) : 0;
    }

    /**
     * @param {Requests['plan'][0]} body
     * @param {Context} context
     * @returns {Promise<Requests['plan'][1]>}
     */
    async plan(body, { signal }) {
        const native = this.ready();
        const image = this.#decode(body);
        let task;
        try {
            await lookAtFrames(image, signal);
            task = native.planUpscale(this.#network(body.model), image, { ...body, outside: await this.#room(body) });
            const { width, height, channels, frames, tiles, cost, work } = task;
            const memory = native.memoryUsed + tiles.memory;
            const { isGrey: grey, warnings } = image;
            return {
                width,
                height,
                channels,
                frames,
                grey,
                warnings,
                tiles: { ...tiles, columns: work.columns, rows: work.rows },
                cost,
                memory,
            };
        } finally {
            await task?.end();
            image.free();
        }
    }

    /** @param {Requests['plan'][0]} body loses its picture: the engine has it now, and its bytes may be many */
    #decode(body) {
        const native = this.ready();
        const { picture, format, metadata, damaged, grey, maxPixels } = body;
        delete (/** @type {Partial<typeof body>} */ (body).picture);
        if (!('bytes' in picture)) return native.imageFromPixels(picture, { grey });
        return native.decodeImage(picture.bytes, { deep: format === 'png', metadata: metadata === 'keep', damaged, grey, maxPixels });
    }

    /** @param {string} id */
    #network(id) {
        const network = this.#models.get(id);
        if (!network) throw new AcgError('INTERNAL', `Expected an open model but ${id} is not`);
        return network;
    }
}

/**
 * All frames, before the work on them.
 * @param {import('./native/native.js').NativeImage} image
 * @param {AbortSignal} signal
 */
async function lookAtFrames(image, signal) {
    while (image.framesLeft > 0) {
        await pause();
        if (signal.aborted) throw cancelled();
        image.step();
    }
}
