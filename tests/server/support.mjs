// A service whose engines have the tiny models of tests/golden, and Real-CUGAN's real weights for 2x if they are there.
import { readFileSync } from 'node:fs';
import { createService } from '../../server/index.js';
import { findModel } from '../../js/models/manifest.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { clipModel } from '../js/clip_files.mjs';
import { convnetModels } from '../js/convnet_files.mjs';
import { golden, makePng, readGolden, weightsMissing } from '../js/support.mjs';
import { entry, tinyEngine } from '../js/tiny_engine.mjs';

/** false, or why tests that enlarge are skipped. */
export const cannotEnlarge = await weightsMissing([2]);

export const picture = readFileSync(golden('anime256.png'));
export const small = makePng(24, 20, (x, y) => [10 * x, 12 * y, 90]);

export async function tinyModels() {
    const files = Object.fromEntries(
        ['acgvoc2vec/model.safetensors', 'acgvoc2vec/tokenizer.json', 'wd-vit/model.safetensors', 'wd-vit/selected_tags.csv'].map(
            (path) => [path, readGolden(path)],
        ),
    );
    const [clip, convnets] = [clipModel(), convnetModels()];
    const paths = Object.keys(files);
    const models = [
        entry(files, 'acgvoc2vec', 'distilbert', 'acgvoc2vec', paths.slice(0, 2)),
        entry(files, 'wd-vit', 'vit_tagger', 'wd-vit', paths.slice(2)),
        ...clip.manifest.models,
        ...convnets.models,
    ];
    Object.assign(files, clip.files, convnets.files);
    if (!cannotEnlarge) {
        const cugan = findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' });
        for (const file of cugan.files) files[file.path] = Buffer.from(await readModelFile(file, { resolveUrl: String }));
        models.push(cugan);
    }
    return { files, manifest: { models } };
}

/** A service on a free port. `started(engine)` sees each engine. */
export async function startService({ started = (engine) => engine, ...options } = {}) {
    const models = await tinyModels();
    const startEngine = async () => started(await tinyEngine(models, { threads: 1 }));
    return createService({ port: 0, log: 'silent', startEngine, ...options });
}

/** A form of fields, which are texts, and of files: bytes, or { bytes, name }; an array is several. */
export function formOf(parts) {
    const form = new FormData();
    for (const [field, value] of Object.entries(parts)) {
        for (const each of [value].flat()) {
            if (typeof each === 'string') form.append(field, each);
            else form.append(field, new Blob([each.bytes ?? each]), each.name ?? 'a.png');
        }
    }
    return form;
}

/** POSTs a form, or an object as JSON. */
export function post(service, path, body, options = {}) {
    const isForm = body === undefined || body instanceof FormData || body instanceof URLSearchParams;
    return fetch(new URL(path, service.url), {
        method: 'POST',
        ...(isForm ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        ...options,
    });
}
