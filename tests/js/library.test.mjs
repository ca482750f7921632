// AVIF and JPEG XL, which libraries decode: pixels against other decoders', colours, how files are turned, damage, limits, aborts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { decodeJxl } from '../../js/worker/decoders/jxl.js';
import { orMissing } from '../../js/worker/decoders/packages.js';
import { startDecoder } from '../../js/worker/decoders/start_node.js';
import { LibraryDecoder } from '../../js/worker/decoders/library_decoder.js';
import { convnetModels, expected } from './convnet_files.mjs';
import { tinyEngine } from './tiny_engine.mjs';
import { acg2vec, chunksOf, golden, ROOT, temporaryFolder, weightsMissing } from './support.mjs';

const FOLDER = join(ROOT, 'tests/js/library');
const FACTS = JSON.parse(readFileSync(join(FOLDER, 'facts.json'), 'utf8'));
const fixture = (name) => readFileSync(join(FOLDER, name));
const chosen = (fact) => Object.entries(FACTS).filter(([, facts]) => facts[fact]);

const decoder = new LibraryDecoder(startDecoder);
after(() => decoder.close());
const never = new AbortController().signal;
const decode = (bytes, settings = {}, signal = never) => decoder.readable(Uint8Array.from(bytes), { metadata: true, ...settings }, signal);
const refused = (bytes, settings) => decode(bytes, settings).then(assert.fail, ({ code, message, reason }) => ({ code, message, reason }));

/** As RGBA, with samples of 8 or 16 bits. */
function samplesOf(png) {
    const bytes = Buffer.from(png);
    const { width, height, data } = PNG.sync.read(bytes, { skipRescale: true });
    return { width, height, bits: bytes[24], data };
}

const chunk = (png, type) => chunksOf(Buffer.from(png)).find((each) => each.type === type)?.data;

/** A file with 32 bits changed, so many bytes behind the first place of a text. */
function changed(name, text, offset, value) {
    const bytes = Buffer.from(fixture(name));
    bytes.writeUInt32BE(value, bytes.indexOf(text) + offset);
    return bytes;
}

test('pixels are those of other decoders: sizes, bits, samplings, alpha, cut, turned, tiled', async () => {
    const found = [];
    for (const [name, { tolerance }] of Object.entries(FACTS)) {
        const [actual, wanted] = [samplesOf((await decode(fixture(name))).bytes), samplesOf(fixture(`${name}.png`))];
        for (const fact of ['width', 'height', 'bits']) assert.equal(actual[fact], wanted[fact], `${name}: ${fact}`);
        assert.equal(actual.data.length, wanted.data.length);
        const most = actual.data.reduce((max, value, i) => Math.max(max, Math.abs(value - wanted.data[i])), 0);
        if (most > tolerance) found.push(`${name}: ${most}, of ${tolerance}`);
    }
    assert.deepEqual(found, []);
    assert.ok(Object.keys(FACTS).length > 35);
});

test('colours are kept: a profile, code points; sRGB is not told', async () => {
    const { bytes } = await decode(fixture('profile.avif'));
    const profile = inflateSync(chunk(bytes, 'iCCP').subarray(5));
    assert.equal(profile.readUInt32BE(0), profile.length);
    assert.equal(profile.toString('latin1', 36, 40), 'acsp');
    assert.equal(chunk(bytes, 'cICP'), undefined);
    assert.deepEqual([...chunk((await decode(fixture('pq.avif'))).bytes, 'cICP')], [9, 16, 0, 1]);
    const plain = (await decode(fixture('y444.avif'))).bytes;
    assert.deepEqual([chunk(plain, 'iCCP'), chunk(plain, 'cICP')], [undefined, undefined]);
    const { bytes: jxl } = await decode(fixture('profile.jxl'));
    assert.equal(inflateSync(chunk(jxl, 'iCCP').subarray(3)).toString('latin1', 36, 40), 'acsp');
});

test('EXIF and XMP come along if they are asked for; EXIF does not turn the picture again', async () => {
    for (const [name] of chosen('metadata')) {
        const { bytes } = await decode(fixture(name));
        const exif = chunk(bytes, 'eXIf');
        assert.equal(exif[10 + 8], 1, `${name}: orientation`);
        assert.match(chunk(bytes, 'iTXt').toString(), /^XML:com\.adobe\.xmp\0{5}<x:xmpmeta/);
        const without = (await decode(fixture(name), { metadata: false })).bytes;
        assert.equal(chunk(without, 'eXIf') ?? chunk(without, 'iTXt'), undefined, name);
    }
});

test('of several pictures the first is taken, with a warning', async () => {
    for (const [name] of Object.entries(FACTS)) {
        const { notes } = await decode(fixture(name));
        assert.deepEqual(
            notes.map(({ reason }) => reason),
            FACTS[name].several ? ['OTHER_PICTURES_LEFT_OUT'] : [],
            name,
        );
    }
});

test('a file that is cut short anywhere gives a sentence', async () => {
    for (const [name, step] of [
        ['lossless_alpha.avif', 61],
        ['sequence.avif', 149],
        ['grid.avif', 83],
        ['container.jxl', 29],
        ['lossy_alpha.jxl', 31],
    ]) {
        const whole = fixture(name);
        for (let size = 24; size < whole.length - 1; size += step) {
            const { code, message } = await refused(whole.subarray(0, size));
            assert.equal(code, 'BAD_FORMAT', `${name}, ${size} bytes: ${message}`);
            assert.match(message, /^The (AVIF|JPEG XL) file (ends too early|is damaged)/);
        }
    }
});

test('of a JPEG XL file that is cut short, what is there may be kept', async () => {
    const whole = fixture('lossy_alpha.jxl');
    const { bytes, notes } = await decode(whole.subarray(0, whole.length - 20), { damaged: 'keep' });
    assert.deepEqual(
        notes.map(({ reason }) => reason),
        ['CUT'],
    );
    assert.equal(samplesOf(bytes).width, 37);
});

test('changed bytes give a picture or a sentence', async () => {
    let state = 12345;
    const random = (n) => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8) % n;
    for (const name of ['lossless.avif', 'sequence.avif', 'metadata.avif', 'lossy.jxl', 'jpeg.jxl']) {
        for (let i = 0; i < 25; i++) {
            const bytes = Buffer.from(fixture(name));
            for (let n = 1 + random(3); n > 0; n--) bytes[random(bytes.length)] = random(256);
            await decode(bytes, { maxPixels: 1e6 }).catch(({ code, message }) => {
                assert.ok(['BAD_FORMAT', 'UNSUPPORTED'].includes(code), `${name}, ${i}: ${code}, ${message}`);
            });
        }
    }
});

describe('limits', () => {
    test('a giant size is refused by the header alone', async () => {
        for (const [file, reason] of [
            [changed('lossless.avif', 'ispe', 8, 65000), undefined],
            [changed('lossless.avif', 'ispe', 8, 70000), 'SIDES_TOO_LONG'],
        ]) {
            file.writeUInt32BE(65000, file.indexOf('ispe') + 12);
            const { code, reason: found, message } = await refused(file);
            assert.equal(code, 'UNSUPPORTED');
            assert.equal(found, reason ?? 'TOO_MANY_PIXELS');
            assert.match(message, /^The AVIF file is too large: \d+ x 65000 pixels/);
        }
        // 2^30 x 2^30: SizeHeader of ISO/IEC 18181-1, all bits of both sides
        const { code } = await refused(Buffer.from('ff0afefffffffffffffffffffffffffffffff', 'hex'));
        assert.ok(['BAD_FORMAT', 'UNSUPPORTED'].includes(code), code);
    });

    test('maxPixels counts, as for other files', async () => {
        for (const name of ['lossless.avif', 'lossless.jxl', 'sequence.avif']) {
            const { code, reason, message } = await refused(fixture(name), { maxPixels: 37 * 23 - 1 });
            assert.deepEqual([code, reason], ['UNSUPPORTED', 'TOO_MANY_PIXELS'], message);
            assert.ok(await decode(fixture(name), { maxPixels: 37 * 23 }));
        }
    });

    test('a size that is not that of the pixels is damage', async () => {
        for (const width of [1, 36, 38, 4000]) assert.equal((await refused(changed('lossless.avif', 'ispe', 8, width))).code, 'BAD_FORMAT');
    });

    test('a picture that its decoder has no memory for is refused before', async () => {
        const file = changed('lossless.avif', 'ispe', 8, 20000);
        file.writeUInt32BE(10000, file.indexOf('ispe') + 12);
        assert.deepEqual(await refused(file), { code: 'NO_MEMORY', message: 'Not enough memory for the AVIF file.', reason: 'NO_MEMORY' });
    });
});

test('what the library for JPEG XL holds is freed, also after a refusal', async () => {
    const held = new Set();
    class Handle {
        constructor() {
            held.add(this);
        }
        free() {
            held.delete(this);
        }
    }
    class JxlImage extends Handle {
        width = 5;
        height = 4;
        loaded = true;
        feedBytes = () => 0;
        tryInit = () => true;
        render() {
            const rendered = new Handle();
            return Object.assign(rendered, { encodeToPng: () => fixture('lossless.jxl.png') });
        }
    }
    const run = (change, settings = {}) => {
        const library = {
            JxlImage: class extends JxlImage {
                constructor() {
                    super();
                    Object.assign(this, change);
                }
            },
        };
        return decodeJxl(fixture('lossless.jxl'), settings, async () => library).then(
            () => 'decoded',
            ({ code }) => code,
        );
    };
    const damaged = () => {
        throw 'damaged';
    };
    assert.deepEqual(
        await Promise.all([
            run({}),
            run({ tryInit: () => false }),
            run({ feedBytes: damaged }),
            run({ loaded: false }),
            run({}, { maxPixels: 1 }),
            run({ render: damaged }),
            run({ render: () => Object.assign(new Handle(), { encodeToPng: damaged }) }),
        ]),
        ['decoded', 'BAD_FORMAT', 'BAD_FORMAT', 'BAD_FORMAT', 'UNSUPPORTED', 'BAD_FORMAT', 'BAD_FORMAT'],
    );
    assert.equal(held.size, 0);
});

test('an abort ends it; the next picture is right', async () => {
    const aborter = new AbortController();
    const running = decode(fixture('grid.avif'), {}, aborter.signal);
    aborter.abort();
    await assert.rejects(running, { code: 'CANCELLED' });
    await assert.rejects(decode(fixture('grid.avif'), {}, aborter.signal), { code: 'CANCELLED' });
    assert.equal(samplesOf((await decode(fixture('lossless.jxl'))).bytes).width, 37);
});

test('without its package, a sentence says what to install', async () => {
    const load = () => import('a-package-that-is-not-there');
    await assert.rejects(orMissing('avif', '', load), {
        code: 'UNSUPPORTED',
        reason: 'DECODER_NOT_LOADED',
        message: 'The AVIF file needs the package @jsquash/avif, which could not be loaded: npm install @jsquash/avif.',
    });
});

test('other files go to the engine as they are', async () => {
    const bytes = Uint8Array.from(readFileSync(golden('anime256.png')));
    assert.equal((await decoder.readable(bytes, { metadata: false }, never)).bytes, bytes);
});

test('a network sees the same as in a PNG', async () => {
    const { files, models } = convnetModels();
    const engine = await tinyEngine({ files, manifest: { models } });
    try {
        for (const name of ['anime256.avif', 'anime256.jxl']) {
            const { score } = await engine.describe(join(FOLDER, name), { score: true });
            for (const [i, value] of score.bookmark.probabilities.entries()) {
                assert.ok(Math.abs(value - expected.bookmark[i]) < 1e-4, `${name}: ${value}, ${expected.bookmark[i]}`);
            }
        }
    } finally {
        await engine.close();
    }
});

const noWeights = await weightsMissing([2]);

test('the command line enlarges them as it enlarges the same PNG', { skip: noWeights }, async (context) => {
    const folder = temporaryFolder(context);
    for (const name of ['lossless_10.avif', 'lossless_alpha.jxl']) {
        const out = join(folder, `${name}.png`);
        const wanted = join(folder, 'wanted.png');
        for (const [from, to] of [
            [join(FOLDER, name), out],
            [join(FOLDER, `${name}.png`), wanted],
        ]) {
            const { status, stderr } = await acg2vec(['upscale', from, '-o', to]);
            assert.equal(status, 0, stderr);
        }
        const [one, other] = [out, wanted].map((path) => samplesOf(readFileSync(path)));
        assert.deepEqual(one, other, name);
    }
});

test('the command line finds them in a folder, by their names and by their first bytes', { skip: noWeights }, async (context) => {
    const folder = temporaryFolder(context);
    for (const name of ['a.avif', 'b.jxl', 'c', 'd']) {
        const isAvif = name === 'a.avif' || name === 'c';
        writeFileSync(join(folder, name), fixture(isAvif ? 'one_pixel.avif' : 'lossless_grey.jxl'));
    }
    const { status, stdout, stderr } = await acg2vec(['upscale', folder, '-o', join(folder, 'out'), '--json']);
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim().split('\n').filter(Boolean).length, 4, stdout);
});
