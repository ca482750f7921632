// Both ends of the messages between a page and its worker. The worker (js/worker/serve.js, with a real engine) gets requests in any order, with
// any numbers and damaged bytes: each is answered once, and never by a trap of WebAssembly. The client (js/client/rpc.js) gets answers, events
// and deaths in any order: each call ends once.
import { AcgError } from '../../../js/errors.js';
import { Rpc } from '../../../js/client/rpc.js';
import { nodeStorage } from '../../../js/worker/spill/storage_node.js';
import { serve } from '../../../js/worker/serve.js';
import { nodeLoader } from '../../../js/worker/threads_node.js';
import { makePng, readGolden } from '../../js/support.mjs';
import { changed, oneOf } from './mutate.mjs';

const NUMBERS = [0, 1, 2, 3, 7, 8, 16, 255, -1, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 0.5, NaN, Infinity];
const PNG = makePng(9, 7, (x, y) => [x * 20, y * 30, 99]);
const TEXT_NETWORK = readGolden('acgvoc2vec/model.safetensors');
const VOCABULARY = readGolden('acgvoc2vec/tokenizer.json');
const PICTURE_NETWORK = readGolden('pix2score/model.safetensors');

const bytesOf = (file, random) => (random(3) ? new Uint8Array(file) : changed(file, random));
const idOf = (random) => 1 + random(3);
const modelOf = (random) => oneOf(random, ['text', 'look', 'other']);
const floats = (n, random) => Float32Array.from({ length: n }, () => (random(40) ? random(1000) / 500 - 1 : oneOf(random, NUMBERS)));
const halves = (n, random) => Uint16Array.from({ length: n }, () => (random(40) ? 0x3000 + random(0xc00) : random(65536)));
const lengthOf = (random) => (random(4) ? 4 : oneOf(random, [0, 1, 3, 5, 8, 1024]));

function pictureOf(random) {
    if (random(2)) return { bytes: bytesOf(PNG, random) };
    const [width, height, channels] = [oneOf(random, [1, 2, 5, -1, 0, 2 ** 16]), 1 + random(4), 1 + random(5)];
    return {
        pixels: new Uint8Array(random(3) ? Math.max(0, Math.min(width, 99) * height * channels) : random(99)),
        width,
        height,
        channels,
    };
}

/** The requests of a client, except for their numbers and bytes. Name -> (random) => body */
const REQUESTS = {
    openModel: (random) =>
        random(2)
            ? { id: 'text', network: 'distilbert', companion: bytesOf(VOCABULARY, random), hash: random(2) === 0 }
            : { id: modelOf(random), network: oneOf(random, ['resnet_v2', 'clip_text', 'cugan', 'no such']) },
    modelBytes: (random) => {
        const [id, file] = random(2) ? ['text', TEXT_NETWORK] : ['look', PICTURE_NETWORK];
        const whole = bytesOf(file, random);
        return { id, bytes: random(4) ? whole : whole.slice(0, random(whole.length)) };
    },
    modelSha256: (random) => ({ id: modelOf(random) }),
    modelEnd: (random) => ({ id: modelOf(random) }),
    closeModel: (random) => ({ id: modelOf(random) }),
    openPicture: (random) => ({ id: idOf(random), picture: pictureOf(random), damaged: oneOf(random, ['refuse', 'keep']) }),
    closePicture: (random) => ({ id: idOf(random) }),
    look: (random) => ({ model: modelOf(random), picture: idOf(random), outputs: ['bins'], fit: random(2) === 0, normalize: true }),
    pictureFacts: (random) => ({ id: idOf(random) }),
    embedTexts: (random) => ({
        model: modelOf(random),
        texts: Array.from({ length: random(4) }, () => oneOf(random, ['', 'a cat', '猫', '\ud800', '\u0000', 'x '.repeat(random(3000))])),
        clean: oneOf(random, ['huggingface', 'openai']),
        truncate: random(2) === 0,
        normalize: true,
    }),
    openVectors: (random) => ({ id: idOf(random), dims: random(4) ? 4 : oneOf(random, NUMBERS) }),
    appendVectors: (random) => ({ id: idOf(random), halves: halves(lengthOf(random) * random(5), random) }),
    searchVectors: (random) => ({
        id: idOf(random),
        query: floats(lengthOf(random), random),
        k: random(3) ? 2 : oneOf(random, NUMBERS),
        filter: random(2) ? undefined : new Uint8Array(random(3)).fill(0xff),
    }),
    closeVectors: (random) => ({ id: idOf(random) }),
    storeVectors: (random) => ({ vectors: [floats(lengthOf(random), random)] }),
    scoreVectors: (random) => ({ query: floats(4, random), halves: halves(4 * random(4), random), dims: 4 }),
    diverse: (random) => ({
        halves: halves(lengthOf(random) * 3, random),
        relevance: floats(3, random),
        k: oneOf(random, NUMBERS),
        weight: oneOf(random, NUMBERS),
    }),
    nearPairs: (random) => ({
        hashes: Array.from({ length: random(4) }, () => new Uint8Array(random(5) ? 32 : random(40))),
        distance: oneOf(random, NUMBERS),
    }),
};

/** An error in the engine, not in its input. */
const TRAP =
    /out of bounds|unreachable|indirect call|null function|signature|stack|Cannot (read|convert)|is not a(?!bsurdly large)|is not iterable|detached/i;

function startEngine() {
    const ends = new Map();
    const receive = serve(
        (message) => {
            if (message.type !== 'event') ends.set(message.id, [...(ends.get(message.id) ?? []), message]);
        },
        { storage: nodeStorage, openModelStore: async () => undefined, loader: nodeLoader },
    );
    return { receive, ends };
}

async function tryWorker({ receive, ends }, random, ids) {
    const names = Object.keys(REQUESTS);
    const asked = [];
    const running = [];
    for (let left = 1 + random(12); left > 0; left--) {
        const [id, name] = [ids.next++, oneOf(random, names)];
        asked.push({ id, name });
        running.push(receive({ id, type: 'request', name, body: REQUESTS[name](random) }));
        if (random(6) === 0) await receive({ id: ids.next - random(4), type: 'abort' });
        // the client sends one after the other, but the worker cannot rely on that
        if (random(8) > 0) await running.at(-1);
    }
    await Promise.all(running);
    for (const { id, name } of asked) {
        const [answer, ...more] = ends.get(id) ?? [];
        if (!answer || more.length) throw new Error(`${name} was answered ${more.length + (answer ? 1 : 0)} times`);
        if (answer.type === 'failed' && TRAP.test(answer.error.message)) throw new Error(`${name}: ${answer.error.message}`);
        ends.delete(id);
    }
    return 'worker';
}

/** Closes everything that a run may have left open. */
async function closeAll({ receive, ends }, ids) {
    const bodies = [1, 2, 3].flatMap((id) => ['closePicture', 'closeVectors'].map((name) => ({ name, body: { id } })));
    const models = ['text', 'look', 'other'].map((id) => ({ name: 'closeModel', body: { id } }));
    for (const each of [...bodies, ...models]) await receive({ id: ids.next++, type: 'request', ...each });
    ends.clear();
}

async function tryClient(random) {
    /** @type {import('../../../js/client/rpc.js').WorkerListener} */
    let worker;
    let held = false;
    const rpc = new Rpc((listener) => {
        worker = listener;
        return { post() {}, hold: (busy) => void (held = busy), stop: async () => {} };
    });
    const aborter = new AbortController();
    const settled = Array.from({ length: 1 + random(5) }, () => {
        let n = 0;
        const events = { progress: () => random(5) || assertNothing() };
        const count = () => (n += 1);
        rpc.request('look', /** @type {any} */ ({}), { signal: aborter.signal, events }).then(count, count);
        return () => n;
    });
    await undefined;
    for (let left = random(20); left > 0; left--) {
        const id = random(settled.length + 2);
        const error = { code: 'NO_MEMORY', message: 'none', fatal: random(4) === 0 };
        const message = oneOf(random, [
            { type: 'done', body: 1 },
            { type: 'failed', error },
            { type: 'event', name: 'progress', body: {} },
            {},
        ]);
        const what = random(16);
        if (what === 0) aborter.abort();
        else if (what === 1) worker.onDeath(random(2) ? 'killed' : new AcgError('INTERNAL', 'killed'));
        else worker.onMessage(/** @type {any} */ ({ id, ...message }));
        if (random(3) === 0) await undefined;
    }
    await rpc.stop(new AcgError('CANCELLED', 'over'));
    await new Promise((resolve) => setImmediate(resolve));
    const wrong = settled.map((n) => n()).filter((n) => n !== 1);
    if (wrong.length || held) throw new Error(`calls that ended ${wrong} times, held: ${held}`);
    return 'client';
}

function assertNothing() {
    throw new Error('a function of the caller threw');
}

export async function open() {
    const engine = startEngine();
    const ids = { next: 1 };
    await engine.receive({ id: 0, type: 'request', name: 'init', body: { variant: 'simd', threads: 1 } });
    const [started] = engine.ends.get(0);
    if (started.type === 'failed') throw new Error(started.error.message);
    return {
        async run(random) {
            if (random(4) === 0) return tryClient(random);
            try {
                return await tryWorker(engine, random, ids);
            } finally {
                await closeAll(engine, ids);
            }
        },
        close() {},
    };
}
