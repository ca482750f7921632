// Shared by the tests of the index: an engine with tiny networks whose SHA-256 are known, folders of small pictures, and exact results in
// float64.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import load from '@sqlite.org/sqlite-wasm';
import { createIndex } from '../../js/node.js';
import { installNodeFiles, VFS_NAME } from '../../js/platform/node/sqlite_files.js';
import { Sqlite } from '../../js/worker/database/sqlite.js';
import { clipModel } from './clip_files.mjs';
import { convnetModels } from './convnet_files.mjs';
import { makePng, readGolden } from './support.mjs';
import { entry, tinyEngine } from './tiny_engine.mjs';

const read = (name) => readGolden(`acgvoc2vec/${name}`);

/** Of the tiny CLIP, DeepDanbooru, pix2score and acgvoc2vec. `changed`: other bytes for some of their files. */
export function indexEngine(changed = {}) {
    const clip = clipModel();
    const convnets = convnetModels();
    const words = { 'acgvoc2vec/model.safetensors': read('model.safetensors'), 'acgvoc2vec/tokenizer.json': read('tokenizer.json') };
    const files = { ...clip.files, ...convnets.files, ...words, ...changed };
    const acgvoc2vec = entry(files, 'acgvoc2vec', 'distilbert', 'acgvoc2vec', Object.keys(words));
    return tinyEngine({ files, manifest: { models: [...clip.manifest.models, ...convnets.models, acgvoc2vec] } });
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A picture of flat areas that differs for each number. */
export function picture(number, width = 32, height = 24) {
    const random = randomOf(number + 1);
    const [a, b, c] = [0, 1, 2].map(() => [random() * 255, random() * 255, random() * 255].map(Math.floor));
    const [x0, y0] = [random() * width, random() * height];
    return makePng(width, height, (x, y) => (x < x0 ? a : y < y0 ? b : c));
}

/** Numbers from 0 to 1 that are the same each time. */
export function randomOf(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), state | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** Writes files: { 'a/b.png': bytes }. */
export function writeFiles(folder, files) {
    for (const [name, bytes] of Object.entries(files)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
    }
}

export const openIndex = (engine, location, options = {}) => createIndex({ engine, location, ...options });

/** float16 to float64, by its definition. */
export function halfToNumber(bits) {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function cosine(a, b) {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
}

/** Runs a statement with SQLite directly, without the index. */
export function query(path, sql, values = []) {
    const sqlite = new Sqlite(sqlite3, { name: path, path, vfs: VFS_NAME }, { create: true, readOnly: false });
    try {
        return sqlite.all([sql, values]);
    } finally {
        sqlite.close();
    }
}

const sqlite3 = await load();
installNodeFiles(sqlite3);
