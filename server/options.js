// The options of the service, their defaults and their limits: of `createService`, and as arguments of `acg2vec serve`.
import { isStore } from './store/open.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 *
 * @typedef {object} Limits
 * @property {number} megabytes the most of an upload, default 20, as in the original
 * @property {number} megapixels the most of a picture, default 16
 * @property {number} seconds the most for a request, with its upload and its time in the queue, default 120
 * @property {number} queue how many requests may wait while all workers are busy, default 32
 * @property {number} rate how many requests an address may send in a minute, default 0: any number
 * @property {number} memory megabytes of the process above which requests are put off, default 0: any number
 * @property {number} grace seconds that work may go on after the service was told to stop, default 20
 *
 * @typedef {object} Access
 * @property {string} [token] that each request has to bring
 * @property {string[]} cors origins whose pages may call the service, default none; '*': any
 *
 * @typedef {object} ServiceOptions
 * @property {string} [host] default 127.0.0.1: only this computer
 * @property {number} [port] default 8081; 0: any free one
 * @property {number} [workers] engines that work at the same time, default 1
 * @property {number} [threads] of each; default: the cores, shared between the workers
 * @property {string} [models] the folder where weights are looked for first
 * @property {string} [store] for the paths that search: the path of an index (acg2vec index), milvus://host:port/collection or
 *   postgres://user:password@host:port/database?table=pictures; it is made if there is none
 * @property {import('acg2vec').TagModel} [tagger] whose tags are kept in the store with each new picture, default: none, or that of the index
 * @property {'info' | 'warn' | 'error' | 'silent'} [log] what is logged, default 'info'
 * @property {() => Promise<Engine>} [startEngine] in place of `createEngine` of acg2vec
 * @property {import('./store/embedded.js').OpenIndex} [openIndex] in place of its `createIndex`
 *
 * @typedef {ServiceOptions & Partial<Limits & Access>} GivenOptions
 * @typedef {'models' | 'threads' | 'store' | 'tagger' | 'startEngine' | 'openIndex'} WithoutDefault
 * @typedef {Required<Omit<ServiceOptions, WithoutDefault>> & Pick<ServiceOptions, WithoutDefault> & Limits & Access} Options
 */

const LOGS = ['info', 'warn', 'error', 'silent'];
const TAGGERS = ['deepdanbooru', 'wd-vit'];
const STORES = 'the path of an index, milvus://host:port/collection or postgres://user:password@host:port/database?table=name';

/** @type {Record<string, { least: number, most: number, fallback: number, isWhole?: boolean }>} */
const NUMBERS = {
    port: { least: 0, most: 65535, fallback: 8081, isWhole: true },
    workers: { least: 1, most: 64, fallback: 1, isWhole: true },
    megabytes: { least: 0.001, most: 1024, fallback: 20 },
    megapixels: { least: 0.001, most: 4096, fallback: 16 },
    seconds: { least: 0.1, most: 86400, fallback: 120 },
    queue: { least: 0, most: 10000, fallback: 32, isWhole: true },
    rate: { least: 0, most: 1e6, fallback: 0, isWhole: true },
    memory: { least: 0, most: 1e6, fallback: 0 },
    grace: { least: 0, most: 3600, fallback: 20 },
};

/** For `parseArgs`. */
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
 * What `parseArgs` read, as options.
 * @param {Record<string, string | string[] | undefined>} values
 * @returns {GivenOptions}
 */
export function fromArguments(values) {
    const isNumber = (/** @type {string} */ name) => name in NUMBERS || name === 'threads';
    const read = Object.entries(values).map(([name, value]) => [name, isNumber(name) ? numberOf(value) : value]);
    const token = process.env.ACG2VEC_TOKEN; // other users of the computer do not see it there
    return { ...(token && { token }), ...Object.fromEntries(read) };
}

/**
 * @param {GivenOptions} given
 * @returns {Options}
 * @throws {Error} with the code BAD_ARGUMENT
 */
export function checkOptions(given) {
    const numbers = Object.entries(NUMBERS).map(([name, range]) => [name, checkNumber(name, /** @type {any} */ (given)[name], range)]);
    const { host = '127.0.0.1', threads, models, token, cors = [], log = 'info', store, tagger, startEngine, openIndex } = given;
    if (threads !== undefined) checkNumber('threads', threads, { least: 1, most: 64, fallback: 1, isWhole: true });
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
 * @param {{ least: number, most: number, fallback: number, isWhole?: boolean }} range
 */
function checkNumber(name, value, { least, most, fallback, isWhole }) {
    if (value === undefined) return fallback;
    const isGood = typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
    if (!isGood) throw wrong(`a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`, name, value);
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
