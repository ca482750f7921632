// Reads the pickles that PyTorch writes. Runs no code of them: anything but texts, numbers, lists, dictionaries, tensors and modules of TorchScript
// is refused. A value may contain itself, so callers that walk through values need a limit of depth.
import { broken, readUtf8, unsupported, viewOf } from './numbers.js';

/**
 * @typedef {{ global: string }} Global
 * @typedef {(name: string, args: unknown[]) => unknown} Call gives the result of a known function of Python; throws for others
 * @typedef {(id: unknown[]) => unknown} Persistent gives the value of a reference to something outside the pickle
 * @typedef {{ call: Call, persistent: Persistent }} Meaning
 */

/** A module of TorchScript. Its class may be any; only its fields are read. */
export class ScriptModule {
    /** @type {Map<unknown, unknown>} */
    fields = new Map();
}

/** Thrown if the bytes end before the pickle does. */
export class PickleContinues extends Error {}

// A published network of 1000 tensors has about 60,000 steps and 10,000 lists and dictionaries.
const MAX_STEPS = 2 ** 19;
const MAX_CONTAINERS = 2 ** 17;
const PROTOCOL = 2;

const SCRIPT_CLASS = /^__torch__\.[\w.]+$/;

/**
 * @param {Uint8Array} bytes begin with a pickle
 * @param {Meaning} meaning
 * @returns {{ value: unknown, end: number }} end: the position after the pickle
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 * @throws {PickleContinues}
 */
export function readPickle(bytes, meaning) {
    const machine = new Machine(bytes, meaning);
    for (let steps = 0; steps < MAX_STEPS; steps++) {
        const code = machine.u8();
        if (code === STOP) return { value: machine.pop(), end: machine.at };
        const step = steps === 0 || code !== PROTO ? STEPS.get(code) : undefined;
        if (!step)
            throw unsupported(`The file's list of tensors has code 0x${code.toString(16)}, which no list of tensors needs: it is refused`);
        step(machine);
    }
    throw unsupported(`The file's list of tensors has more than ${MAX_STEPS} codes`);
}

class Machine {
    #bytes;
    #view;
    /** @type {unknown[]} */
    #stack = [];
    /** @type {number[]} */
    #marks = [];
    /** @type {Map<number, unknown>} */
    #memo = new Map();
    #containers = 0;

    /**
     * @param {Uint8Array} bytes
     * @param {Meaning} meaning
     */
    constructor(bytes, meaning) {
        this.#bytes = bytes;
        this.#view = viewOf(bytes);
        this.meaning = meaning;
        this.at = 0;
    }

    /**
     * The place of the next n bytes, which are read thereby.
     * @param {number} n
     */
    #next(n) {
        if (this.at + n > this.#bytes.length) throw new PickleContinues();
        this.at += n;
        return this.at - n;
    }

    u8 = () => this.#view.getUint8(this.#next(1));
    u16 = () => this.#view.getUint16(this.#next(2), true);
    u32 = () => this.#view.getUint32(this.#next(4), true);
    i32 = () => this.#view.getInt32(this.#next(4), true);
    f64 = () => this.#view.getFloat64(this.#next(8));

    /** @param {number} n */
    text(n) {
        const at = this.#next(n);
        return readUtf8(this.#bytes.subarray(at, at + n));
    }

    line() {
        const end = this.#bytes.indexOf(0x0a, this.at);
        if (end < 0) throw new PickleContinues();
        const text = this.text(end - this.at);
        this.at++;
        return text;
    }

    /** A number of n bytes; as BigInt if it is a large one. */
    long() {
        const n = this.u8();
        const at = this.#next(n);
        let value = 0n;
        for (let i = n - 1; i >= 0; i--) value = value * 256n + BigInt(this.#bytes[at + i]);
        const signed = BigInt.asIntN(8 * n, value);
        return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
    }

    /** @param {unknown} value */
    push(value) {
        if (typeof value === 'object' && value !== null && ++this.#containers > MAX_CONTAINERS) {
            throw unsupported(`The file's list of tensors has more than ${MAX_CONTAINERS} lists and dictionaries`);
        }
        this.#stack.push(value);
    }

    /** Checks that there are `n` values above the last mark. @param {number} [n] */
    #above(n = 1) {
        if (this.#stack.length - (this.#marks.at(-1) ?? 0) < n)
            throw broken("The file's list of tensors is damaged: a value is missing in it");
    }

    pop() {
        this.#above();
        return this.#stack.pop();
    }

    top() {
        this.#above();
        return this.#stack.at(-1);
    }

    /** @param {number} n */
    popSome(n) {
        this.#above(n);
        return n === 0 ? [] : this.#stack.splice(-n);
    }

    mark() {
        this.#marks.push(this.#stack.length);
    }

    popMarked() {
        const from = this.#marks.pop();
        if (from === undefined) throw broken("The file's list of tensors is damaged: a list in it has no beginning");
        return this.#stack.splice(from);
    }

    /** @param {number} index */
    remember(index) {
        this.#memo.set(index, this.top());
    }

    /** @param {number} index */
    recall(index) {
        if (!this.#memo.has(index)) throw broken("The file's list of tensors is damaged: a value in it is not there yet");
        this.#stack.push(this.#memo.get(index));
    }
}

const PROTO = 0x80;
const STOP = 0x2e;

/** The steps by their codes. All codes: https://github.com/python/cpython/blob/3.11/Lib/pickletools.py */
const STEPS = new Map(
    /** @type {[number | string, (m: Machine) => void][]} */ ([
        [PROTO, (m) => checkProtocol(m.u8())],
        ['}', (m) => m.push(new Map())],
        [']', (m) => m.push([])],
        [')', (m) => m.push([])],
        ['(', (m) => m.mark()],
        ['t', (m) => m.push(m.popMarked())],
        [0x85, (m) => m.push(m.popSome(1))],
        [0x86, (m) => m.push(m.popSome(2))],
        [0x87, (m) => m.push(m.popSome(3))],
        ['q', (m) => m.remember(m.u8())],
        ['r', (m) => m.remember(m.u32())],
        ['h', (m) => m.recall(m.u8())],
        ['j', (m) => m.recall(m.u32())],
        ['X', (m) => m.push(m.text(m.u32()))],
        ['K', (m) => m.push(m.u8())],
        ['M', (m) => m.push(m.u16())],
        ['J', (m) => m.push(m.i32())],
        [0x8a, (m) => m.push(m.long())],
        ['G', (m) => m.push(m.f64())],
        ['N', (m) => m.push(null)],
        [0x88, (m) => m.push(true)],
        [0x89, (m) => m.push(false)],
        ['c', (m) => m.push({ global: `${m.line()}.${m.line()}` })],
        ['Q', (m) => m.push(m.meaning.persistent(listOf(m.pop())))],
        ['R', reduce],
        [0x81, newObject],
        ['s', (m) => setItems(m, m.popSome(2))],
        ['u', (m) => setItems(m, m.popMarked())],
        ['a', (m) => append(m, m.popSome(1))],
        ['e', (m) => append(m, m.popMarked())],
        ['b', build],
    ]).map(([code, step]) => [typeof code === 'string' ? code.charCodeAt(0) : code, step]),
);

/** @param {number} version */
function checkProtocol(version) {
    if (version !== PROTOCOL) throw unsupported(`Expected a list of tensors as pickle of version ${PROTOCOL} but found version ${version}`);
}

/** @param {Machine} m */
function reduce(m) {
    const args = listOf(m.pop());
    m.push(m.meaning.call(globalOf(m.pop()), args));
}

/** @param {Machine} m */
function newObject(m) {
    const args = listOf(m.pop());
    const name = globalOf(m.pop());
    if (args.length > 0 || !SCRIPT_CLASS.test(name)) throw refused(name);
    m.push(new ScriptModule());
}

/**
 * @param {Machine} m
 * @param {unknown[]} items keys and values
 */
function setItems(m, items) {
    const to = m.top();
    if (!(to instanceof Map) || items.length % 2) throw broken("The file's list of tensors is damaged: a dictionary is missing in it");
    for (let i = 0; i < items.length; i += 2) {
        const key = items[i];
        if (typeof key !== 'string' && typeof key !== 'number')
            throw unsupported('Expected names in the list of tensors but found other things');
        if (to.has(key)) throw broken(`Expected each name once in the list of tensors but found ${key} twice`);
        to.set(key, items[i + 1]);
    }
}

/**
 * @param {Machine} m
 * @param {unknown[]} items
 */
function append(m, items) {
    const to = listOf(m.top());
    for (const item of items) to.push(item);
}

/** Sets the state of a TorchScript module. The state of a dictionary is ignored, because it has no tensors. @param {Machine} m */
function build(m) {
    const state = m.pop();
    const of = m.top();
    if (of instanceof ScriptModule && state instanceof Map) of.fields = state;
    else if (!(of instanceof Map)) throw unsupported("The file's list of tensors has objects that are neither tensors nor dictionaries");
}

/** @param {unknown} value */
function listOf(value) {
    if (!Array.isArray(value)) throw broken("The file's list of tensors is damaged: a list is missing in it");
    return value;
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function globalOf(value) {
    if (typeof value === 'object' && value !== null && 'global' in value && typeof value.global === 'string') return value.global;
    throw broken("The file's list of tensors is damaged: the name of a function is missing in it");
}

/** The error about a function or class of Python. @param {string} name */
export function refused(name) {
    return unsupported(`The file holds more than tensors: ${name} is refused, and nothing of it was run`);
}
