// `colour: 'srgb'`: pixels against Pillow's ImageCms, which of a file's words on colours counts, what stays, and what the output says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { createEngine } from '../../js/node.js';
import { loadNativeColour } from '../../js/worker/native/native_colour.js';
import { loadNative } from '../../js/worker/native/native.js';
import { convertFresh } from '../../js/worker/srgb.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { acg2vec, chunksOf, compare, decodePng, ROOT, temporaryFolder, weightsMissing } from './support.mjs';

const FOLDER = join(ROOT, 'tests/js/colour');
const FACTS = JSON.parse(readFileSync(join(FOLDER, 'facts.json'), 'utf8'));
const fixture = (name) => readFileSync(join(FOLDER, name));
const names = Object.keys(FACTS);
const converting = names.filter((name) => FACTS[name].converts);
/** What Pillow makes of it, or the file itself where nothing is converted. */
const expected = (name) => fixture(FACTS[name].converts ? `${name}.srgb.png` : name);

/** Samples of 8 or 16 bits, RGB or RGBA, as the engine has them. */
function samplesOf(png, channels) {
    const { data, width, height } = PNG.sync.read(png, { skipRescale: true });
    const samples = data.length === width * height * 8 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    return samples.filter((_, i) => i % 4 < channels);
}

test('pixels are those of Pillow, within one level of 8 bits', async () => {
    const native = await loadNative({ variant: 'simd', threads: 1 }, nodeLoader); // without threads, which would have to be ended
    const colour = await loadNativeColour(undefined, nodeLoader);
    for (const name of converting.filter((each) => each.endsWith('.png'))) {
        const image = native.decodeImage(fixture(name), { deep: true });
        const colours = image.colours();
        image.free();
        const samples = samplesOf(fixture(name), colours.channels);
        const bytes = new Uint8Array(samples.buffer);
        const pixelBytes = (colours.channels * colours.bits) / 8;
        const toSrgb = colour.toSrgb(colours);
        const n = bytes.length / pixelBytes;
        const view = (from, to) => bytes.subarray(from * pixelBytes, to * pixelBytes);
        assert.equal(toSrgb.convert({ n, view }, 0), n);
        toSrgb.close();
        const { maxDiff } = compare(samples, samplesOf(expected(name), colours.channels));
        assert.ok(maxDiff <= (FACTS[name].tolerance ?? 1), `${name}: ${maxDiff}`);
    }
});

test('an abort is received between two bands', async () => {
    const abort = new AbortController();
    let bands = 0;
    const convert = () => {
        if (++bands === 2) abort.abort();
        return bands;
    };
    await assert.rejects(convertFresh({ convert }, { toConvert: () => ({ n: 10 }) }, abort.signal), { code: 'CANCELLED' });
    assert.equal(bands, 2);
});

describe('enlarged', { skip: await weightsMissing([2]) }, () => {
    let engine;
    before(async () => (engine = await createEngine({ threads: 1 })));
    after(() => engine?.close());
    const run = async (source, options) => {
        const { blob, notes } = await engine.upscale(source, options);
        return { bytes: Buffer.from(await blob.arrayBuffer()), reasons: notes.map(({ reason }) => reason) };
    };
    const says = (png) => chunksOf(png).flatMap(({ type }) => (/^(sRGB|iCCP|gAMA|cHRM|cICP)$/.test(type) ? [type] : []));

    test('as the picture that Pillow has converted, and the PNG says sRGB', async () => {
        for (const name of converting.filter((each) => !FACTS[each].frames)) {
            const [found, wanted] = [await run(fixture(name), { colour: 'srgb' }), await run(expected(name), {})];
            const { psnr, maxDiff } = compare(decodePng(found.bytes).data, decodePng(wanted.bytes).data);
            assert.ok(psnr > 45 && maxDiff <= 6, `${name}: ${psnr} dB, ${maxDiff}`);
            assert.deepEqual(says(found.bytes), ['sRGB'], name);
            assert.deepEqual(found.reasons, [], name);
        }
    });

    test('what is sRGB already, or cannot be converted, stays as it is', async () => {
        for (const name of names.filter((each) => !FACTS[each].converts)) {
            const [found, kept] = [await run(fixture(name), { colour: 'srgb' }), await run(fixture(name), {})];
            assert.ok(found.bytes.equals(kept.bytes), name);
            const { reason } = FACTS[name];
            assert.deepEqual(found.reasons, [...kept.reasons, ...(reason ? [reason] : [])], name);
        }
    });

    test('by default the numbers stay, and what the file says of them', async () => {
        const numbers = (name) => run(fixture(name), {}).then(({ bytes }) => decodePng(bytes).data);
        assert.deepEqual(await numbers('profile.png'), await numbers('untold.png'));
        for (const [name, chunks] of [
            ['profile.png', ['iCCP']],
            ['cicp_first.png', ['iCCP', 'gAMA', 'cICP']],
            ['gama_chrm.png', ['gAMA', 'cHRM']],
        ]) {
            assert.deepEqual(says((await run(fixture(name), {})).bytes).sort(), chunks.sort(), name);
        }
    });

    test("a profile of grey also counts with grey: 'off', which leaves the three channels of the network", async () => {
        const [found, wanted] = [
            await run(fixture('profile_grey.png'), { grey: 'off', colour: 'srgb' }),
            await run(expected('profile_grey.png'), { grey: 'off' }),
        ];
        const { psnr, maxDiff } = compare(decodePng(found.bytes).data, decodePng(wanted.bytes).data);
        assert.ok(psnr > 45 && maxDiff <= 6, `${psnr} dB, ${maxDiff}`);
        assert.deepEqual(says(found.bytes), ['sRGB']);
        const kept = await run(fixture('profile_grey.png'), { grey: 'off' });
        const { data } = chunksOf(kept.bytes).find(({ type }) => type === 'iCCP') ?? assert.fail('Expected a profile');
        const space = inflateSync(data.subarray(data.indexOf(0) + 2)).toString('latin1', 16, 20);
        assert.deepEqual([space, kept.reasons], ['RGB ', []]);
    });

    test('WebP and JPEG carry no profile then', async () => {
        for (const format of ['webp', 'jpg']) {
            const has = async (colour) =>
                /ICC(P|_PROFILE)/.test((await run(fixture('profile.png'), { format, colour })).bytes.toString('latin1'));
            assert.deepEqual([await has('keep'), await has('srgb')], [true, false], format);
        }
    });

    test('cICP that says sRGB counts before a profile, also in a WebP, which has no cICP', async () => {
        const { bytes } = await run(fixture('cicp_srgb.png'), { format: 'webp' });
        assert.ok(!bytes.toString('latin1').includes('ICCP'));
    });

    test('every frame of an animation', async () => {
        for (const file of converting.filter((each) => FACTS[each].frames)) {
            const tiles = [];
            await engine.upscale(fixture(file), { colour: 'srgb', onTile: (tile) => tiles.push(tile) });
            assert.deepEqual(
                tiles.map(({ frame }) => frame),
                [0, 1],
            );
            for (const [i, name] of [`${file}.srgb.png`, `${file}.srgb.2.png`].entries()) {
                const wanted = await engine.upscale(fixture(name), { format: 'pixels' });
                const { psnr, maxDiff } = compare(tiles[i].data, wanted.pixels);
                assert.ok(psnr > 45 && maxDiff <= 6, `${file}, frame ${i}: ${psnr} dB, ${maxDiff}`);
            }
        }
    });

    test('on the command line: the bytes of the library; another word is refused', async (context) => {
        const output = join(temporaryFolder(context), 'out.png');
        const input = join(FOLDER, 'profile_alpha.png');
        const ran = await acg2vec(['upscale', input, '-o', output, '--colour', 'srgb', '--threads', '1']);
        assert.equal(ran.status, 0, ran.stderr);
        assert.ok(readFileSync(output).equals((await run(fixture('profile_alpha.png'), { colour: 'srgb' })).bytes));
        const refused = await acg2vec(['upscale', input, '-o', output, '--colour', 'p3']);
        assert.equal(refused.status, 2);
        assert.match(refused.stderr, /Expected one of keep, srgb for colour but received 'p3'/);
    });
});
