// `npm run format`: formats C, JavaScript, CSS, JSON and Python. `npm run format -- --check` changes nothing and ends with 1 if a file is
// not formatted or a linter reports something.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format as clangFormat } from '@wasm-fmt/clang-format';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { root } from './setup/shell.mjs';

// Generated files.
const GENERATED = /_tables\.h$|html_names\.h$/;

const cStyle = readFileSync(join(root, '.clang-format'), 'utf8');
const python = new Workspace(
    {
        'line-length': 140,
        'indent-width': 4,
        format: { 'quote-style': 'single' },
        lint: { select: ['E4', 'E7', 'E9', 'F', 'B'], ignore: ['E731', 'B905'] },
    },
    PositionEncoding.Utf16,
);

/** The formatter and the linter of each kind of file. */
const kinds = [
    { names: /\.[ch]$/, format: (text, path) => clangFormat(text, path, cStyle), lint: () => [] },
    {
        names: /\.py$/,
        format: (text) => python.format(text),
        lint: (text) => python.check(text).map(({ code, message, start_location: { row } }) => `${row}: ${code} ${message}`),
    },
];

function files() {
    const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
    return listed.stdout.split('\n').filter((path) => path && !GENERATED.test(path) && existsSync(join(root, path)));
}

/** Formats a file unless `checks`. Returns the reports on it. */
function treat(path, { format, lint }, checks) {
    const text = readFileSync(join(root, path), 'utf8');
    const formatted = format(text, path);
    const said = lint(formatted).map((words) => `${path}:${words}`);
    if (formatted === text) return said;
    if (!checks) writeFileSync(join(root, path), formatted);
    return checks ? [`${path} is not formatted`, ...said] : said;
}

/** Biome reads its own settings: biome.json. */
function runBiome(checks) {
    const program = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const command = checks ? ['ci', '--error-on-warnings', '--colors=off'] : ['format', '--write', '--colors=off'];
    return spawnSync(process.execPath, [program, ...command], { cwd: root, stdio: 'inherit' }).status === 0;
}

const checks = process.argv.includes('--check');
const said = files().flatMap((path) => kinds.filter(({ names }) => names.test(path)).flatMap((kind) => treat(path, kind, checks)));
for (const line of said) console.error(line);
const isBiomeContent = runBiome(checks);
process.exitCode = said.length || !isBiomeContent ? 1 : 0;
