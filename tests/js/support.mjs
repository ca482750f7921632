// Shared by the tests: making and reading pictures, comparisons, temporary folders, the command line as a child process.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { AcgError } from '../../js/errors.js';
import { findModel } from '../../js/models/manifest.js';
import { takeEach } from '../../js/models/stream.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { serveFlakily } from '../flaky_server.mjs';

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const CLI = join(ROOT, 'js/cli.js');
export const golden = (name) => join(ROOT, 'tests/golden', name);
export const readGolden = (name) => readFileSync(golden(name));

/** A folder that is removed when the test `context` ends, or the file, given `{ after }` of node:test. */
export function temporaryFolder(context) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-test-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** The token of an ended process in the names of its unfinished files (js/platform/node/temporary.js). */
export function tokenOfKilled() {
    const script = `import('${new URL('../../js/platform/node/temporary.js', import.meta.url)}').then(({ temporaryToken }) => process.stdout.write(temporaryToken()))`;
    return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
}

/** false if the weights are there or can be fetched, else the reason to skip a test that needs them. */
export async function weightsMissing(scales = [2, 3, 4]) {
    const manifest = await readManifest();
    const models = scales.map((scale) => findModel(manifest, { model: 'se', scale, denoise: 'conservative' }));
    return modelMissing(models.flatMap(({ files }) => files));
}

/** The same for the files of one model in the manifest. */
export async function modelMissing(files) {
    try {
        for (const file of files) await readModelFile(file, { resolveUrl: String });
        return false;
    } catch (error) {
        if (error.code !== 'NOT_FOUND') throw error;
        return error.message;
    }
}

/** Decoded by pngjs, which always makes RGBA; `hasAlpha`: whether the file has alpha. */
export function decodePng(bytes) {
    const { width, height, data, alpha } = PNG.sync.read(Buffer.from(bytes));
    return { width, height, data, hasAlpha: alpha };
}

/** A PNG of 8-bit samples, from `pixel(x, y)` that gives 3 (RGB) or 4 (RGBA) of them. */
export function makePng(width, height, pixel) {
    return pngOf(pngHeader(width, height, pixel(0, 0).length), width, height, [pngData(width, height, pixel)]);
}

/** An animated PNG of whole frames { pixel, delay: [numerator, denominator] }; the data of frame `spoil` is broken. */
export function makeApng(width, height, frames, loops, { spoil } = {}) {
    const numbers = (...values) => Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
    let sequence = 0;
    const chunks = frames.flatMap(({ pixel, delay: [numerator, denominator] }, i) => {
        const delay = Buffer.from([numerator >> 8, numerator, denominator >> 8, denominator, 0, 0]);
        const control = Buffer.concat([numbers(sequence++, width, height, 0, 0), delay]);
        const data = pngData(width, height, pixel);
        if (i === spoil) data.fill(0xff, 2);
        return [pngChunk('fcTL', control), i === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', Buffer.concat([numbers(sequence++), data]))];
    });
    return Buffer.concat([
        PNG_SIGNATURE,
        pngChunk('IHDR', pngHeader(width, height, frames[0].pixel(0, 0).length)),
        pngChunk('acTL', numbers(frames.length, loops)),
        ...chunks,
        pngChunk('IEND', Buffer.alloc(0)),
    ]);
}

/** A PNG with the given IHDR, except for its size, and the given compressed data. */
export function pngOf(header, width, height, parts) {
    const sized = Buffer.from(header);
    sized.writeUInt32BE(width, 0);
    sized.writeUInt32BE(height, 4);
    return Buffer.concat([
        PNG_SIGNATURE,
        pngChunk('IHDR', sized),
        ...parts.map((part) => pngChunk('IDAT', part)),
        pngChunk('IEND', Buffer.alloc(0)),
    ]);
}

/** A PNG with additional chunks [type, data] before its pixels. */
export function withChunks(png, chunks) {
    const at = PNG_SIGNATURE.length + 25; // after IHDR
    return Buffer.concat([png.subarray(0, at), ...chunks.map(([type, data]) => pngChunk(type, data)), png.subarray(at)]);
}

/** The chunks of a PNG, { type, data }. */
export function chunksOf(png) {
    const chunks = [];
    for (let at = PNG_SIGNATURE.length; at < png.length; ) {
        const end = at + 8 + png.readUInt32BE(at);
        chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, end) });
        at = end + 4;
    }
    return chunks;
}

function pngHeader(width, height, channels) {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
    return header;
}

function pngData(width, height, pixel) {
    const row = (y) => [0, ...Array.from({ length: width }, (_, x) => pixel(x, y)).flat()];
    return deflateSync(Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat()));
}

function pngChunk(type, body) {
    const chunk = Buffer.alloc(body.length + 12);
    chunk.writeUInt32BE(body.length, 0);
    chunk.write(type, 4, 'latin1');
    body.copy(chunk, 8);
    chunk.writeUInt32BE(crc32(chunk.subarray(4, body.length + 8)), body.length + 8);
    return chunk;
}

/** PSNR in dB (Infinity if equal) and the largest difference, over two sequences of samples 0 to 255. */
export function compare(actual, expected) {
    if (actual.length !== expected.length) throw new Error(`${actual.length} samples are compared with ${expected.length}`);
    let squares = 0;
    let maxDiff = 0;
    for (let i = 0; i < actual.length; i++) {
        const diff = Math.abs(actual[i] - expected[i]);
        squares += diff * diff;
        maxDiff = Math.max(maxDiff, diff);
    }
    return { psnr: 10 * Math.log10((255 * 255 * actual.length) / squares), maxDiff };
}

/** The RGB samples of a part of a decoded picture, interleaved. */
export function rgbCrop({ data, width }, x, y, w, h) {
    const samples = [];
    for (let row = y; row < y + h; row++) {
        for (let column = x; column < x + w; column++) samples.push(...data.subarray((row * width + column) * 4).subarray(0, 3));
    }
    return samples;
}

/** A golden crop, planar float32 of 64 x 64, as the interleaved bytes that it should become. */
export function readGoldenCrop(name) {
    const bytes = readGolden(name);
    const plane = 64 * 64;
    return Array.from({ length: plane * 3 }, (_, i) => {
        const value = bytes.readFloatLE(4 * ((i % 3) * plane + Math.floor(i / 3)));
        return Math.min(255, Math.max(0, Math.floor(255 * value + 0.5)));
    });
}

/** Runs `acg2vec args…` to its end. `started(child)` may send signals to it. */
export function acg2vec(args, { env = {}, cwd, started } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...process.env, ...env } });
        const texts = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (texts[name] += data));
        child.on('error', reject);
        child.on('close', (status, signal) => resolve({ status, signal, ...texts }));
        started?.(child);
    });
}

/**
 * A server that fails in the ways that a test sets, for all tests of a file; and an empty cache for each test.
 * @param {Buffer} content
 */
export async function shareServer(content) {
    const server = await serveFlakily(content);
    const saved = { ...process.env };
    after(async () => {
        await server.close();
        process.env = saved;
    });
    beforeEach((context) => {
        process.env.XDG_CACHE_HOME = temporaryFolder(context);
        delete process.env.ACG2VEC_MODELS;
        server.reset();
    });
    return server;
}

/** Takes the first piece of a model, and refuses it like the engine refuses an unknown network. */
export async function refuse(pieces) {
    const error = new AcgError('BAD_FORMAT', 'no such network');
    await assert.rejects(
        takeEach(pieces, async () => {
            throw error;
        }),
        error,
    );
}
