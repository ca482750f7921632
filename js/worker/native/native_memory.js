// What all wrappers of the engine's functions need: its last error, and copies of bytes in its memory. For native*.js only.
import { AcgError } from '../../errors.js';

/** @typedef {import('./builds.js').EngineModule} EngineModule */

/** @type {import('../../types.js').ErrorCode[]} Status 1 … of src/core/status.h */
const STATUS_CODES = ['NO_MEMORY', 'BAD_FORMAT', 'BAD_ARGUMENT', 'UNSUPPORTED', 'INTERNAL'];

/** @param {EngineModule} module */
export function lastError(module) {
    const code = STATUS_CODES[module._acg_status() - 1] ?? 'INTERNAL';
    return new AcgError(code, module.UTF8ToString(module._acg_message()));
}

/**
 * The sentences of a text of the engine's, each ended by a newline.
 * @param {EngineModule} module
 * @param {number} pointer
 */
export const linesAt = (module, pointer) => module.UTF8ToString(pointer).split('\n').filter(Boolean);

/**
 * Calls `use` with pointers to copies of the arrays in the engine's memory.
 * @template T
 * @param {EngineModule} module
 * @param {Uint8Array[]} arrays
 * @param {(pointers: number[]) => T} use
 */
export function withBytes(module, arrays, use) {
    /** @type {number[]} */
    const pointers = [];
    try {
        for (const array of arrays) {
            // an empty array gets memory too, so that the engine can say what is wrong with it
            const pointer = module._acg_alloc(Math.max(array.byteLength, 1));
            if (!pointer) throw lastError(module);
            pointers.push(pointer);
            module.HEAPU8.set(array, pointer >>> 0);
        }
        return use(pointers);
    } finally {
        for (const pointer of pointers) module._acg_free(pointer);
    }
}
