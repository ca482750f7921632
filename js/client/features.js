// Chooses one of the four builds of the engine for this machine, before the worker starts.
import { AcgError } from '../errors.js';

/** @typedef {import('../types.js').EngineInfo} EngineInfo */
/** @typedef {import('../types.js').Variant} Variant */

const DEFAULT_MAX_THREADS = 8;

// The beginning of a tiny module with one function, which makes a vector and drops it. WebAssembly.validate() refuses the module if the
// machine does not have the instructions.
const MODULE_START = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const ZEROS = [0x41, 0, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
const RELAXED_SWIZZLE = [0xfd, 0x80, 0x02];
const DROP_END = [0x1a, 0x0b];

/** @param {number[]} instructions */
function runs(instructions) {
    const body = [0, ...instructions, ...DROP_END];
    return WebAssembly.validate(Uint8Array.from([...MODULE_START, 0x0a, body.length + 2, 1, body.length, ...body]));
}

export const hasSimd = () => runs(ZEROS);
export const hasRelaxedSimd = () => runs([...ZEROS, ...ZEROS, ...RELAXED_SWIZZLE]);

function sharesMemory() {
    try {
        structuredClone(new SharedArrayBuffer(1));
        return true;
    } catch {
        return false;
    }
}

/**
 * @param {object} host
 * @param {number} host.cores
 * @param {boolean} host.isolated whether memory may be shared with workers (in a page: cross-origin isolation)
 * @param {number} [wantedThreads] default: the cores, at most 8
 * @returns {Promise<EngineInfo>}
 * @throws {AcgError} UNSUPPORTED
 */
export async function chooseBuild({ cores, isolated }, wantedThreads) {
    if (typeof WebAssembly !== 'object' || !hasSimd()) {
        throw new AcgError('UNSUPPORTED', 'This browser or Node has no WebAssembly SIMD, which the engine needs: please update it', {
            reason: 'NO_SIMD',
        });
    }
    const wanted = wantedThreads ?? Math.min(cores, DEFAULT_MAX_THREADS);
    const threads = wanted > 1 && isolated && sharesMemory() ? wanted : 1;
    const lanes = hasRelaxedSimd() ? 'relaxed' : 'simd';
    return { variant: /** @type {Variant} */ (threads > 1 ? `${lanes}-threads` : lanes), threads };
}
