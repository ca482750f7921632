// `npm run fuzz:originals -- [--seconds 60] [--seed 1]`: changes the small published files of tests/js/originals at random and lets the readers
// (js/models/originals) read what becomes of them. They have to give tensors or refuse in a sentence, in little time and memory.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { AcgError } from '../../js/errors.js';
import { bytesAccess } from '../../js/models/originals/access.js';
import { openZip } from '../../js/models/originals/zip.js';
import { collect, fixtureNames, openBundle, openBytes, openStreamed, readFixture } from '../js/originals_support.mjs';

const MAX_MS = 5000;
const MAX_GROWTH_BYTES = 2 ** 28;

/** mulberry32: numbers from 0 up to below n, the same for the same seed. */
export function randomOf(seed) {
    return (n) => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
    };
}

const NUMBERS = [
    0n,
    1n,
    2n,
    127n,
    128n,
    255n,
    256n,
    65535n,
    2n ** 24n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
];

function spliced(bytes, from, to, ...parts) {
    return new Uint8Array(Buffer.concat([bytes.subarray(0, from), ...parts, bytes.subarray(to)]));
}

/** Each changes a copy: (bytes, random, another file's bytes) -> bytes */
const CHANGES = [
    function flipBit(bytes, random) {
        bytes[random(bytes.length)] ^= 1 << random(8);
        return bytes;
    },
    function setByte(bytes, random) {
        bytes[random(bytes.length)] = random(256);
        return bytes;
    },
    function setNumber(bytes, random) {
        const size = [1, 2, 4, 8][random(4)];
        const number = Buffer.alloc(8);
        number.writeBigUInt64LE(random(4) === 0 ? BigInt(random(2 * bytes.length)) : NUMBERS[random(NUMBERS.length)]);
        const at = random(Math.max(1, bytes.length - size));
        bytes.set(number.subarray(0, size).subarray(0, bytes.length - at), at);
        return bytes;
    },
    function cut(bytes, random) {
        return bytes.slice(0, random(bytes.length));
    },
    function remove(bytes, random) {
        const from = random(bytes.length);
        return spliced(bytes, from, from + 1 + random(64));
    },
    function repeat(bytes, random) {
        const from = random(bytes.length);
        const part = bytes.subarray(from, from + 1 + random(256));
        return spliced(bytes, from, from, ...Array(1 + random(4)).fill(part));
    },
    function copyInside(bytes, random) {
        const from = random(bytes.length);
        bytes.copyWithin(random(bytes.length), from, from + 1 + random(256));
        return bytes;
    },
    function fromAnother(bytes, random, other) {
        const from = random(other.length);
        const at = random(bytes.length);
        const part = other.subarray(from, from + 1 + random(256));
        return random(2) ? spliced(bytes, at, at + part.length, part) : spliced(bytes, at, at, part);
    },
];

function changed(bytes, random, other) {
    let copy = new Uint8Array(bytes);
    for (let left = 1 + random(3); left > 0 && copy.length > 0; left--) copy = CHANGES[random(CHANGES.length)](copy, random, other);
    return copy;
}

async function readOriginal(original) {
    const found = await collect(original);
    if (!original.read) return;
    for (const [name, bytes] of found) {
        if (!bytes.equals(await original.read(name))) throw new Error(`${name} is not the same piece by piece and as a whole`);
    }
}

async function readZip(bytes) {
    const folder = await openZip(bytesAccess(bytes));
    for (const name of folder.names) {
        for await (const _ of folder.stream(name));
        await folder.open(name);
    }
}

/** Ways to read: name -> (files) => Promise */
function readings() {
    const all = fixtureNames().map((name) => ({ name, files: [readFixture(name)] }));
    const bundle = {
        name: 'saved_model',
        files: ['index', 'data-00000-of-00001'].map((each) => readFixture(`saved_model/variables.${each}`)),
    };
    return [
        ...all.map((each) => ({ ...each, read: async ([bytes]) => readOriginal(await openBytes(bytes)) })),
        ...all
            .filter(({ name }) => /\.(pth|safetensors)$/.test(name))
            .map(({ name, files }) => ({
                name: `${name} in one pass`,
                files,
                read: async ([bytes]) => readOriginal(await openStreamed(bytes)),
            })),
        { ...bundle, read: async ([index, data]) => readOriginal(await openBundle(index, data)) },
        { name: 'release.zip as a folder', files: [readFixture('release.zip')], read: ([bytes]) => readZip(bytes) },
    ];
}

/** @returns 'read', or the code with which it was refused; throws what must not come out */
export async function tryOne(read, files) {
    try {
        await read(files);
        return 'read';
    } catch (error) {
        const isSentence = error instanceof AcgError && ['BAD_FORMAT', 'UNSUPPORTED'].includes(error.code) && /\.$/.test(error.message);
        if (!isSentence || error.message.length > 400) throw error;
        return error.code;
    }
}

/**
 * Runs until `isOver(number of runs)`.
 * @returns counts: by reading, how many runs ended in which way
 */
export async function fuzz(seed, isOver, check = (run) => run()) {
    const all = readings();
    const counts = Object.fromEntries(all.map(({ name }) => [name, {}]));
    for (let run = 0; !isOver(run); run++) {
        const random = randomOf(seed + run);
        const { name, files, read } = all[random(all.length)];
        const which = random(files.length);
        const other = all[random(all.length)].files[0];
        const mutated = files.map((bytes, i) => (i === which ? changed(bytes, random, other) : bytes));
        try {
            const outcome = await check(() => tryOne(read, mutated));
            counts[name][outcome] = (counts[name][outcome] ?? 0) + 1;
        } catch (error) {
            throw new Error(`${name}, --seed ${seed + run}: ${error.message}`, { cause: error });
        }
    }
    return counts;
}

/** Fails for a run that takes long, or after which the process is much larger than before all. */
function limited() {
    const before = process.memoryUsage().rss;
    const found = { slowest: 0, growth: 0 };
    const check = async (run) => {
        const begin = performance.now();
        const outcome = await run();
        found.slowest = Math.max(found.slowest, performance.now() - begin);
        found.growth = Math.max(found.growth, process.memoryUsage.rss() - before);
        if (found.slowest > MAX_MS) throw new Error(`it took ${Math.round(found.slowest)} ms`);
        if (found.growth > MAX_GROWTH_BYTES) throw new Error(`the process grew by ${found.growth} bytes`);
        return outcome;
    };
    return { found, check };
}

async function main() {
    const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } } });
    const end = performance.now() + 1000 * Number(values.seconds);
    const { found, check } = limited();
    let runs = 0;
    const counts = await fuzz(Number(values.seed), (run) => ((runs = run), performance.now() > end), check);
    for (const [name, outcomes] of Object.entries(counts)) {
        console.log(
            `${name}: ${Object.entries(outcomes)
                .map(([outcome, n]) => `${n} ${outcome}`)
                .join(', ')}`,
        );
    }
    const growth = Math.round(found.growth / 2 ** 20);
    console.log(`${runs} runs, no finding; slowest ${Math.round(found.slowest)} ms; the process grew by at most ${growth} MiB.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
