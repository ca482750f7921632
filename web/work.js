// Enlarges one picture: asks the engine, once more if its worker is lost.
import { untilAborted } from './cancel.js';
import { dropEngine, engineOptions, engineWith } from './engine.js';

/**
 * @typedef {object} Listeners
 * @property {AbortSignal} signal
 * @property {(engine: import('acg2vec').Engine) => void} onEngine
 * @property {(progress: import('acg2vec').Progress) => void} onProgress
 * @property {(tile: import('acg2vec').Tile) => void} onTile
 * @property {(sentence: string) => void} onTrouble the work begins again, because of this
 */

/**
 * @param {File} file
 * @param {import('./options.js').Options & import('./remedy.js').Allowed} options
 * @param {import('./save.js').Target | null} target null: into memory
 * @param {Listeners} listeners
 * @returns {Promise<{ blob?: Blob, bytes: number, width: number, height: number, warnings: string[] }>}
 */
export async function enlarge(file, options, target, listeners) {
    try {
        const out = await untilAborted(enlargeTwice(file, options, target, listeners), listeners.signal);
        const bytes = target ? await target.finish() : /** @type {Blob} */ (out.blob).size;
        return { blob: out.blob, bytes, width: out.width, height: out.height, warnings: out.warnings };
    } catch (error) {
        await target?.discard();
        throw error;
    }
}

/** @type {typeof enlargeOnce} */
async function enlargeTwice(file, options, target, listeners) {
    try {
        return await enlargeOnce(file, options, target, listeners);
    } catch (error) {
        if (listeners.signal.aborted || /** @type {{ code?: string }} */ (error).code !== 'INTERNAL') {
            throw error;
        }
        await dropEngine(); // what is left of it may not be sound
        await target?.restart();
        listeners.onTrouble('The engine stopped unexpectedly. It was started anew, and this picture begins again.');
        return enlargeOnce(file, options, target, listeners);
    }
}

/**
 * @param {File} file
 * @param {import('./options.js').Options & import('./remedy.js').Allowed} options
 * @param {import('./save.js').Target | null} target
 * @param {Listeners} listeners
 */
async function enlargeOnce(file, options, target, { signal, onEngine, onProgress, onTile }) {
    const engine = await engineWith(options.threads);
    onEngine(engine);
    const onChunk = target ? target.write : undefined;
    return engine.upscale(file, { ...engineOptions(options), signal, onProgress, onTile, onChunk });
}
