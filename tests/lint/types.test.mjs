// The package's types: generated from the JSDoc under the compiler's strict rules, and usable by a program in TypeScript.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
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

/** What the package has of types, for the tests here. */
const generated = mkdtempSync(join(tmpdir(), 'acg2vec-types-'));
after(() => rmSync(generated, { recursive: true, force: true }));
before(() => {
    tsc('-p', 'tsconfig.json', '--outDir', generated);
    execFileSync(process.execPath, [join(root, 'cmake/prune_types.mjs'), generated]);
});

it('types are generated and a program can use them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-types-'));
    try {
        cpSync(generated, join(folder, 'types'), { recursive: true });
        if (existsSync(join(folder, 'types/native.d.ts'))) throw new Error('The types of the inside were left in the package');
        writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
        writeFileSync(join(folder, 'index.ts'), consumer.replace('../types', './types'));
        tsc('--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', join(folder, 'index.ts'));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});

/** The examples of the README, for a page and for Node, with what they take from around them. */
const [inPage, inNode] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
const AROUND = 'declare const file: File;\ndeclare const image: HTMLImageElement;\n';
const FORMATS = `
const { pixels } = await engine.upscale('small.png', { format: 'pixels' });
const { blob: none } = await engine.upscale('small.png', { onChunk: (chunk) => void chunk.length });
declare const format: 'png' | 'pixels';
const { blob: any } = await engine.upscale('small.png', { format });
export const types: [number, undefined, Blob | undefined] = [pixels.length, none, any];
// @ts-expect-error pixels are no file
pixels.stream();
`;

it("the README's examples compile, in every way to find a package, and without the types of browsers", () => {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-types-'));
    const modules = join(folder, 'node_modules');
    try {
        mkdirSync(join(modules, 'acg2vec'), { recursive: true });
        mkdirSync(join(modules, '@types'));
        for (const name of ['@types/node', 'undici-types']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
        cpSync(join(root, 'package.json'), join(modules, 'acg2vec/package.json'));
        cpSync(generated, join(modules, 'acg2vec/types'), { recursive: true });
        writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
        writeFileSync(join(folder, 'page.ts'), AROUND + inPage);
        writeFileSync(join(folder, 'node.ts'), inNode.replace('await engine.close();', `${FORMATS}await engine.close();`));
        writeFileSync(join(folder, 'common.cts'), "import { createEngine } from 'acg2vec';\nexport const start = createEngine;\n");
        const nodenext = ['--module', 'nodenext'];
        const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
        const strict = ['--noEmit', '--strict', '--target', 'es2022'];
        for (const way of [nodenext, bundler]) {
            tsc(...strict, ...way, join(folder, 'page.ts'));
            tsc(...strict, ...way, '--lib', 'es2023', '--types', 'node', '--typeRoots', join(modules, '@types'), join(folder, 'node.ts'));
        }
        tsc(...strict, ...nodenext, join(folder, 'common.cts'));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
