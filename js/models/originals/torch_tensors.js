// Finds the tensors and storages in PyTorch's pickles.
import { DTYPE_BYTES, broken, isCount, tensorInfo, unsupported } from './numbers.js';
import { PickleContinues, ScriptModule, globalOf, readPickle, refused } from './pickle.js';
import { storedTensor } from './storages.js';

/**
 * @typedef {import('./original.js').Dtype} Dtype
 * @typedef {import('./storages.js').Tensors} Tensors
 * @typedef {import('./byte_reader.js').ByteReader} ByteReader
 */

/** @type {Record<string, Dtype>} */
const STORAGE_DTYPES = {
    'torch.DoubleStorage': 'F64',
    'torch.FloatStorage': 'F32',
    'torch.HalfStorage': 'F16',
    'torch.BFloat16Storage': 'BF16',
    'torch.LongStorage': 'I64',
    'torch.IntStorage': 'I32',
    'torch.ShortStorage': 'I16',
    'torch.CharStorage': 'I8',
    'torch.ByteStorage': 'U8',
    'torch.BoolStorage': 'BOOL',
};

/** The keys of the weights in checkpoints of PyTorch and of BasicSR. */
const WEIGHTS_KEYS = ['model_state_dict', 'state_dict', 'params_ema', 'params'];

const FIRST_PEEK_BYTES = 2 ** 16;
const MAX_PICKLE_BYTES = 2 ** 21;

// Limits, because a module may occur several times in the tree, or contain itself.
const MAX_SCRIPT_DEPTH = 32;
const MAX_SCRIPT_FIELDS = 2 ** 16;

export class TorchStorage {
    /**
     * @param {string} key
     * @param {Dtype} dtype
     * @param {number} bytes
     */
    constructor(key, dtype, bytes) {
        this.key = key;
        this.dtype = dtype;
        this.bytes = bytes;
        /** Its position in the file; 0: not known yet. */
        this.at = 0;
    }
}

class TorchTensor {
    /** @param {import('./storages.js').Stored} stored */
    constructor(stored) {
        this.stored = stored;
    }
}

/**
 * Reads the next pickle.
 * @param {ByteReader} reader
 * @returns {Promise<{ value: unknown, storages: Map<string, TorchStorage> }>} storages: all that it refers to,
 *   by key
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function takePickle(reader) {
    for (let n = FIRST_PEEK_BYTES; n <= MAX_PICKLE_BYTES; n *= 2) {
        const bytes = await reader.peek(n);
        const storages = new Map();
        try {
            const { value, end } = readPickle(bytes, { call, persistent: (id) => storageOf(id, storages) });
            await reader.skip(end);
            return { value, storages };
        } catch (error) {
            if (!(error instanceof PickleContinues)) throw error;
            if (bytes.length < n) throw broken("The file's list of tensors is damaged or cut short");
        }
    }
    throw unsupported(`The file's list of tensors has more than ${MAX_PICKLE_BYTES} bytes`);
}

/**
 * The tensors in the value of a pickle, by name.
 * @param {unknown} value
 * @returns {Tensors}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function tensorsIn(value) {
    /** @type {Tensors} */
    const found = new Map();
    if (value instanceof ScriptModule) {
        collect(value, '', found, { left: MAX_SCRIPT_FIELDS, depth: MAX_SCRIPT_DEPTH });
        return found;
    }
    let dictionary = value;
    for (const key of WEIGHTS_KEYS) {
        const inner = dictionary instanceof Map && dictionary.get(key);
        if (inner instanceof Map) dictionary = inner;
    }
    if (!(dictionary instanceof Map)) throw broken('Expected tensors by name but found something else in the file of PyTorch');
    for (const [name, each] of dictionary) if (typeof name === 'string' && each instanceof TorchTensor) found.set(name, each.stored);
    return found;
}

/**
 * Adds the tensors of a TorchScript module and of the modules in it.
 * @param {ScriptModule} module
 * @param {string} prefix
 * @param {Tensors} found
 * @param {{ left: number, depth: number }} limits
 */
function collect(module, prefix, found, limits) {
    if (limits.depth-- === 0) throw unsupported(`Modules of TorchScript lie in each other deeper than ${MAX_SCRIPT_DEPTH} times`);
    for (const [key, value] of module.fields) {
        if (limits.left-- === 0) throw unsupported(`The modules of TorchScript have more than ${MAX_SCRIPT_FIELDS} fields`);
        const name = `${prefix}${key}`;
        if (value instanceof ScriptModule) collect(value, `${name}.`, found, limits);
        else if (value instanceof TorchTensor) {
            if (found.has(name)) throw broken(`Expected one tensor ${name} but found two`);
            found.set(name, value.stored);
        }
    }
    limits.depth++;
}

/**
 * The result of a function of Python. Only these functions are allowed.
 * @param {string} name
 * @param {unknown[]} args
 */
function call(name, args) {
    switch (name) {
        case 'collections.OrderedDict':
            if (args.length > 0) throw unsupported('The file has a dictionary in the form of Python 2');
            return new Map();
        case 'torch._utils._rebuild_tensor_v2':
        case 'torch._utils._rebuild_tensor':
            return rebuildTensor(args);
        case 'torch._utils._rebuild_parameter':
        case 'torch.jit._pickle.build_intlist':
        case 'torch.jit._pickle.build_doublelist':
        case 'torch.jit._pickle.build_boollist':
        case 'torch.jit._pickle.build_tensorlist':
        case 'torch.jit._pickle.restore_type_tag':
            return args[0];
        default:
            throw refused(name);
    }
}

/** @param {unknown[]} args */
function rebuildTensor([storage, offset, shape, strides]) {
    if (!(storage instanceof TorchStorage) || !isCount(offset)) throw broken('Expected a tensor in a storage but found something else');
    return new TorchTensor(storedTensor(tensorInfo(storage.dtype, shape), storage, /** @type {number} */ (offset), strides));
}

/**
 * @param {unknown[]} id
 * @param {Map<string, TorchStorage>} storages those known so far
 */
function storageOf([word, type, key, , count, view], storages) {
    const dtype = STORAGE_DTYPES[globalOf(type)];
    if (word !== 'storage' || typeof key !== 'string' || !isCount(count)) throw broken('Expected a storage but found something else');
    if (!dtype) throw unsupported(`Storages of the kind ${globalOf(type)} are not read`);
    if (view !== undefined && view !== null) throw unsupported('A storage is a part of another, as only very old files of PyTorch have it');
    const bytes = /** @type {number} */ (count) * DTYPE_BYTES[dtype];
    const known = storages.get(key);
    if (!isCount(bytes) || (known && (known.dtype !== dtype || known.bytes !== bytes)))
        throw broken(`Storage ${key} has two sizes or none`);
    if (known) return known;
    const storage = new TorchStorage(key, dtype, bytes);
    storages.set(key, storage);
    return storage;
}
