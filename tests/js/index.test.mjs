// The index in Node: pictures in, found again by texts and pictures, kept over a restart, brought up to date.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { indexEngine, openIndex, picture, writeFiles } from './index_support.mjs';
import { temporaryFolder } from './support.mjs';

describe('index', () => {
    let engine;
    before(async () => (engine = await indexEngine()));
    after(() => engine.close());

    async function folderOf(context, files) {
        const folder = temporaryFolder(context);
        writeFiles(folder, files);
        const index = await openIndex(engine, join(folder, 'index.db'));
        context.after(() => index.close());
        return { folder, index, at: (name) => join(folder, name) };
    }
    const few = () => Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`p/${i}.png`, picture(i)]));

    test('what is added is found, and a picture finds itself first', async (context) => {
        const { index, at } = await folderOf(context, few());
        const result = await index.add(Object.keys(few()).map(at));
        assert.deepEqual([result.added, result.failed], [6, []]);
        const found = await index.search({ image: at('p/3.png') });
        assert.equal(found.length, 6);
        assert.equal(found[0].path, at('p/3.png'));
        assert.ok(found[0].score > 0.999);
        const byText = await index.search({ text: 'a photo of a cat', limit: 2 });
        assert.equal(byText.length, 2);
        assert.equal(byText.model, 'dclip');
    });
});
