// Upscales a picture, or plans it, with the models that the runner has open.
import { convertFresh } from './srgb.js';
import { runSteps, stepUntil } from './steps.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('./steps.js').Context} Context
 * @typedef {import('./native/native.js').Native} Native
 * @typedef {import('./native/native.js').NativeImage} NativeImage
 * @typedef {import('./native/native_embed.js').NativeNetwork} NativeNetwork
 * @typedef {import('./decoders/library_decoder.js').LibraryDecoder} LibraryDecoder
 * @typedef {{ native: Native, model: NativeNetwork, storage: Storage, decoder: LibraryDecoder,
 *   srgb: import('./srgb.js').SrgbConverter }} Engine
 *
 * @typedef {object} Storage for data that do not fit into the engine's memory
 * @property {(temp: string | boolean) => Promise<number>} room bytes that a file may have, 0: none
 * @property {(temp: string | boolean, isShared: boolean) => Promise<TemporaryFile>} open isShared: the engine's memory is shared with
 *   threads, so that it can be read and written while the engine computes. Other memory may move when it grows: it is read and written
 *   at once
 *
 * @typedef {object} TemporaryFile
 * @property {(bytes: Uint8Array, at: number) => Promise<void>} read written bytes
 * @property {(bytes: Uint8Array, at: number) => Promise<void>} write
 * @property {() => Promise<void>} close closes the file and removes it
 */

/** The engine's own limit: that of src/api/acg.h. */
const DEFAULT_MEMORY = 640 * 2 ** 20;

/**
 * @param {Engine} engine
 * @param {Requests['upscale'][0]} body
 * @param {Context} context
 * @returns {Promise<Requests['upscale'][1]>}
 */
export async function upscale(engine, body, context) {
    const started = performance.now();
    const image = await decode(engine, body, context.signal);
    let task, file, toSrgb, notes;
    try {
        await readFrames(image, context.signal);
        const decoded = performance.now();
        ({ toSrgb, notes } = body.colour === 'srgb' ? await engine.srgb.open(image) : { notes: [] });
        ({ task, file } = await begin(engine, image, { ...body, srgb: toSrgb !== undefined }));
        await run(task, { file, toSrgb, wantTiles: body.wantTiles }, context);
        return {
            ...outputOf(task, image),
            notes: [...image.notes, ...notes, ...task.notes],
            tiles: task.tiles,
            heap: engine.native.heapBytes,
            decodeMs: decoded - started,
            upscaleMs: performance.now() - decoded,
        };
    } finally {
        await task?.end();
        toSrgb?.close();
        image.free();
        await file?.close();
    }
}

/**
 * @param {Engine} engine
 * @param {Requests['plan'][0]} body
 * @param {Context} context
 * @returns {Promise<Requests['plan'][1]>}
 */
export async function planUpscale(engine, body, { signal }) {
    const { native, model, storage } = engine;
    const image = await decode(engine, body, signal);
    let task;
    try {
        await readFrames(image, signal);
        task = native.planUpscale(model, image, { ...body, srgb: false, spill: await roomFor(storage, body) });
        const { tiles, work } = task;
        return {
            ...outputOf(task, image),
            notes: image.notes,
            tiles: { ...tiles, columns: work.columns, rows: work.rows },
            memory: native.memoryUsed + tiles.memory,
        };
    } finally {
        await task?.end();
        image.free();
    }
}

/**
 * The facts about the output, and its cost, in tasks and plans.
 * @param {import('./native/native_upscale.js').NativeUpscale} task
 * @param {NativeImage} image
 */
function outputOf({ width, height, channels, frames, cost }, image) {
    return { width, height, channels, frames, cost, grey: image.isGrey };
}

/**
 * @param {import('./native/native_upscale.js').NativeUpscale} task
 * @param {{ file?: TemporaryFile, toSrgb?: import('./srgb.js').ToSrgb, wantTiles: boolean }} how
 * @param {Context} context
 */
async function run(task, { file, toSrgb, wantTiles }, context) {
    const { emit, signal } = context;
    if (toSrgb) await convertFresh(toSrgb, task, signal);
    const step = async () => {
        await task.step(file);
        if (toSrgb) await convertFresh(toSrgb, task, signal);
        const finished = wantTiles && task.tile();
        if (finished) emit('tile', finished, [finished.data.buffer]);
        for (let chunk; (chunk = task.takeOutput()); ) emit('chunk', chunk, [chunk.buffer]);
    };
    await runSteps(task, step, 'upscale', context);
}

/**
 * The task, and its file if it needs one. Where the system gives less memory than the engine's own limit, as on phones, one that needs less.
 * @param {Engine} engine
 * @param {NativeImage} image
 * @param {Requests['upscale'][0] & { srgb: boolean }} body
 */
async function begin(engine, image, body) {
    const isFree = !body.tile && !body.memory;
    let first;
    for (let memory = body.memory; ; memory = (memory || DEFAULT_MEMORY) / 2) {
        try {
            return await beginWithin(engine, image, { ...body, memory });
        } catch (error) {
            first ??= error;
            const { reason } = /** @type {import('../errors.js').AcgError} */ (error);
            if (!isFree || reason !== 'WORK_TOO_LARGE') throw first;
        }
    }
}

/**
 * The task, and its file if it needs one; if no file can be opened, a task that needs none.
 * @param {Engine} engine
 * @param {NativeImage} image
 * @param {Requests['upscale'][0] & { srgb: boolean }} body
 */
async function beginWithin({ native, model, storage }, image, body) {
    const task = native.beginUpscale(model, image, { ...body, spill: await roomFor(storage, body) });
    if (task.spill === 0) return { task };
    try {
        return { task, file: await storage.open(body.temp, native.isShared) };
    } catch {
        await task.end();
        return { task: native.beginUpscale(model, image, { ...body, spill: 0 }) };
    }
}

/**
 * @param {Storage} storage
 * @param {Requests['plan'][0]} body
 */
async function roomFor(storage, { sync, temp }) {
    return sync === 'exact' ? storage.room(temp) : 0;
}

/**
 * @param {Engine} engine
 * @param {Requests['plan'][0]} body its picture is deleted: the engine has it now, and its bytes may be many
 * @param {AbortSignal} signal
 */
async function decode({ native, decoder }, body, signal) {
    const { picture, format, metadata, damaged, grey, maxPixels } = body;
    delete (/** @type {Partial<typeof body>} */ (body).picture);
    if (!('bytes' in picture)) return native.imageFromPixels(picture, { grey });
    const settings = { metadata: metadata === 'keep', damaged, maxPixels };
    const { bytes, notes } = await decoder.readable(picture.bytes, settings, signal);
    return native.decodeImage(bytes, { ...settings, deep: format === 'png', grey, notes });
}

/**
 * Examines all frames of an animation, before the work on them.
 * @param {NativeImage} image
 * @param {AbortSignal} signal
 */
async function readFrames(image, signal) {
    if (image.framesLeft === 0) return;
    await stepUntil(
        () => image.framesLeft === 0,
        () => image.step(),
        signal,
    );
}
