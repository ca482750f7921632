// Lists Keras's variables (<layer>/<variable>) and reads their values.
import { AcgError } from '../../errors.js';
import { decodeExactly, floatBytes } from './decode.js';

/** @typedef {import('../originals/original.js').Original} Original */

export class KerasVariables {
    #original;
    /** @type {Map<string, Float64Array>} */
    #vectors = new Map();

    /**
     * @param {Original} original
     * @throws {AcgError} UNSUPPORTED if its variables cannot be read one by one
     */
    constructor(original) {
        if (!original.read) throw new AcgError('UNSUPPORTED', 'Files of Keras cannot be converted as a stream: they must be stored first');
        this.#original = original;
    }

    /** @param {string} name */
    has(name) {
        return this.#original.tensors.has(name);
    }

    /**
     * Its dtype, shape and bytes.
     * @param {string} name
     * @throws {AcgError} BAD_FORMAT: there is none; UNSUPPORTED: it has no floating-point values
     */
    info(name) {
        const info = this.#original.tensors.get(name);
        if (!info) throw new AcgError('BAD_FORMAT', `Expected the variable ${name} but there is none`);
        floatBytes(info.dtype, name);
        return info;
    }

    /**
     * All values of a variable.
     * @param {string} name
     * @returns {Promise<Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>}
     */
    async read(name) {
        const read = /** @type {(name: string) => Promise<Uint8Array<ArrayBuffer>>} */ (this.#original.read);
        return decodeExactly(await read(name), this.info(name).dtype);
    }

    /**
     * Reads variables for `vector`.
     * @param {Iterable<string>} names
     * @param {import('./stream_tensors.js').Step} step
     */
    async load(names, step) {
        for (const name of names) {
            this.#vectors.set(name, new Float64Array(await this.read(name)));
            await step(this.info(name).bytes);
        }
    }

    /** A variable that `load` has read. @param {string} name */
    vector(name) {
        return /** @type {Float64Array} */ (this.#vectors.get(name));
    }
}

/**
 * The layers that Keras named `layer`, `layer_1`, …, in the order of these numbers.
 * @param {Iterable<string>} names of all variables
 * @param {string} layer
 * @param {string} variable a variable that each of them has
 */
export function numbered(names, layer, variable) {
    const pattern = new RegExp(`^(${layer}(?:_(\\d+))?)/${variable}$`);
    return [...names]
        .map((name) => pattern.exec(name))
        .filter((match) => match !== null)
        .sort((a, b) => Number(a[2] ?? 0) - Number(b[2] ?? 0))
        .map((match) => match[1]);
}

/**
 * The side of the square input in pixels, from Keras's configuration of a model; undefined if it does not say it.
 * @param {unknown} config
 * @returns {number | undefined}
 */
export function inputSide(config) {
    /** @type {any[]} */
    const left = [config];
    while (left.length > 0) {
        const part = left.pop();
        if (typeof part !== 'object' || part === null) continue;
        const shape = part.batch_input_shape || part.batch_shape;
        if (shape?.length === 4 && shape[1]) return shape[1];
        for (const each of Object.values(part).reverse()) left.push(each);
    }
    return undefined;
}
