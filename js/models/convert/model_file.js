// Writes a model's safetensors file: decides the dtype of each tensor and its place in the file.
import { AcgError } from '../../errors.js';
import { areFinite, toBfloat, toHalf } from './floats.js';
import { layOut } from './layout.js';
import { isRotated, scaleShape } from './quantise.js';

/**
 * @typedef {import('./layout.js').PlacedTensor} PlacedTensor
 * @typedef {'int8' | 'f16' | 'f32' | 'bf16'} Dtype of the weights
 *
 * @typedef {object} Model a model to write, as a network's module plans it
 * @property {string} name of the file
 * @property {Map<string, number[]>} tensors shapes by name
 * @property {Record<string, string>} metadata
 * @property {RegExp} quantised the tensors that become int8 with dtype int8
 * @property {boolean} [keepsVectors] whether vectors stay float32: folded biases differ much in size, and they are few
 */

/** @type {Record<Dtype, 'F32' | 'F16' | 'BF16'>} */
const FLOATS = { int8: 'F16', f16: 'F16', f32: 'F32', bf16: 'BF16' };
/** PyTorch's names. */
const NAMES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16', I8: 'int8' };

export class ModelFile {
    #header;
    #tensors;
    /** @type {import('./convert.js').Output | undefined} */
    #output;

    /**
     * @param {Model} model
     * @param {Dtype} dtype
     * @throws {AcgError} UNSUPPORTED
     */
    constructor(model, dtype) {
        const layout = layOut(storedTensors(model, dtype), metadataOf(model, dtype));
        this.name = model.name;
        this.bytes = layout.bytes;
        this.#header = layout.header;
        this.#tensors = layout.tensors;
    }

    /** Writes the header. @param {import('./convert.js').Output} output */
    async open(output) {
        this.#output = output;
        await output.write(0, this.#header.slice());
    }

    /**
     * @param {string} name
     * @returns {PlacedTensor}
     */
    tensor(name) {
        return /** @type {PlacedTensor} */ (this.#tensors.get(name));
    }

    /**
     * Writes a part of a tensor that is stored as floats.
     * @param {PlacedTensor} tensor
     * @param {number} first index of the first value
     * @param {Float32Array<ArrayBuffer>} values
     * @throws {AcgError} UNSUPPORTED if a value is too large for the dtype, or not finite
     */
    async writeFloats(tensor, first, values) {
        if (tensor.dtype === 'F32') {
            if (!areFinite(values)) throw doesNotFit(tensor);
            return this.writeBytes(tensor, first, values);
        }
        const cast = new Uint16Array(values.length);
        if (!(tensor.dtype === 'F16' ? toHalf : toBfloat)(values, cast)) throw doesNotFit(tensor);
        return this.writeBytes(tensor, first, cast);
    }

    /**
     * Writes a part of a tensor, in the dtype of the file.
     * @param {PlacedTensor} tensor
     * @param {number} first index of the first value
     * @param {Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int8Array<ArrayBuffer>} values
     */
    async writeBytes(tensor, first, values) {
        const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        await this.#output?.write(tensor.at + first * values.BYTES_PER_ELEMENT, bytes);
    }
}

/**
 * The error about values that the dtype cannot hold.
 * @param {PlacedTensor} tensor
 */
export function doesNotFit({ name, dtype }) {
    return new AcgError('UNSUPPORTED', `Tensor ${name} has values that ${NAMES[dtype]} cannot hold`);
}

/**
 * @param {Model} model
 * @param {Dtype} dtype
 * @returns {Record<string, string>}
 */
function metadataOf({ metadata, tensors, quantised }, dtype) {
    const rotated = [...tensors].filter(([name, shape]) => quantised.test(name) && isRotated(name, shape));
    const rotation = rotated.some(([, shape]) => shape.length === 4) ? 'hadamard-1x1' : 'hadamard';
    return { ...metadata, dtype, ...(dtype === 'int8' && rotated.length && { rotation }) };
}

/**
 * @param {Model} model
 * @param {Dtype} dtype
 * @returns {import('./layout.js').StoredTensor[]}
 */
function storedTensors(model, dtype) {
    return [...model.tensors].flatMap(([name, shape]) => storedAs(model, dtype, name, shape));
}

/**
 * @param {Model} model
 * @param {Dtype} dtype
 * @param {string} name
 * @param {number[]} shape
 * @returns {import('./layout.js').StoredTensor[]}
 */
function storedAs(model, dtype, name, shape) {
    if (dtype === 'int8' && model.quantised.test(name)) {
        if (shape.length < 2 || shape.includes(0)) {
            throw new AcgError('BAD_FORMAT', `Expected a matrix for tensor ${name} but its shape is [${shape.join(', ')}]`);
        }
        return [
            { name, shape, dtype: 'I8' },
            { name: `${name}.scale`, shape: scaleShape(name, shape), dtype: 'F32' },
        ];
    }
    // scalars stay float32: CLIP's only one scales similarities
    const isKept = shape.length === 0 || (shape.length === 1 && model.keepsVectors);
    return [{ name, shape, dtype: isKept ? 'F32' : FLOATS[dtype] }];
}
