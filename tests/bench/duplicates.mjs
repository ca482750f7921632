// How many of the variants of pictures the perceptual hash finds, and how many of what it finds are none: the table of docs/guide/search.md.
// Needs the Python environment of `npm run convert:setup`. node tests/bench/duplicates.mjs [--pictures 200]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { python } from '../../models/convert/python.mjs';
import { indexEngine, openIndex } from '../js/index_support.mjs';

const { values } = parseArgs({ options: { pictures: { type: 'string', default: '200' } } });
const count = Number(values.pictures);
const VARIANTS = ['resize', 'jpeg', 'crop', 'flip', 'bright'];
/** Pairs among a picture and its variants. */
const PAIRS = ((VARIANTS.length + 1) * VARIANTS.length) / 2;

const folder = mkdtempSync(join(tmpdir(), 'acg2vec-duplicates-'));
try {
    mkdirSync(join(folder, 'in'));
    execFileSync(python(), [fileURLToPath(new URL('duplicates_pictures.py', import.meta.url)), join(folder, 'in'), String(count)]);
    const engine = await indexEngine();
    const index = await openIndex(engine, join(folder, 'index.db'));
    await index.sync(join(folder, 'in'));
    console.log(`| bits | precision | recall | ${VARIANTS.join(' | ')} |`);
    for (const distance of [32, 48, 64, 80, 96]) console.log(rowOf(distance, await index.duplicates({ distance, minCosine: -1 })));
    await index.close();
    await engine.close();
} finally {
    rmSync(folder, { recursive: true, force: true });
}

function rowOf(distance, groups) {
    let [right, wrong] = [0, 0];
    const found = Object.fromEntries(VARIANTS.map((variant) => [variant, 0]));
    for (const { best, others } of groups) {
        const members = [best, ...others].map(({ path }) => /^(\d+)-(\w+)/.exec(basename(path)).slice(1));
        for (const [i, [a]] of members.entries()) for (const [b] of members.slice(i + 1)) a === b ? right++ : wrong++;
        const originals = new Set(members.filter(([, kind]) => kind === 'original').map(([number]) => number));
        for (const [number, kind] of members) if (kind !== 'original' && originals.has(number)) found[kind]++;
    }
    const [precision, recall] = [right / (right + wrong), right / (count * PAIRS)];
    return `| ${distance} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${Object.values(found).join(' | ')} |`;
}
