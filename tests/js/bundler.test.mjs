// A page that a bundler made of the package as npm packs it: the bundler must find the worker, its threads, the engine and
// the manifest by itself. Vite, because it refuses what it cannot read instead of leaving it for the browser to miss.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { createEngine } from '../../js/node.js';
import { findModel } from '../../js/models/manifest.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { serve } from '../../web/serve.mjs';
import { browserMissing, launch } from '../browser/support.mjs';
import { compare, ROOT, temporaryFolder, weightsMissing } from './support.mjs';

const VARIANTS = ['relaxed-threads', 'relaxed', 'simd-threads', 'simd'];

/** The strictest policy that the documents promise a page can have. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

const picture = {
    data: Uint8Array.from({ length: 24 * 18 * 3 }, (_, i) => (i * i) % 251),
    width: 24,
    height: 18,
    channels: 3,
};

const PAGE = `<!doctype html><title>app</title><link rel="icon" href="data:,"><script type="module" src="./app.js"></script>`;
const APP = `
    import { createEngine } from 'acg2vec';
    window.enlarge = async (picture, threads) => {
        const engine = await createEngine({ threads, models: '/weights/' });
        const out = await engine.upscale({ ...picture, data: Uint8Array.from(picture.data) }, { format: 'pixels' });
        await engine.close();
        return { info: engine.info, width: out.width, height: out.height, pixels: [...out.pixels] };
    };`;

/** A project of a user, with the package installed. */
function makeProject(folder) {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'acg2vec'), { recursive: true });
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    const tarball = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim();
    execFileSync('tar', ['-xzf', tarball, '-C', 'node_modules/acg2vec', '--strip-components', '1'], { cwd: folder });
    for (const name of ['@jsquash', '@sqlite.org', 'hyparquet', 'hyparquet-writer', 'jxl-oxide-wasm'])
        symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'app.js'), APP);
}

async function addWeights(folder) {
    for (const file of findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' }).files) {
        const path = join(folder, 'public/weights', file.path);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await readModelFile(file, { resolveUrl: String }));
    }
}

const folder = temporaryFolder({ after });
const site = join(folder, 'dist');
const noWeights = await weightsMissing([2]);

before(async () => {
    makeProject(folder);
    if (!noWeights) await addWeights(folder);
    // without any setting
    await build({ root: folder, logLevel: 'error', configFile: false });
});

test('a bundle contains the worker, the four builds with their threads, the manifest and the default network', () => {
    const names = readdirSync(join(site, 'assets'));
    const count = (pattern) => names.filter((name) => pattern.test(name)).length;
    for (const worker of ['entry_browser', 'file_worker', 'thread_relaxed', 'thread_simd'])
        assert.equal(count(new RegExp(`^${worker}-.*\\.js$`)), 1, names.join(' '));
    assert.equal(count(/^manifest-.*\.json$/), 1, names.join(' '));
    for (const ending of ['param', 'bin'])
        assert.equal(count(new RegExp(`^up2x-conservative-.*\\.${ending}$`)), noWeights ? 0 : 1, names.join(' '));
    for (const decoder of ['avif_dec', 'jxl_oxide_wasm_bg'])
        assert.equal(count(new RegExp(`^${decoder}-.{8}\\.wasm$`)), 1, names.join(' '));
    for (const variant of VARIANTS) {
        assert.equal(count(new RegExp(`^acg2vec-${variant}-.{8}\\.wasm$`)), 1, names.join(' '));
    }
});

test('a bundled page enlarges a picture', { skip: browserMissing || noWeights }, async (context) => {
    const server = await serve({ port: 0, root: site, headers: { 'Content-Security-Policy': POLICY } });
    const browser = await launch();
    context.after(async () => {
        await browser.close();
        await server.close();
    });
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.url);
    await page.waitForFunction(() => window.enlarge);

    const engine = await createEngine({ threads: 1 });
    const expected = await engine.upscale(picture, { format: 'pixels' });
    await engine.close();
    for (const threads of [2, 1]) {
        const source = { ...picture, data: [...picture.data] };
        const found = await page.evaluate((args) => window.enlarge(...args), [source, threads]);
        assert.equal(found.info.threads, threads);
        assert.deepEqual([found.width, found.height], [48, 36]);
        // Node's build may be another one: a sum that is rounded once more may end one level away
        const { maxDiff } = compare(found.pixels, expected.pixels);
        assert.ok(maxDiff <= 1, `with ${threads} threads the largest difference is ${maxDiff}`);
    }
    assert.deepEqual(complaints, []);
});
