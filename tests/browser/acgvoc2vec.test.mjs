// Texts to acgvoc2vec's vectors in a browser, with threads and without, against sentence-transformers on the same tiny network.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { golden, readGolden } from '../js/support.mjs';
import { assertVector } from '../js/tiny_engine.mjs';
import { assemblePackage, browserMissing, launch, openPage } from './support.mjs';

const { texts: expected } = JSON.parse(readFileSync(golden('acgvoc2vec/expected.json'), 'utf8'));

/** In the page. */
async function embed(texts) {
    const { createEngine } = await import('acg2vec');
    const engine = await createEngine({ models: new URL('./tiny/', document.baseURI).href });
    const vectors = await engine.embedText(texts, { model: 'acgvoc2vec' });
    await engine.close();
    return { threads: engine.info.threads, vectors: vectors.map((vector) => Array.from(vector)) };
}

describe('acgvoc2vec in the browser', { skip: browserMissing }, () => {
    let browser;
    let site;
    before(async () => {
        site = await assemblePackage();
        const folder = join(site.root, 'tiny/acgvoc2vec');
        mkdirSync(folder, { recursive: true });
        for (const name of ['model.safetensors', 'tokenizer.json']) {
            const bytes = readGolden(`acgvoc2vec/${name}`);
            writeFileSync(join(folder, name), bytes);
            writeFileSync(join(folder, `${name}.sha256`), `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`);
        }
        browser = await launch();
    });
    after(async () => {
        await browser?.close();
        site?.remove();
    });

    for (const isolation of [true, false]) {
        test(`the vectors that the originals give, ${isolation ? 'with' : 'without'} threads`, async (context) => {
            const page = await openPage(context, { browser, root: site.root, isolation });
            const { threads, vectors } = await page.evaluate(
                embed,
                expected.map(({ text }) => text),
            );
            assert.equal(threads > 1, isolation);
            for (const [i, { vector }] of expected.entries()) assertVector(Float32Array.from(vectors[i]), vector);
        });
    }
});
