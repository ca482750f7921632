// `npm run fuzz -- [--seconds 300] [--bits 64|32] [harness…]`: builds the harnesses, and runs the given ones or all for this time.
// `npm run fuzz -- --repeat build/fuzz/findings/64/NAME/FILE` runs one input again and shows the full output.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { harnesses, writeSeeds } from './seeds.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../..');
const folder = join(root, 'build/fuzz');

// An input that takes more than ten seconds of the processor's time is a finding (fuzz.c). This, by the clock, is for those that wait forever;
// a busy machine makes a hundred seconds of three.
const MOST_SECONDS = 600;

/** Of a harness: the longest input, and words that help. */
const settings = {
    image: { longest: 8192, words: 'picture.dict' },
    frames: { longest: 8192, words: 'picture.dict' },
    metadata: { longest: 2048, words: 'picture.dict' },
    colour: { longest: 8192 },
    json: { longest: 2048, words: 'json.dict' },
    ncnn: { longest: 4096, words: 'ncnn.dict' },
    safetensors: { longest: 8192, words: 'json.dict' },
    search: { longest: 1024 },
    models: { longest: 128 },
    clean: { longest: 1024, words: 'text.dict' },
    tokens: { longest: 1024, words: 'text.dict' },
    vocabulary: { longest: 4096, words: 'json.dict' },
    api: { longest: 512 },
};

class UsageError extends Error {}

function readArguments() {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { seconds: { type: 'string', default: '300' }, bits: { type: 'string', default: '64' }, repeat: { type: 'string' } },
    });
    const seconds = Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < 1)
        throw new UsageError(`Expected a number of seconds from 1 but received ${values.seconds}.`);
    if (values.bits !== '64' && values.bits !== '32') throw new UsageError(`Expected 64 or 32 for --bits but received ${values.bits}.`);
    const unknown = positionals.find((name) => !harnesses.includes(name));
    if (unknown) throw new UsageError(`Expected one of ${harnesses.join(', ')} but received ${unknown}.`);
    return { seconds, bits: values.bits, repeat: values.repeat, wanted: positionals.length ? positionals : harnesses };
}

function build(bits) {
    const done = spawnSync(process.execPath, [join(root, 'cmake/build.mjs'), presetOf(bits)], { stdio: 'inherit' });
    if (done.status !== 0) throw new UsageError('The harnesses could not be built.');
}

const presetOf = (bits) => (bits === '32' ? 'fuzz32' : 'fuzz');
const programOf = (name, bits) => join(root, 'build', presetOf(bits), 'tests/fuzz', `${name}_fuzz`);

/** Too large allocations fail, as in WebAssembly, so that this case is tested, too. */
function environment(bits) {
    return {
        ...process.env,
        ASAN_OPTIONS: `allocator_may_return_null=1:max_allocation_size_mb=${bits === '32' ? 256 : 512}:detect_stack_use_after_return=0`,
        UBSAN_OPTIONS: 'print_stacktrace=1',
    };
}

const limits = [`-timeout=${MOST_SECONDS}`, '-rss_limit_mb=2560'];

function run(name, bits, args) {
    const done = spawnSync('nice', ['-n', '10', programOf(name, bits), ...limits, ...args], {
        env: environment(bits),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
    });
    if (done.error) throw done.error;
    return { status: done.status, words: done.stderr };
}

/** Searches for `seconds`; the inputs that reach something new are kept for the next time. */
function search(name, bits, seconds) {
    const corpus = join(folder, 'corpus', name);
    const findings = join(folder, 'findings', bits, name);
    const { longest, words } = settings[name];
    mkdirSync(corpus, { recursive: true });
    mkdirSync(findings, { recursive: true });
    const args = [`-max_total_time=${seconds}`, `-max_len=${longest}`, '-print_final_stats=1', `-artifact_prefix=${findings}/`];
    if (words) args.push(`-dict=${join(here, words)}`);
    // earlier findings are tried first
    return run(name, bits, [...args, corpus, findings, join(folder, 'seeds', name)]);
}

const first = (pattern, words) => pattern.exec(words)?.[1];

/** The message of libFuzzer or a sanitizer about a finding. */
function reportIn(words) {
    const at = words.search(/.*(?:: broken: |runtime error: |Assertion `|ERROR: )/);
    return at < 0 ? '' : words.slice(at);
}

/** A short description of the error. */
function nameFault(words) {
    return (
        first(/: (broken: .+)/, words) ??
        first(/(Assertion `.+?' failed)/, words) ??
        first(/libFuzzer: (timeout .+)/, words) ??
        first(/(runtime error: .+)/, words) ??
        first(/SUMMARY: \w+: (.+)/, words)?.replaceAll(`${root}/`, '') ??
        'it ended without a word'
    );
}

const place = (words) => first(/((?:src|tests)\/\w+\/\w+\.[ch]:\d+)/, words);

/** How many of the program's branches were reached; those of libraries that this door never opens count too. */
function coverageIn(words) {
    const reached = Number([...words.matchAll(/ cov: (\d+)/g)].at(-1)?.[1] ?? 0);
    const all = Number(first(/\((\d+) inline 8-bit counters\)/, words));
    return `${reached.toLocaleString('en')} of ${all.toLocaleString('en')} branches`;
}

function tell(name, _bits, { status, words }) {
    const runs = Number(first(/stat::number_of_executed_units:\s*(\d+)/, words) ?? 0).toLocaleString('en');
    const speed = first(/stat::average_exec_per_sec:\s*(\d+)/, words) ?? '?';
    const isInterrupted = words.includes('libFuzzer: run interrupted');
    if (status === 0 || isInterrupted) {
        console.log(`${name}: ${runs} runs, ${speed} a second, ${coverageIn(words)}, no finding${isInterrupted ? ', interrupted' : ''}.`);
        return true;
    }
    const file = first(/Test unit written to (\S+)/, words);
    const path = file && relative(root, file);
    const repeat = path ? ` Repeat it (${statSync(file).size} bytes) with: npm run fuzz -- --repeat ${path}` : `\n${words.slice(-2000)}`;
    const report = reportIn(words);
    console.log(`${name}: found "${nameFault(report)}"${place(report) ? ` at ${place(report)}` : ''} after ${runs} runs.${repeat}`);
    return false;
}

/** The path of a finding contains the harness and the build that found it. */
function repeat(path) {
    const name = basename(dirname(resolve(path)));
    const bits = basename(dirname(dirname(resolve(path))));
    if (!existsSync(path) || !harnesses.includes(name) || !/^(32|64)$/.test(bits))
        throw new UsageError(`Expected the path of a finding, as build/fuzz/findings/64/image/crash-…, but received ${path}.`);
    build(bits);
    const { status, words } = run(name, bits, [resolve(path)]);
    console.log(words);
    return status === 0;
}

function main() {
    const { seconds, bits, repeat: path, wanted } = readArguments();
    if (path) return repeat(path);
    build(bits);
    writeSeeds(join(folder, 'seeds'));
    return wanted.map((name) => tell(name, bits, search(name, bits, seconds))).every(Boolean);
}

try {
    process.exitCode = main() ? 0 : 1;
} catch (error) {
    if (!(error instanceof UsageError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
    console.error(error.message);
    process.exitCode = 2;
}
