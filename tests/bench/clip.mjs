// CLIP's image network at ViT-L/14 beside onnxruntime-web, in turn in one headless Chromium, as many threads for both.
//     node tests/bench/clip.mjs FOLDER [--dtype f32,int8] [--threads 2] [--rounds 5]
// FOLDER has image-f32.safetensors and image-int8.safetensors, as tests/compare/compare_clip.mjs leaves them. Ours is the whole call: a
// picture of 512² to a vector. Of onnxruntime-web it is two of the 24 layers, times 12: no preparation, no embedding, no projection.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';
import { clipToOnnx } from './clip_onnx.mjs';
import { spread } from './report.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LAYERS = 24;
const ORT_LAYERS = 2;
const WARM_UPS = 2;
const SETTLE_MS = 200; // as run.mjs

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        dtype: { type: 'string', default: 'f32,int8' },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
    },
});
const [folder] = positionals;
if (!folder) throw new Error('Expected a folder with image-f32.safetensors and image-int8.safetensors but received none');

function assembleSite(dtypes) {
    const site = join(ROOT, 'build/bench-clip');
    rmSync(site, { recursive: true, force: true });
    mkdirSync(join(site, 'onnx'), { recursive: true });
    for (const dtype of dtypes) {
        mkdirSync(join(site, 'weights', dtype, 'dclip'), { recursive: true });
        symlinkSync(resolve(folder, `image-${dtype}.safetensors`), join(site, 'weights', dtype, 'dclip/image.safetensors'));
        writeFileSync(join(site, 'onnx', `${dtype}.onnx`), clipToOnnx(ORT_LAYERS, dtype === 'int8'));
    }
    const links = { 'index.html': 'tests/bench/clip.html', bench: 'tests/bench' };
    for (const name of ['js', 'dist', 'models', 'node_modules']) links[name] = name;
    for (const [name, target] of Object.entries(links)) symlinkSync(join(ROOT, target), join(site, name));
    return site;
}

async function open(browser, url, options) {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(`${options.system}: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction(() => window.bench !== undefined);
    const description = await page.evaluate((all) => window.bench.prepare(all), options);
    const run = async () => {
        await page.bringToFront();
        await page.waitForTimeout(SETTLE_MS);
        return page.evaluate(() => window.bench.run());
    };
    return { description, run, close: () => page.context().close() };
}

async function measure(browser, url, dtype) {
    const task = { dtype, threads: Number(values.threads) };
    const ours = await open(browser, url, { system: 'acg2vec', ...task });
    const ort = await open(browser, url, { system: 'ort', ...task });
    const times = { ours: [], ort: [] };
    for (let round = -WARM_UPS; round < Number(values.rounds); round++) {
        const pair = { ours: await ours.run(), ort: ((await ort.run()) * LAYERS) / ORT_LAYERS };
        for (const name of round < 0 ? [] : ['ours', 'ort']) times[name].push(pair[name]);
    }
    const row = (system, name) => {
        const { min, median } = spread(times[name]);
        return `| ${dtype} | ${system} | ${min.toFixed(0)} | ${median.toFixed(0)} | ${(min / Math.min(...times.ours)).toFixed(2)} |`;
    };
    console.log(`${row(`acg2vec, ${ours.description}`, 'ours')}\n${row(ort.description, 'ort')}`);
    await ours.close();
    await ort.close();
}

const dtypes = values.dtype.split(',');
const { url, close } = await serve({ port: 0, root: assembleSite(dtypes) });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
    console.log(`Chromium ${browser.version()}, ${values.threads} threads, in turn\n`);
    console.log('| dtype | system | min ms | median ms | × ours |\n|---|---|---|---|---|');
    for (const dtype of dtypes) await measure(browser, url, dtype);
} finally {
    await browser.close();
    await close();
}
