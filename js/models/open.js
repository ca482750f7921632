// Opens a model in the worker: sends the bytes of its files there as they arrive. The client decides which models stay open.
import { cancelled } from '../errors.js';
import { modelParts } from './manifest.js';
import { ProgressMeter } from '../shared/progress.js';
import { readModelFile, takeEach, takeModelFile } from './stream.js';
import { readTagFile } from './tags.js';

/**
 * @typedef {import('../platform/platform.js').Platform} Platform
 * @typedef {import('../client/rpc.js').Rpc} Rpc
 * @typedef {import('./manifest.js').Model} Model
 * @typedef {{ models?: import('../types.js').ModelLocation, signal: AbortSignal,
 *   onProgress?: (progress: import('../types.js').Progress) => void, onWarning?: (warning: string) => void }} OpenOptions
 * @typedef {import('../shared/protocol.js').ModelInfo & { tags?: import('./tags.js').TagName[], sha256?: string }} OpenModel what is
 *   known of an open model; sha256: of its file of weights, if it can be computed
 */

/**
 * @param {Platform} platform
 * @param {Rpc} rpc
 * @param {Model} model
 * @param {OpenOptions} options
 * @returns {Promise<OpenModel>}
 */
export async function openModel(platform, rpc, model, { models, signal, onProgress, onWarning }) {
    const { id, network, levels } = model;
    const { weights, companion, tags } = modelParts(model);
    const options = { models, signal, onWarning, onBytes: bytesMeter(model, onProgress) };
    const hash = !platform.hashesStreams;
    const sha256 = hash ? () => rpc.request('modelSha256', { id }) : undefined;
    const read = async (/** @type {typeof companion} */ file) => file && readModelFile(platform.streamModelFile, file, options);
    const body = { id, network, levels, hash, companion: await read(companion) };
    const names = await read(tags);
    /** @type {string | undefined} */
    let known;
    const onSha256 = (/** @type {string} */ found) => void (known = found);
    return takeModelFile(platform.streamModelFile, weights, { ...options, onSha256 }, async (open) => {
        await rpc.request('openModel', body);
        try {
            await takeEach(open(sha256), async (bytes) => {
                await rpc.request('modelBytes', { id, bytes }, { transfer: [bytes.buffer] });
                if (signal.aborted) throw cancelled(signal);
            });
            const info = { ...(await rpc.request('modelEnd', { id })), sha256: known };
            if (!tags || !names) return info;
            return { ...info, tags: readTagFile(tags.path, names, { count: info.dims.tags, categories: info.categories }) };
        } catch (error) {
            if (rpc.alive) await rpc.request('closeModel', { id });
            throw error;
        }
    });
}

/**
 * @param {Model} model
 * @param {OpenOptions['onProgress']} onProgress
 * @returns {(bytes: number) => void} to be called with the number of new bytes
 */
function bytesMeter({ id, files }, onProgress) {
    const meter = new ProgressMeter('models', onProgress && ((progress) => onProgress({ ...progress, model: id })));
    // The size of a file made by the converter is not known in advance: then the bytes so far count as the total.
    const isKnown = files.every((file) => file.versions.length > 0);
    const total = files.reduce((sum, file) => sum + (file.versions[0]?.bytes ?? 0), 0);
    let done = 0;
    return (bytes) => {
        done += bytes;
        meter.update(isKnown ? Math.min(done, total) : done, isKnown ? total : done);
    };
}
