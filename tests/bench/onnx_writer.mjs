// Just enough of protobuf and of ONNX's schema (onnx.proto3) to write a model: messages are arrays of encoded fields.

const VARINT = 0;
const BYTES = 2;
const FLOAT32 = 5;
const OPSET = 17;
const IR_VERSION = 7;

/** @param {number} value a whole number, possibly negative (then 64-bit two's complement, as protobuf wants it) */
function varint(value) {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes = [];
    do {
        const low = Number(rest & 127n);
        rest >>= 7n;
        bytes.push(rest ? low | 128 : low);
    } while (rest);
    return Buffer.from(bytes);
}

const field = (number, wireType, ...payload) => Buffer.concat([varint(number * 8 + wireType), ...payload]);
const int = (number, value) => field(number, VARINT, varint(value));
const bytes = (number, value) => field(number, BYTES, varint(value.length), value);
const string = (number, value) => bytes(number, Buffer.from(value));
const message = (number, fields) => bytes(number, Buffer.concat(fields));

function float(number, value) {
    const payload = Buffer.alloc(4);
    payload.writeFloatLE(value);
    return field(number, FLOAT32, payload);
}

function attribute(name, value) {
    if (Array.isArray(value)) return message(5, [string(1, name), ...value.map((v) => int(8, v)), int(20, 7)]);
    if (typeof value === 'string') return message(5, [string(1, name), string(4, value), int(20, 3)]);
    if (FLOATS.has(name)) return message(5, [string(1, name), float(2, value), int(20, 1)]);
    return message(5, [string(1, name), int(3, value), int(20, 2)]);
}

const FLOATS = new Set(['alpha', 'epsilon']);

/**
 * A node of the graph. Attributes: lists of whole numbers, strings, whole numbers, and floats where the name says so.
 * @param {string} type
 * @param {string[]} inputs
 * @param {string | string[]} output the node has the first one's name
 * @param {Record<string, number | number[] | string>} [attributes]
 */
export function node(type, inputs, output, attributes = {}) {
    const outputs = [output].flat();
    const values = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    return Buffer.concat([
        ...inputs.map((input) => string(1, input)),
        ...outputs.map((each) => string(2, each)),
        string(3, outputs[0]),
        string(4, type),
        ...values,
    ]);
}

const TYPES = { Float32Array: 1, Uint8Array: 2, Int8Array: 3, Int32Array: 6, BigInt64Array: 7 };

/**
 * A constant tensor.
 * @param {string} name
 * @param {number[]} shape
 * @param {Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array} data
 */
export function tensor(name, shape, data) {
    const type = TYPES[data.constructor.name];
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return Buffer.concat([...shape.map((size) => int(1, size)), int(2, type), string(8, name), bytes(9, raw)]);
}

/** A float tensor of the graph's border; sizes that are strings are free. */
function value(number, name, shape) {
    const dims = shape.map((size) => message(1, [typeof size === 'string' ? string(2, size) : int(1, size)]));
    return message(number, [string(1, name), message(2, [message(1, [int(1, 1), message(2, dims)])])]);
}

/**
 * @param {object} graph
 * @param {Buffer[]} graph.nodes in the order they run
 * @param {Buffer[]} graph.tensors
 * @param {{ name: string, shape: (number | string)[] }} graph.input
 * @param {{ name: string, shape: (number | string)[] }} graph.output
 */
export function model({ nodes, tensors, input, output }) {
    const graph = [
        ...nodes.map((each) => bytes(1, each)),
        string(2, 'graph'),
        ...tensors.map((each) => bytes(5, each)),
        value(11, input.name, input.shape),
        value(12, output.name, output.shape),
    ];
    return Buffer.concat([int(1, IR_VERSION), message(7, graph), message(8, [string(1, ''), int(2, OPSET)])]);
}
