// The worker's tasks over a file that takes its time and keeps no order: the same picture, bit by bit, whenever it carries what it is
// told to, and nothing carried from or to memory that a task no longer has.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Runner } from '../../js/worker/runner.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { AcgError } from '../../js/errors.js';
import { chooseBuild } from '../../js/client/features.js';
import { findModel, modelParts } from '../../js/models/manifest.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const testWithWeights = (name, body) => test(name, { skip }, body);

const slow = (slowKind) => (_, kind) => (kind === slowKind ? 6 : 0);

/** A file in memory. `wait` says how many milliseconds a transfer takes, by its number and its kind; all is done at its end. undefined: at once. */
class SlowFile {
    #bytes;
    underWay = 0;
    most = 0;
    transfers = 0;
    wasClosed = false;

    constructor(bytes, { wait = () => undefined, failAt = Infinity }) {
        this.#bytes = new Uint8Array(bytes).fill(0xff);
        this.wait = wait;
        this.failAt = failAt;
    }

    read(bytes, at) {
        bytes.fill(0xff); // not a number: nothing may be used before all is there
        return this.#carry('read', () => bytes.set(this.#bytes.subarray(at, at + bytes.length)));
    }

    write(bytes, at) {
        return this.#carry('write', () => this.#bytes.set(bytes, at));
    }

    async #carry(kind, copy) {
        assert.ok(!this.wasClosed);
        const number = this.transfers++;
        const wait = this.wait(number, kind);
        this.most = Math.max(this.most, ++this.underWay);
        try {
            if (wait !== undefined) await sleep(wait);
            if (number >= this.failAt) throw new AcgError('NO_MEMORY', `The file failed at transfer ${number}`);
            copy();
        } finally {
            this.underWay--;
        }
    }

    async close() {
        this.wasClosed = true;
        assert.equal(this.underWay, 0, 'closed while something was carried');
    }
}

describe('a file that takes its time', () => {
    const picture = { pixels: Uint8Array.from({ length: 61 * 47 * 3 }, (_, i) => (i * i) % 251), width: 61, height: 47, channels: 3 };
    let runner;
    let file;
    let habits = {};
    const storage = {
        room: async () => 2 ** 30,
        open: async () => (file = new SlowFile(2 ** 24, habits)),
    };
    before(async () => {
        if (skip) return;
        runner = new Runner({ storage, loader: nodeLoader });
        await runner.init(await chooseBuild({ cores: 2, isolated: true }, 2));
        const model = findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' });
        const { weights, companion } = modelParts(model);
        const [bytes, beside] = await Promise.all([weights, companion].map((each) => readModelFile(each, { resolveUrl: String })));
        await runner.openModel({ id: 'network', network: model.network, levels: model.levels, companion: beside });
        await runner.modelBytes({ id: 'network', bytes });
        await runner.modelEnd({ id: 'network' });
    });

    /** The picture's bytes, through a file of these habits. */
    async function upscale(given, { signal = new AbortController().signal, size = picture } = {}) {
        habits = given;
        const chunks = [];
        const emit = (name, body) => name === 'chunk' && chunks.push(body);
        const settings = {
            tile: 16,
            strength: 1,
            format: 'pixels',
            quality: 90,
            sync: 'exact',
            tta: false,
            memory: 1,
            temp: true,
            metadata: 'drop',
            wantTiles: false,
        };
        const { tiles } = await runner.upscale({ model: 'network', picture: size, ...settings }, { signal, emit });
        assert.equal(tiles.plan, 'exact-file');
        assert.ok(file.wasClosed);
        return Buffer.concat(chunks);
    }

    testWithWeights('the picture does not depend on when bytes are carried', async () => {
        const expected = await upscale({});
        assert.equal(expected.length, 122 * 94 * 3);
        const waits = {
            all: () => 3,
            reads: slow('read'),
            writes: slow('write'),
            some: (n) => [undefined, 5, 0, 1][(n * n + (n >> 2)) % 4],
        };
        for (const [name, wait] of Object.entries(waits)) {
            const found = await upscale({ wait });
            assert.ok(found.equals(expected), `other bytes when ${name} take their time`);
            assert.equal(file.most, 2, 'a read and a write at once');
        }
    });

    testWithWeights('so it is with two tiles, where what is wanted next has only just been sent out', async () => {
        const size = { pixels: picture.pixels.slice(0, 20 * 16 * 3), width: 20, height: 16, channels: 3 };
        const expected = await upscale({}, { size });
        for (const kind of ['read', 'write']) assert.ok((await upscale({ wait: slow(kind) }, { size })).equals(expected));
    });

    testWithWeights('a transfer that fails while others are under way ends the task with its sentence, and the next is well', async () => {
        const unhandled = [];
        const note = (error) => unhandled.push(error);
        process.on('unhandledRejection', note);
        try {
            for (const failAt of [0, 1, 7, 20]) {
                await assert.rejects(upscale({ wait: (n) => n % 3, failAt }), {
                    code: 'NO_MEMORY',
                    message: /The file failed at transfer/,
                });
                assert.ok(file.wasClosed);
            }
            await sleep(10);
        } finally {
            process.off('unhandledRejection', note);
        }
        assert.deepEqual(unhandled, []);
        await upscale({ wait: () => 0 });
    });

    testWithWeights('an abort waits for what is being carried', async () => {
        const aborter = new AbortController();
        const wait = (n) => {
            if (n === 9) aborter.abort();
            return 20;
        };
        await assert.rejects(upscale({ wait }, { signal: aborter.signal }), { code: 'CANCELLED' });
        assert.ok(file.wasClosed);
    });
});
