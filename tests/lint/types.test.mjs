// The package's types: generated from the JSDoc under the compiler's strict rules, and usable by a program in TypeScript.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function tsc(...args) {
    try {
        execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: root, encoding: 'utf8' });
    } catch (error) {
        throw new Error(error.stdout || error.message);
    }
}

const consumer = `
import { createEngine, AcgError, type Engine } from '../types/index.js';
const engine: Engine = await createEngine({ threads: 2 });
const out = await engine.upscale(new Uint8Array(), { scale: 2, denoise: 'conservative', onProgress: ({ done, total }) => void (done / total) });
const size: number = out.width * out.height;
const blob: Blob | undefined = out.blob;
const { ms, memory } = await engine.plan(new Uint8Array(), { scale: 4 });
const seconds: number = ms / 1000 + memory;
const scores = await engine.score([new Uint8Array()]);
const { label, probabilities }: { label: string, probabilities: number[] } = scores[0].bookmark;
const tags: { name: string, score: number }[] = await engine.tag(new Uint8Array(), { threshold: 0.3 });
const { vectors } = await engine.describe(new Uint8Array(), { embed: ['illust2vec'] });
const vector: Float32Array | undefined = vectors?.illust2vec;
// @ts-expect-error there is no such scale
await engine.upscale(new Uint8Array(), { scale: 5 });
await engine.close();
export { size, seconds, blob, label, probabilities, tags, vector, AcgError };
`;

it('the server has types, and uses those of the package', () => {
    tsc('-p', 'server/tsconfig.json');
});

it('types are generated and a program can use them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-types-'));
    try {
        tsc('-p', 'tsconfig.json', '--outDir', join(folder, 'types'));
        execFileSync(process.execPath, [join(root, 'cmake/prune_types.mjs'), join(folder, 'types')]);
        if (existsSync(join(folder, 'types/native.d.ts'))) throw new Error('The types of the inside were left in the package');
        writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
        writeFileSync(join(folder, 'index.ts'), consumer.replace('../types', './types'));
        tsc('--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', join(folder, 'index.ts'));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
