// Keras's variables, <layer>/<variable>: which there are, and the small ones' values.
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
        if (!original.read) throw new AcgError('UNSUPPORTED', 'Files of Keras cannot be converted as they come: they must be stored first');
        this.#original = original;
    }

    /** @param {string} name */
    has(name) {
        return this.#original.tensors.has(name);
    }

    /**
     * @param {string} name
     * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
     */
    info(name) {
        const info = this.#original.tensors.get(name);
        if (!info) throw new AcgError('BAD_FORMAT', `Expected the variable ${name} but there is none`);
        floatBytes(info.dtype, name);
        return info;
    }

    /**
     * @param {string} name
     * @returns {Promise<Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>}
     */
    async read(name) {
        const read = /** @type {(name: string) => Promise<Uint8Array<ArrayBuffer>>} */ (this.#original.read);
        return decodeExactly(await read(name), this.info(name).dtype);
    }

    /**
     * Reads what `vector` is to give.
     * @param {Iterable<string>} names
     * @param {import('./stream_tensors.js').Step} step
     */
    async load(names, step) {
        for (const name of names) {
            this.#vectors.set(name, new Float64Array(await this.read(name)));
            await step(this.info(name).bytes);
        }
    }

    /** @param {string} name of one that has been loaded */
    vector(name) {
        return /** @type {Float64Array} */ (this.#vectors.get(name));
    }
}

/**
 * The layers of a kind that Keras named `layer`, `layer_1`, …, in the order they were made.
 * @param {Iterable<string>} names of all variables
 * @param {string} layer
 * @param {string} variable that they have
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
 * The side of the square input that a model's configuration tells, or undefined.
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
