// The options of `createService` and the arguments of `acg2vec serve`, with their defaults and ranges.
import { TAGGERS } from './models.js';
import { isStore } from './store/open.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 *
 * @typedef {object} Limits
 * @property {number} megabytes maximum of an upload, default 20, as in the original
 * @property {number} megapixels maximum of a picture, default 16
 * @property {number} seconds maximum for a request, including upload and waiting in the queue, default 120
 * @property {number} queue how many requests may wait while all workers are busy, default 32
 * @property {number} rate how many requests an address may send in a minute, default 0: no limit
 * @property {number} memory while the process has more megabytes than this, requests are refused; default 0: no limit
 * @property {number} grace seconds that current requests may still take after a signal to stop, default 20
 *
 * @typedef {object} Access
 * @property {string} [token] that each request must send
 * @property {string[]} cors origins whose pages may call the service, default none; '*': any
 *
 * @typedef {object} ServiceOptions
 * @property {string} [host] default 127.0.0.1: only this computer
 * @property {number} [port] default 8081; 0: any free one
 * @property {number} [workers] how many engines work at the same time, default 1
 * @property {number} [threads] of each engine; default: the cores divided by the workers
 * @property {string} [models] a folder that is searched for weights first
 * @property {string} [store] the store for the search paths: the path of an index (acg2vec index), milvus://host:port/collection or
 *   postgres://user:password@host:port/database?table=pictures; it is created if it does not exist
 * @property {import('acg2vec').TagModel} [tagger] stores its tags with each new picture; default: none, or the tagger of the index
 * @property {'info' | 'warn' | 'error' | 'silent'} [log] the least important messages that are logged, default 'info'
 * @property {() => Promise<Engine>} [startEngine] in place of `createEngine` of acg2vec
 * @property {import('./store/embedded.js').OpenIndex} [openIndex] in place of its `createIndex`
 *
 * @typedef {ServiceOptions & Partial<Limits & Access>} GivenOptions
 * @typedef {'models' | 'threads' | 'store' | 'tagger' | 'startEngine' | 'openIndex'} WithoutDefault
 * @typedef {Required<Omit<ServiceOptions, WithoutDefault>> & Pick<ServiceOptions, WithoutDefault> & Limits & Access} Options
 */

const LOGS = ['info', 'warn', 'error', 'silent'];
const STORES = 'the path of an index, milvus://host:port/collection or postgres://user:password@host:port/database?table=name';

/** @type {Record<string, { min: number, max: number, fallback: number, isWhole?: boolean }>} */
const NUMBERS = {
    port: { min: 0, max: 65535, fallback: 8081, isWhole: true },
    workers: { min: 1, max: 64, fallback: 1, isWhole: true },
    megabytes: { min: 0.001, max: 1024, fallback: 20 },
    megapixels: { min: 0.001, max: 4096, fallback: 16 },
    seconds: { min: 0.1, max: 86400, fallback: 120 },
    queue: { min: 0, max: 10000, fallback: 32, isWhole: true },
    rate: { min: 0, max: 1e6, fallback: 0, isWhole: true },
    memory: { min: 0, max: 1e6, fallback: 0 },
    grace: { min: 0, max: 3600, fallback: 20 },
};

/** The arguments, for `parseArgs`. */
export const ARGUMENTS = /** @type {const} */ ({
    host: { type: 'string' },
    port: { type: 'string' },
    workers: { type: 'string' },
    threads: { type: 'string' },
    models: { type: 'string' },
    store: { type: 'string' },
    tagger: { type: 'string' },
    megabytes: { type: 'string' },
    megapixels: { type: 'string' },
    seconds: { type: 'string' },
    queue: { type: 'string' },
    rate: { type: 'string' },
    memory: { type: 'string' },
    grace: { type: 'string' },
    token: { type: 'string' },
    cors: { type: 'string', multiple: true },
    log: { type: 'string' },
});

/**
 * Converts the result of `parseArgs` to options. The token may also be in the environment variable ACG2VEC_TOKEN.
 * @param {Record<string, string | string[] | undefined>} values
 * @returns {GivenOptions}
 */
export function fromArguments(values) {
    const isNumber = (/** @type {string} */ name) => name in NUMBERS || name === 'threads';
    const read = Object.entries(values).map(([name, value]) => [name, isNumber(name) ? numberOf(value) : value]);
    const token = process.env.ACG2VEC_TOKEN; // invisible to other users of the computer, unlike an argument
    return { ...(token && { token }), ...Object.fromEntries(read) };
}

/**
 * Checks the options and fills in the defaults.
 * @param {GivenOptions} given
 * @returns {Options}
 * @throws {Error} with the code BAD_ARGUMENT
 */
export function checkOptions(given) {
    const numbers = Object.entries(NUMBERS).map(([name, range]) => [name, checkNumber(name, /** @type {any} */ (given)[name], range)]);
    const { host = '127.0.0.1', threads, models, token, cors = [], log = 'info', store, tagger, startEngine, openIndex } = given;
    if (threads !== undefined) checkNumber('threads', threads, { min: 1, max: 64, fallback: 1, isWhole: true });
    if (!LOGS.includes(log)) throw wrong(`one of ${LOGS.join(', ')}`, 'log', log);
    if (store !== undefined && !isStore(store)) throw wrong(STORES, 'store', `'${store}'`);
    if (tagger !== undefined && !TAGGERS.includes(tagger)) throw wrong(`one of ${TAGGERS.join(', ')}`, 'tagger', tagger);
    if (token === '') throw wrong('a token', 'token', "''");
    for (const origin of cors)
        if (origin !== '*' && !isOrigin(origin)) throw wrong('an origin such as https://example.org', 'cors', origin);
    return { ...Object.fromEntries(numbers), host, threads, models, store, tagger, token, cors, log, startEngine, openIndex };
}

/** @param {string | string[] | undefined} text */
const numberOf = (text) => (text === '' ? NaN : Number(text));

/** @param {string} text */
const isOrigin = (text) => URL.canParse(text) && new URL(text).origin === text;

/**
 * @param {string} name
 * @param {unknown} value
 * @param {{ min: number, max: number, fallback: number, isWhole?: boolean }} range
 */
function checkNumber(name, value, { min, max, fallback, isWhole }) {
    if (value === undefined) return fallback;
    const isGood = typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
    if (!isGood) throw wrong(`a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`, name, value);
    return value;
}

/**
 * @param {string} what
 * @param {string} name
 * @param {unknown} received
 */
function wrong(what, name, received) {
    return Object.assign(new Error(`Expected ${what} for ${name} but received ${received}`), { code: 'BAD_ARGUMENT' });
}
