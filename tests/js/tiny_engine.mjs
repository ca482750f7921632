// An engine whose models are tiny ones of tests/golden, and the comparison of its vectors with the expected ones.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createClient } from '../../js/client/engine.js';
import { AcgError } from '../../js/errors.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { readManifest } from '../../js/platform/node/weights.js';

const published = await readManifest();

function* inPieces(bytes) {
    for (let at = 0; at < bytes.length; at += 10007) yield bytes.slice(at, at + 10007);
}

/** A manifest's entry for files that are there. */
export function entry(files, id, network, model, paths) {
    const task = 'embed';
    return {
        id,
        network,
        input: ['clip_text', 'distilbert'].includes(network) ? 'text' : 'image',
        task,
        model,
        files: paths.map((path) => ({ path, versions: [{ bytes: files[path].length, sha256: '' }], sources: [] })),
    };
}

/**
 * The package's manifest, in which these models have the files of a test.
 * @param {{ id: string, files: object[] }[]} models
 */
export function manifestOf(models) {
    const filesOf = ({ id, files }) => models.find((model) => model.id === id)?.files ?? files;
    return { ...published, models: published.models.map((model) => ({ ...model, files: filesOf(model) })) };
}

/**
 * @param {{ files: Record<string, Buffer>, manifest: object }} models
 * @param {{ hashesStreams?: boolean, hashed?: (sha256: string | undefined) => void } & object} [options] hashed: what the platform's
 *   SHA-256 of each file was, as in a browser, which has to ask the engine for it
 */
export function tinyEngine({ files, manifest }, { hashesStreams = true, hashed = () => {}, ...options } = {}) {
    const streamModelFile = async function* ({ path }, { onBytes, onSha256, sha256 }) {
        if (!files[path]) throw new AcgError('NOT_FOUND', `The model file ${path} is missing`);
        onBytes(files[path].length);
        yield* inPieces(new Uint8Array(files[path]));
        if (path.endsWith('.safetensors')) hashed(await sha256?.());
        onSha256?.(createHash('sha256').update(files[path]).digest('hex'));
    };
    const platform = { ...nodePlatform(), readManifest: async () => manifestOf(manifest.models), streamModelFile, hashesStreams };
    return createClient(platform, options);
}

export function cosine(a, b) {
    const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

export function assertVector(found, wanted) {
    assert.ok(found instanceof Float32Array);
    assert.equal(found.length, wanted.length);
    assert.ok(cosine(found, wanted) >= 0.99999, `cosine ${cosine(found, wanted)}`);
    const largest = Math.max(...wanted.map(Math.abs));
    const error = Math.max(...wanted.map((value, i) => Math.abs(value - found[i]))) / largest;
    assert.ok(error < 1e-4, `largest error ${error} of the largest value`);
}
