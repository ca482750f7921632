// Chooses one of the four builds of the engine for this machine, before the worker starts.
import { relaxedSimd, simd, threads as sharedMemoryWorks } from 'wasm-feature-detect';
import { AcgError } from '../errors.js';

/** @typedef {import('../types.js').EngineInfo} EngineInfo */
/** @typedef {import('../types.js').Variant} Variant */

const DEFAULT_MAX_THREADS = 8;

/**
 * @param {object} host
 * @param {number} host.cores
 * @param {boolean} host.isolated whether memory may be shared with workers (in a page: cross-origin isolation)
 * @param {number} [wantedThreads]
 * @returns {Promise<EngineInfo>}
 * @throws {AcgError} UNSUPPORTED
 */
export async function chooseBuild({ cores, isolated }, wantedThreads) {
    if (!(await simd())) {
        throw new AcgError('UNSUPPORTED', 'This browser has no WebAssembly SIMD, which the engine needs: please update it');
    }
    const wanted = wantedThreads ?? Math.min(cores, DEFAULT_MAX_THREADS);
    const threads = wanted > 1 && isolated && (await sharedMemoryWorks()) ? wanted : 1;
    const lanes = (await relaxedSimd()) ? 'relaxed' : 'simd';
    return { variant: /** @type {Variant} */ (threads > 1 ? `${lanes}-threads` : lanes), threads };
}
