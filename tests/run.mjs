// `npm test`: every *.test.mjs under tests/, one file for each core at a time (at most 4, because browsers need memory). Prints a line for
// each test in the order of the files, and a last line with the counts. Arguments choose files by a part of their path:
// `npm test -- browser`. `--convert` runs the converters' tests too, which need the Python environment of `npm run convert`; `--install`
// those of the package in every bundler, framework and runtime, which are installed for them; `--browsers` those of the page in other browsers;
// `--milvus` those with a server of Milvus; `--balanced` those with several services behind nginx.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
// Cheap tests first, expensive ones last.
const order = ['lint', 'c', 'js', 'server', 'browser', 'install'];
const more = {
    '--convert': 'convert',
    '--install': 'install/more',
    '--browsers': 'browser/more',
    '--milvus': 'server/milvus',
    '--balanced': 'server/balanced',
};
/** A file that takes longer hangs, for example because a server or a browser was not closed: it is ended, and has failed. */
const FILE_MS = 30 * 60e3;
const args = process.argv.slice(2);
const wanted = args.filter((arg) => !more[arg]);
order.push(...args.flatMap((arg) => more[arg] ?? []));

const files = order
    .flatMap((folder) => readdirSync(join(here, folder)).map((name) => join(here, folder, name)))
    .filter((path) => path.endsWith('.test.mjs') && (!wanted.length || wanted.some((part) => path.slice(here.length).includes(part))));

const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = [];

// A file and a test with subtests pass or fail with their subtests: only tests without subtests are counted.
const parents = new Set();
const keyOf = ({ file, line, column, name }) => `${file}:${line}:${column}:${name}`;

const stream = run({ files, concurrency: Math.min(availableParallelism(), 4), timeout: FILE_MS });
let open = [];
stream.on('test:start', (event) => {
    open = open.slice(0, event.nesting);
    if (event.nesting > 0 && open[event.nesting - 1]) parents.add(open[event.nesting - 1]);
    open[event.nesting] = keyOf(event);
});
function count(event, outcome) {
    if (event.skip !== undefined && event.skip !== false) {
        counts.skipped++;
        skips.push(`${event.name}${typeof event.skip === 'string' ? `: ${event.skip}` : ''}`);
        return;
    }
    const isParent = parents.has(keyOf(event)) || event.details.type === 'suite';
    if (isParent && (outcome === 'passed' || event.details.error?.failureType === 'subtestsFailed')) return;
    counts[outcome]++;
}
stream.on('test:pass', (event) => count(event, 'passed'));
stream.on('test:fail', (event) => count(event, 'failed'));
stream.on('end', () => {
    // The reporter's last output comes after the end of its input.
    setTimeout(() => {
        if (skips.length) console.log(`\nskipped:\n${skips.map((line) => `  ${line}`).join('\n')}`);
        console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
        process.exitCode = counts.failed || counts.passed === 0 ? 1 : 0;
    }, 50);
});
stream.compose(new spec()).pipe(process.stdout);
