// Shared by all wrappers of the engine's functions: its last error, its structs, and copies of bytes in its memory. For native*.js only.
import { AcgError } from '../../errors.js';
import { REASON, REASON_VALUES, STATUS } from './abi.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {'Uint8' | 'Int32' | 'Uint32' | 'Float32' | 'Float64'} FieldKind
 * @typedef {{ size: number, fields: Record<string, readonly [FieldKind, number]> }} Struct of abi.js
 */

/**
 * A copy of a struct in the engine's memory, or undefined for NULL.
 * @template {Struct} S
 * @param {EngineModule} module
 * @param {S} struct
 * @param {number} pointer
 * @returns {Record<keyof S['fields'], number> | undefined}
 */
export function readStruct(module, { size, fields }, pointer) {
    if (pointer === 0) return undefined;
    const view = new DataView(module.HEAPU8.buffer, pointer >>> 0, size);
    const values = Object.entries(fields).map(([name, [kind, offset]]) => [name, view[`get${kind}`](offset, true)]);
    return /** @type {Record<keyof S['fields'], number>} */ (Object.fromEntries(values));
}

/**
 * The bytes of a struct with these values in the engine's memory.
 * @template {Struct} S
 * @param {S} struct
 * @param {Record<keyof S['fields'], number>} values others are ignored
 */
export function structBytes({ size, fields }, values) {
    const view = new DataView(new ArrayBuffer(size));
    for (const [name, [kind, offset]] of Object.entries(fields)) {
        view[`set${kind}`](offset, values[/** @type {keyof S['fields']} */ (name)], true);
    }
    return new Uint8Array(view.buffer);
}

/** @param {EngineModule} module */
export function lastError(module) {
    const status = module._acg_status();
    const [code = 'INTERNAL'] = Object.entries(STATUS).find(([, value]) => value === status) ?? [];
    const facts = factsOf(module.UTF8ToString(module._acg_facts()).split('\t'));
    return new AcgError(/** @type {import('../../types.js').ErrorCode} */ (code), module.UTF8ToString(module._acg_message()), facts);
}

/**
 * The warnings in a text of the engine, one in each line.
 * @param {EngineModule} module
 * @param {number} pointer
 * @returns {import('../../types.js').Note[]}
 */
export function notesAt(module, pointer) {
    const lines = module.UTF8ToString(pointer).split('\n').filter(Boolean);
    return lines.map((line) => {
        const [sentence, ...facts] = line.split('\t');
        return { sentence, ...factsOf(facts) };
    });
}

/**
 * @param {string[]} facts as acg_facts gives them
 * @returns {{ reason?: import('../../types.js').EngineReason, values: import('../../types.js').Values }}
 */
function factsOf([number, ...texts]) {
    const [name = 'NONE'] = Object.entries(REASON).find(([, value]) => value === Number(number)) ?? [];
    if (name === 'NONE') return { values: {} };
    const reason = /** @type {import('../../types.js').EngineReason} */ (name);
    return { reason, values: Object.fromEntries(REASON_VALUES[reason].map((each, i) => [each, numberOr(texts[i] ?? '')])) };
}

/** @param {string} text */
const numberOr = (text) => (/^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(text) ? Number(text) : text);

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
            // an empty array gets memory too, so that the engine can report the error
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
