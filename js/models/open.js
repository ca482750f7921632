// Fetches a model's files and opens it in the worker. Which models stay open is for the client to say.
import { AcgError, cancelled } from '../errors.js';
import { modelFile, passedOver } from './manifest.js';
import { ProgressMeter } from '../shared/progress.js';
import { readTags } from './tags.js';

/**
 * @typedef {import('../platform/platform.js').Platform} Platform
 * @typedef {import('../client/rpc.js').Rpc} Rpc
 * @typedef {import('./manifest.js').Model} Model
 * @typedef {{ models?: import('../types.js').ModelLocation, signal: AbortSignal,
 *   onProgress?: (progress: import('../types.js').Progress) => void, onWarning?: (warning: string) => void }} OpenOptions
 * @typedef {Partial<import('../shared/protocol.js').NetworkInfo> & { tags?: import('./tags.js').TagName[] }} OpenModel what is known of it once
 *   it is open
 */

/**
 * @param {Platform} platform
 * @param {Rpc} rpc
 * @param {Model} model
 * @param {OpenOptions} options
 * @returns {Promise<OpenModel>}
 */
export function openModel(platform, rpc, model, options) {
    return model.network === 'cugan' ? openCugan(platform, rpc, model, options) : openNetwork(platform, rpc, model, options);
}

/** @type {typeof openModel} */
async function openCugan(platform, rpc, model, { models, signal, onProgress, onWarning }) {
    const files = [modelFile(model, '.bin'), modelFile(model, '.param')];
    const onBytes = bytesMeter(model, onProgress);
    // One after the other: the first may bring the second along, when both come in one package.
    const bin = await platform.readModelFile(files[0], { models, signal, onBytes, onWarning });
    const param = await platform.readModelFile(files[1], { models, signal, onBytes, onWarning });
    if (signal.aborted) throw cancelled(signal);
    await rpc.request('openModel', { id: model.id, levels: model.levels, param, bin }, { transfer: [param.buffer, bin.buffer], signal });
    return {};
}

/**
 * Where a copy of the weights on this computer turns out to be damaged when the engine has them, another is taken.
 * @type {typeof openModel}
 */
async function openNetwork(platform, rpc, model, options) {
    /** @type {Map<string, unknown>} */
    const avoid = new Map();
    let first;
    for (;;) {
        const known = avoid.size;
        try {
            const open = await tryNetwork(platform, rpc, model, { ...options, avoid });
            for (const error of avoid.values()) if (error) options.onWarning?.(passedOver(error));
            return open;
        } catch (error) {
            first ??= error;
            if (avoid.size > known && !options.signal.aborted) continue;
            throw error instanceof AcgError && error.code === 'NOT_FOUND' ? first : error;
        }
    }
}

/**
 * @param {Platform} platform
 * @param {Rpc} rpc
 * @param {Model} model
 * @param {OpenOptions & { avoid: Map<string, unknown> }} options
 * @returns {Promise<OpenModel>}
 */
async function tryNetwork(platform, rpc, model, { models, signal, onProgress, onWarning, avoid }) {
    const { id } = model;
    const kind = /** @type {import('../shared/protocol.js').NetworkKind} */ (model.network);
    const weights = modelFile(model, '.safetensors');
    const besideFile = model.files.find((file) => file !== weights);
    const onBytes = bytesMeter(model, onProgress);
    const beside = besideFile && (await platform.readModelFile(besideFile, { models, signal, onBytes, onWarning }));
    // the network's words, which the engine needs, or names of what it gives
    const vocabulary = kind === 'deepdanbooru' ? undefined : beside;
    const hash = !platform.hashesStreams;
    const sha256 = hash ? () => rpc.request('networkSha256', { id }) : undefined;
    await rpc.request('openNetwork', { id, kind, hash });
    try {
        for await (const bytes of platform.streamModelFile(weights, { models, signal, onBytes, onWarning, sha256, avoid })) {
            await rpc.request('networkBytes', { id, bytes }, { transfer: [bytes.buffer] });
            if (signal.aborted) throw cancelled(signal);
        }
        const info = await rpc.request('networkEnd', { id, vocabulary }, { transfer: vocabulary ? [vocabulary.buffer] : [] });
        return beside && !vocabulary ? { ...info, tags: readTags(beside, info.dims.tags, info.categories) } : info;
    } catch (error) {
        if (rpc.alive) await rpc.request('closeModel', { id });
        throw error;
    }
}

/**
 * @param {Model} model
 * @param {OpenOptions['onProgress']} onProgress
 * @returns {(bytes: number) => void} what takes how many more have come
 */
function bytesMeter({ id, files }, onProgress) {
    const meter = new ProgressMeter('models', onProgress && ((progress) => onProgress({ ...progress, model: id })));
    // What a file made by the converter will be is not known: then all that has come is all that there is.
    const isKnown = files.every((file) => file.versions.length > 0);
    const total = files.reduce((sum, file) => sum + (file.versions[0]?.bytes ?? 0), 0);
    let done = 0;
    return (bytes) => {
        done += bytes;
        meter.update(isKnown ? Math.min(done, total) : done, isKnown ? total : done);
    };
}
