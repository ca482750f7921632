// Writes models whose tensors are the published ones or parts of them, in one pass over the source. The order of the tensors in the source
// does not matter.
import { AcgError } from '../../errors.js';
import { decode, floatBytes } from './decode.js';
import { doesNotFit } from './model_file.js';
import { isRotated, quantiseRows, rotateRows } from './quantise.js';

/**
 * @typedef {import('../originals/original.js').Original} Original
 * @typedef {import('./model_file.js').ModelFile} ModelFile
 * @typedef {import('./model_file.js').PlacedTensor} PlacedTensor
 *
 * @typedef {object} Taken the published values that one of our tensors takes
 * @property {Original} original
 * @property {string} name of the published tensor
 * @property {number[]} shape of our tensor
 * @property {number} [first] index of the first published value to take; default 0
 * @property {boolean} [isTransposed] whether the published matrix is the transpose of ours
 *
 * @typedef {(sourceBytes: number) => Promise<void>} Step reports processed bytes; throws if the work was aborted
 */

// The limit of values held in memory: a row, or a matrix to transpose. Published ones have at most a million.
const MAX_HELD_VALUES = 2 ** 24;

/**
 * Checks that all tensors can be converted.
 * @param {Map<string, Taken>} tensors by our names
 * @param {RegExp} quantised our tensors that become int8 with dtype int8
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function checkTaken(tensors, quantised) {
    for (const [ours, { original, name, shape, isTransposed }] of tensors) {
        floatBytes(infoOf(original, name).dtype, name);
        if (quantised.test(ours) && shape.length !== 2) {
            throw new AcgError('BAD_FORMAT', `Expected a matrix for tensor ${name} but its shape is [${shape.join(', ')}]`);
        }
        if (size(isTransposed ? shape : shape.slice(1)) > MAX_HELD_VALUES) {
            throw new AcgError('UNSUPPORTED', `Tensor ${name} has longer rows than any network here: its shape is [${shape.join(', ')}]`);
        }
    }
}

/**
 * Reads all originals once, and writes the tensors of all models.
 * @param {{ file: ModelFile, tensors: Map<string, Taken> }[]} models the files are open
 * @param {Step} step
 * @throws {AcgError}
 */
export async function streamTensors(models, step) {
    const writers = models.flatMap(({ file, tensors }) =>
        [...tensors].map(([name, taken]) => ({ taken, writer: new Writer(file, name, taken) })),
    );
    for (const original of new Set(writers.map(({ taken }) => taken.original))) {
        /** @type {Map<string, Writer[]>} */
        const byName = new Map();
        for (const { taken, writer } of writers) {
            if (taken.original === original) byName.set(taken.name, [...(byName.get(taken.name) ?? []), writer]);
        }
        for await (const { name, at, bytes } of original.stream()) {
            const { dtype } = infoOf(original, name);
            const size = bytes.length;
            const wanting = byName.get(name) ?? [];
            const values = wanting.length > 0 ? decode(bytes, dtype) : new Float32Array();
            for (const writer of wanting) {
                // a copy for each, because an output may keep or transfer the memory
                await writer.take(at / floatBytes(dtype, name), wanting.length > 1 ? values.slice() : values);
            }
            await step(size);
        }
    }
    for (const { writer } of writers) await writer.end();
}

/**
 * @param {Iterable<Taken>} tensors
 * @returns {number} the bytes that `streamTensors` reads
 */
export function streamedBytes(tensors) {
    const originals = new Set([...tensors].map(({ original }) => original));
    return [...originals].flatMap((original) => [...original.tensors.values()]).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Writes one of our tensors, whose values arrive in pieces. */
class Writer {
    #file;
    #tensor;
    #first;
    #size;
    #rows;
    #done = 0;
    /** @type {Float32Array<ArrayBuffer> | undefined} a matrix to transpose is held until it is complete */
    #matrix;

    /**
     * @param {ModelFile} file
     * @param {string} name
     * @param {Taken} taken
     */
    constructor(file, name, { shape, first = 0, isTransposed }) {
        this.#file = file;
        this.#tensor = file.tensor(name);
        this.#first = first;
        this.#size = size(shape);
        this.#rows = this.#tensor.dtype === 'I8' ? new Rows(file, this.#tensor) : undefined;
        if (isTransposed) this.#matrix = new Float32Array(this.#size);
    }

    /**
     * @param {number} at index of the first of these values in the published tensor
     * @param {Float32Array<ArrayBuffer>} values
     */
    async take(at, values) {
        const from = Math.max(this.#first - at, 0);
        const ours = values.subarray(from, Math.max(this.#first + this.#size - at, from));
        const done = this.#done;
        this.#done += ours.length;
        if (this.#matrix) this.#matrix.set(ours, done);
        else if (ours.length > 0) await this.#write(done, ours);
    }

    async end() {
        const { name, shape } = this.#tensor;
        if (this.#done !== this.#size) {
            throw new AcgError('BAD_FORMAT', `Expected ${this.#size} values of tensor ${name} but found ${this.#done}`);
        }
        if (this.#matrix) await this.#write(0, transposed(this.#matrix, shape));
        await this.#rows?.end();
    }

    /**
     * @param {number} first
     * @param {Float32Array<ArrayBuffer>} values
     */
    #write(first, values) {
        return this.#rows ? this.#rows.take(values) : this.#file.writeFloats(this.#tensor, first, values);
    }
}

/** Quantises a matrix whose values arrive in pieces. */
class Rows {
    #file;
    #tensor;
    #scales;
    #row;
    #held = 0;
    #done = 0;

    /**
     * @param {ModelFile} file
     * @param {PlacedTensor} tensor
     */
    constructor(file, tensor) {
        this.#file = file;
        this.#tensor = tensor;
        this.#scales = new Float32Array(size(file.tensor(`${tensor.name}.scale`).shape));
        this.#row = new Float32Array(size(tensor.shape.slice(1)));
    }

    /** @param {Float32Array<ArrayBuffer>} values */
    async take(values) {
        const n = this.#row.length;
        const head = this.#held > 0 ? Math.min(n - this.#held, values.length) : 0;
        this.#hold(values.subarray(0, head));
        if (this.#held === n) {
            await this.#write(this.#row);
            this.#held = 0;
        }
        const whole = Math.floor((values.length - head) / n) * n;
        if (whole > 0) await this.#write(values.subarray(head, head + whole));
        this.#hold(values.subarray(head + whole));
    }

    async end() {
        await this.#file.writeBytes(this.#file.tensor(`${this.#tensor.name}.scale`), 0, this.#scales);
    }

    /** Holds a part of a row until the row is complete. @param {Float32Array} values */
    #hold(values) {
        this.#row.set(values, this.#held);
        this.#held += values.length;
    }

    /** @param {Float32Array} rows may be changed */
    async #write(rows) {
        const n = this.#row.length;
        const whole = new Int8Array(rows.length);
        const perRow = this.#scales.length / this.#tensor.shape[0];
        const first = (this.#done / n) * perRow;
        const scales = this.#scales.subarray(first, first + (rows.length / n) * perRow);
        if (isRotated(this.#tensor.name, this.#tensor.shape)) rotateRows(rows, n);
        if (!quantiseRows(rows, n, whole, scales)) throw doesNotFit(this.#tensor);
        await this.#file.writeBytes(this.#tensor, this.#done, whole);
        this.#done += rows.length;
    }
}

/**
 * @param {Float32Array} matrix [cols][rows]
 * @param {number[]} shape rows, cols
 */
function transposed(matrix, [rows, cols]) {
    const out = new Float32Array(matrix.length);
    for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) out[r * cols + c] = matrix[c * rows + r];
    return out;
}

/**
 * @param {Original} original
 * @param {string} name
 */
function infoOf(original, name) {
    return /** @type {import('../originals/original.js').TensorInfo} */ (original.tensors.get(name));
}

/** @param {number[]} shape */
function size(shape) {
    return shape.reduce((product, dim) => product * dim, 1);
}
