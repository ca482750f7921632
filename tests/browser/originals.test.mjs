// The readers of published files in Chromium: Blobs, bodies of responses, and its DecompressionStream.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { expected, makeZip } from '../js/originals_support.mjs';
import { ROOT } from '../js/support.mjs';
import { assemblePackage, browserMissing, openPage, shareBrowser } from './support.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const hashes = ({ tensors }) => Object.fromEntries([...tensors].map(([name, { values }]) => [name, sha256(values)]));

const zeros = Buffer.alloc(2 ** 23);
const packed = { name: 'model.h5', data: deflateRawSync(zeros), method: 8, bytes: zeros.length, crc: crc32(zeros) };

async function assemble() {
    const site = await assemblePackage();
    cpSync(join(ROOT, 'tests/js/originals'), join(site.root, 'originals'), { recursive: true });
    writeFileSync(join(site.root, 'originals/large.zip'), makeZip([packed]));
    writeFileSync(join(site.root, 'originals/bomb.zip'), makeZip([{ ...packed, bytes: 1000 }]));
    writeFileSync(join(site.root, 'originals/damaged.zip'), makeZip([{ ...packed, crc: 1 }]));
    return site;
}

/** In the page: SHA-256 of the tensors of a file that was chosen, and of the same as it comes, where that can be. */
async function readTensors(name) {
    const { blobAccess } = await import('./js/models/originals/access.js');
    const { openOriginal, openOriginalStream } = await import('./js/models/originals/open.js');
    const { pieces } = await import('./js/models/download.js');
    const { joinBytes, sha256 } = await import('./js/shared/bytes.js');
    const hashesOf = async (original) => {
        const parts = new Map([...original.tensors.keys()].map((each) => [each, []]));
        for await (const piece of original.stream()) parts.get(piece.name).push(piece.bytes);
        const found = {};
        for (const [each, bytes] of parts) found[each] = await sha256(joinBytes(bytes));
        return found;
    };
    const get = () => fetch(`./originals/${name}`);
    const chosen = await hashesOf(await openOriginal(blobAccess(await (await get()).blob())));
    const streamed = await openOriginalStream(pieces((await get()).body))
        .then(hashesOf)
        .catch(({ code }) => code);
    return { chosen, streamed };
}

/** In the page: SHA-256 of a file in a .zip, or why there is none. */
async function inflate([zip, name]) {
    const { blobAccess } = await import('./js/models/originals/access.js');
    const { openZip } = await import('./js/models/originals/zip.js');
    const { joinBytes, sha256 } = await import('./js/shared/bytes.js');
    const folder = await openZip(blobAccess(await (await fetch(`./originals/${zip}`)).blob()));
    const opened = await folder.open(name).then(
        ({ size }) => size,
        ({ code }) => code,
    );
    let given = 0;
    const parts = [];
    try {
        for await (const piece of folder.stream(name)) {
            given += piece.length;
            parts.push(piece);
        }
    } catch ({ code, message }) {
        return { opened, given, code, message };
    }
    return { opened, given, sha256: await sha256(joinBytes(parts)) };
}

describe('published files in Chromium', { skip: browserMissing }, () => {
    const shared = shareBrowser(browserMissing, assemble);

    test('tensors of chosen files, and of files as they come', async (context) => {
        const page = await openPage(context, shared);
        for (const [name, each] of Object.entries(expected)) {
            if (name === 'saved_model') continue;
            const { chosen, streamed } = await page.evaluate(readTensors, name);
            assert.deepEqual(chosen, hashes(each), name);
            assert.deepEqual(streamed, /\.(h5|pt)$/.test(name) ? 'UNSUPPORTED' : hashes(each), name);
        }
    });

    test('what is compressed in a .zip', async (context) => {
        const page = await openPage(context, shared);
        const tags = Buffer.from('1girl\nsolo\n');
        const small = await page.evaluate(inflate, ['release.zip', 'release/tags.txt']);
        assert.deepEqual(small, { opened: tags.length, given: tags.length, sha256: sha256(tags) });
        const large = await page.evaluate(inflate, ['large.zip', 'model.h5']);
        assert.deepEqual(large, { opened: 'UNSUPPORTED', given: zeros.length, sha256: sha256(zeros) });
        const bomb = await page.evaluate(inflate, ['bomb.zip', 'model.h5']);
        assert.equal(bomb.code, 'BAD_FORMAT');
        assert.ok(bomb.given <= 1000, `${bomb.given} bytes`);
        const damaged = await page.evaluate(inflate, ['damaged.zip', 'model.h5']);
        assert.equal(damaged.code, 'BAD_FORMAT');
    });
});
