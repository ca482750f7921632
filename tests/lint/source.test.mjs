// The rules of the house that a script can check: who may include whom, what a file may export, and what never enters a file.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const filesOf = (folder, pattern) =>
    readdirSync(join(root, folder), { recursive: true })
        .map((name) => `${folder}/${name}`)
        .filter((path) => pattern.test(path));

const sources = filesOf('src', /\.[ch]$/);

// folder -> the folders of src it may include, besides itself
const layers = {
    core: [],
    image: ['core'],
    text: ['core'],
    weights: ['core'],
    ops: ['core'],
    nets: ['core', 'ops', 'weights'],
    pipeline: ['core', 'image', 'text', 'nets'],
    search: ['core'],
    colour: [],
    api: ['core', 'nets', 'pipeline', 'search'],
};

// third-party header -> the only files that may include it
const thirdParty = [
    [/^xnnpack/, /^src\/ops\/(\w+_)?xnn\.[ch]$/],
    [/^pthreadpool/, /^src\/core\/parallel\.c$/],
    [/^(png|zlib|webp\/|stb_|jpeglib|jerror|gif_lib)/, /^src\/image\//],
    [/^lcms2/, /^src\/colour\//],
    [/^emscripten/, /^src\/api\//],
    [/^wasm_simd128/, /^src\/core\/simd\.h$/],
];

function includesOf(path) {
    return [...read(path).matchAll(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm)].map((found) => ({
        quoted: found[1] === '"',
        name: found[2],
    }));
}

function check(violations) {
    if (violations.length) throw new Error(violations.join('\n'));
}

it('each folder of src includes only the layers below it', () => {
    check(
        sources.flatMap((path) => {
            const own = path.split('/')[1];
            if (!layers[own]) return [`${path}: src/${own} has no place among the layers`];
            return includesOf(path)
                .filter(({ quoted }) => quoted)
                .filter(({ name }) => name.split('/')[0] !== own && !layers[own].includes(name.split('/')[0]))
                .map(({ name }) => `${path} includes "${name}"`);
        }),
    );
});

it('third-party headers are included only where they belong', () => {
    check(
        sources.flatMap((path) =>
            includesOf(path).flatMap(({ name }) =>
                thirdParty.filter(([header, allowed]) => header.test(name) && !allowed.test(path)).map(() => `${path} includes <${name}>`),
            ),
        ),
    );
});

it('file names are unique in src', () => {
    const seen = new Map();
    check(
        sources.flatMap((path) =>
            seen.has(basename(path)) ? [`${path} and ${seen.get(basename(path))}`] : (seen.set(basename(path), path), []),
        ),
    );
});

it('foo.c exports only foo_*, and the ABI only acg_*', (t) => {
    // not all of build: the benchmarks' sites in it have links that lead back to it
    if (!existsSync(join(root, 'build/native'))) return t.skip('the native build is not there');
    const objects = filesOf('build/native', /CMakeFiles\/\w+\.dir\/src\/\w+\/\w+\.c\.o$/);
    check(
        objects
            .filter((path) => existsSync(join(root, /src\/\w+\/\w+\.c/.exec(path)[0])))
            .flatMap((path) => {
                const stem = /(\w+)\.c\.o$/.exec(path)[1];
                const symbols = execFileSync('nm', ['-g', '--defined-only', join(root, path)], { encoding: 'utf8' });
                return [...symbols.matchAll(/^\w+ [TDBRC] (\w+)$/gm)]
                    .map((found) => found[1])
                    .filter((name) => name !== stem && !name.startsWith(`${stem}_`) && !/^_*(asan|odr|ubsan|sancov)/.test(name))
                    .map((name) => `${stem}.c exports ${name}`);
            }),
    );
});

// Types in comments lead anywhere.
const importsOf = (path) =>
    [
        ...read(path)
            .replaceAll(/\/\*[\s\S]*?\*\//g, '')
            .matchAll(/(?<![-\w])(?:from|import)\s*\(?\s*'([^']+)'/g),
    ].map((found) => found[1]);

// room of js -> the rooms it may import from, besides itself and the files beside index.js
const rooms = {
    options: [],
    shared: [],
    models: ['shared'],
    client: ['models', 'options', 'shared'],
    index: ['client', 'models', 'options', 'shared'],
    worker: ['models', 'platform/browser', 'platform/node', 'shared'],
    'platform/browser': ['models', 'shared'],
    'platform/node': ['models', 'shared'],
    cli: ['client', 'models', 'options', 'platform/node', 'shared'],
};
const roomOf = (path) => /^js\/(platform\/\w+|\w+)\/.+\.js$/.exec(path)?.[1];

it('each room of js imports only from those it may know: the client never from the worker', () => {
    check(
        filesOf('js', /\.js$/).flatMap((path) => {
            const own = roomOf(path);
            const others = importsOf(path)
                .filter((name) => name.startsWith('.'))
                .map((name) => join(dirname(path), name))
                .filter((other) => roomOf(other) && roomOf(other) !== own);
            if (!own) return others.filter((other) => roomOf(other) === 'worker').map((other) => `${path} imports ${other}`);
            if (!rooms[own]) return path === 'js/platform/platform.js' ? [] : [`${path}: js/${own} has no place among the rooms`];
            return others.filter((other) => !rooms[own].includes(roomOf(other))).map((other) => `${path} imports ${other}`);
        }),
    );
});

// folder of web -> the folders it may import from, besides itself; app/main.js joins them all
const webFolders = { app: ['ui', 'words'], files: ['words'], tabs: ['app', 'files', 'ui', 'words'], ui: ['words'], words: [] };
const webFolderOf = (path) => /^web\/(\w+)\/.+\.js$/.exec(path)?.[1];

it('the page imports only the package, a zip library and one for word clouds, and each of its folders only from those it may know', () => {
    const mayImport = (path, name) => {
        if (!name.startsWith('.')) return ['acg2vec', 'client-zip', 'd3-cloud'].includes(name);
        if (name.endsWith('.json')) return path === 'web/words/words.js';
        const [own, other] = [webFolderOf(path), webFolderOf(join(dirname(path), name))];
        return Boolean(other) && (own === other || path === 'web/app/main.js' || webFolders[own].includes(other));
    };
    check(
        filesOf('web', /\.js$/).flatMap((path) =>
            importsOf(path)
                .filter((name) => !mayImport(path, name))
                .map((name) => `${path} imports ${name}`),
        ),
    );
});

it('the server imports the package by its name, and nothing of the tree but its own folder', () => {
    check(
        filesOf('server', /^(?!.*node_modules).*\.js$/).flatMap((path) =>
            importsOf(path)
                .filter((name) => name.startsWith('.') && !join(dirname(path), name).startsWith('server/'))
                .map((name) => `${path} imports ${name}`),
        ),
    );
});

it("only the binding touches the engine's memory", () => {
    check(
        filesOf('js', /\.js$/)
            .filter((path) => !path.startsWith('js/worker/native/') && /HEAPU8|_acg_/.test(read(path)))
            .map((path) => `${path} touches the module's memory`),
    );
});

it('no file names a path of the machine or a registry host, or hides a long line', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const text = tracked.filter(
        (path) =>
            /\.(c|h|js|mjs|json|md|cmake|txt|css|html|py|env)$/.test(path) && path !== 'package-lock.json' && existsSync(join(root, path)),
    );
    check(
        text.flatMap((path) => {
            const lines = read(path).split('\n');
            return [
                ...lines.flatMap((line, i) =>
                    /registry\.npmjs|\/work\/|\/root\//.test(line) && !path.startsWith('tests/lint/')
                        ? [`${path}:${i + 1}: ${line.trim()}`]
                        : [],
                ),
                ...lines.flatMap((line, i) =>
                    /^src\/.*\.[ch]$/.test(path) && line.length > 140 ? [`${path}:${i + 1} is ${line.length} characters long`] : [],
                ),
            ];
        }),
    );
});

it('what runs in browsers uses nothing that Chromium 109 lacks, the last one for Windows 7', () => {
    const lacking = [
        /AbortSignal\.any\b/,
        /\.(toSorted|toReversed|toSpliced|isWellFormed|toWellFormed)\(/,
        /\b(Promise\.(withResolvers|try)|Array\.fromAsync|(Object|Map)\.groupBy|URL\.canParse|Iterator\.)/,
    ];
    const forNode = /^js\/(cli|platform\/node|worker\/\w*\/?\w*_node\.js|node\.js)/;
    const files = [...filesOf('js', /\.js$/), ...filesOf('web', /\.js$/)].filter((path) => !forNode.test(path));
    check(
        files.flatMap((path) => {
            const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
            return lacking.filter((pattern) => pattern.test(code)).map((pattern) => `${path} uses ${pattern.exec(code)[0]}`);
        }),
    );
});

it('no test waits for a promise that Playwright takes for true', () => {
    check(
        filesOf('tests', /\.mjs$/).filter((path) => /waitForFunction\(\s*async/.test(read(path)) && !path.endsWith('lint/source.test.mjs')),
    );
});
