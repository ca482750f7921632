// EXIF, XMP and text through the import: on request only, in every format that has them, with the size of the output.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { chunksOf, makeApng, makePng, weightsMissing, withChunks } from './support.mjs';

const skip = await weightsMissing([2]);

const XMP = Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/">a packet</x:xmpmeta>');
const TEXT = Buffer.from('parameters\0a drawing, steps: 20', 'latin1');

/** A TIFF structure of a maker and of the size, which is told in a directory of its own. */
function exifOf(width, height, type) {
    const exif = Buffer.alloc(8 + 2 + 24 + 4 + 2 + 24 + 4);
    const entry = (at, ...[tag, kind, count, value]) => {
        exif.writeUInt16LE(tag, at);
        exif.writeUInt16LE(kind, at + 2);
        exif.writeUInt32LE(count, at + 4);
        exif.writeUInt32LE(value, at + 8);
    };
    exif.write('II*\0', 'latin1');
    exif.writeUInt32LE(8, 4);
    exif.writeUInt16LE(2, 8);
    entry(10, 0x010f, 2, 4, 0x00636261);
    entry(22, 0x8769, 4, 1, 38);
    exif.writeUInt16LE(2, 38);
    entry(40, 0xa002, type, 1, width);
    entry(52, 0xa003, type, 1, height);
    return exif;
}

const CHUNKS = [
    ['eXIf', exifOf(9, 7, 3)],
    ['iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), XMP])],
    ['tEXt', TEXT],
];
const pixel = (x, y) => [x * 20, y * 30, 90];
const STILL = withChunks(makePng(9, 7, pixel), CHUNKS);

describe('metadata', { skip }, () => {
    let engine;
    before(async () => (engine = await createEngine()));
    after(() => engine?.close());
    const run = async (source, options) => Buffer.from(await (await engine.upscale(source, options)).blob.arrayBuffer());
    const holds = (bytes) => [exifOf(18, 14, 4), XMP, TEXT].map((part) => bytes.includes(part));

    test('nothing of it goes out unasked', async () => {
        for (const format of ['png', 'webp', 'jpg']) assert.deepEqual(holds(await run(STILL, { format })), [false, false, false]);
        assert.ok(!(await run(STILL, {})).includes('abc'));
        await assert.rejects(engine.upscale(STILL, { metadata: 'all' }), {
            code: 'BAD_ARGUMENT',
            message: "Expected one of none, keep for metadata but received 'all'.",
        });
    });

    test('each format takes up what it has place for, and gives it to the next', async () => {
        for (const format of ['png', 'webp', 'jpg']) {
            const bytes = await run(STILL, { format, metadata: 'keep' });
            assert.deepEqual(holds(bytes), [true, true, format === 'png'], format);
            const again = await run(bytes, { metadata: 'keep' });
            const types = chunksOf(again).map(({ type }) => type);
            assert.deepEqual(types.filter((type) => /eXIf|.TXt|tEXt/.test(type)).sort(), [
                'eXIf',
                'iTXt',
                ...(format === 'png' ? ['tEXt'] : []),
            ]);
            assert.ok(again.includes(exifOf(36, 28, 4)) && again.includes(XMP));
        }
    });

    test('of an animation too, once', async () => {
        const frames = [0, 100].map((blue) => ({ pixel: (x, y) => [x * 20, y * 30, blue], delay: [1, 10] }));
        const source = withChunks(makeApng(9, 7, frames, 0), CHUNKS);
        assert.deepEqual(holds(await run(source, {})), [false, false, false]);
        const types = chunksOf(await run(source, { metadata: 'keep' })).map(({ type }) => type);
        assert.deepEqual(types.filter((type) => /eXIf|.TXt|tEXt/.test(type)).sort(), ['eXIf', 'iTXt', 'tEXt']);
        assert.deepEqual(holds(await run(source, { format: 'webp', metadata: 'keep' })), [true, true, false]);
    });
});
