// Runs after the linker on the JavaScript that loads a build: `node cmake/loader.mjs dist/wasm/acg2vec-simd.js`. Emscripten's code for Node
// and threads breaks bundlers: they follow its imports of Node's modules, and bundle its worker. Here the caller of the loader
// (js/worker/entry_*.js, thread_*.js) provides both, and the memory that threads share. The module does nothing until it is called.
import { readFileSync, writeFileSync } from 'node:fs';

/** The replacements. */
const CHANGES = [
    [/await import\("(?:node:)?module"\)/g, 'await moduleArg.nodeModule()'],
    [/new Worker\(new URL\("[^"]*",\s*import\.meta\.url\),\s*(?:\{[^}]*\}|workerOptions)\)/g, 'moduleArg.startThread()'],
    [/new WebAssembly\.Memory\((?=\{)/g, 'moduleArg.newMemory('],
    [/(?<![\w.$"'])process(?=[.=])/g, 'globalThis.process'], // bundlers replace a bare `process`
    [/var isPthread\s*=[\s\S]*isPthread\s*&&\s*Module\(\);?\s*$/g, ''],
];
const LEFT = /\bimport\s*\(|new Worker\(|isPthread/;

/** @param {string} text of a loader, as the linker wrote it or already changed */
export function changed(text) {
    for (const [pattern, replacement] of CHANGES) text = text.replace(pattern, replacement);
    const left = LEFT.exec(text);
    if (left || !text.includes('moduleArg.nodeModule()')) {
        throw new Error(`Expected a loader of a form that cmake/loader.mjs knows but found ${left?.[0] ?? 'no import of module'} in it.`);
    }
    return text;
}

const [file] = process.argv.slice(2);
if (file) writeFileSync(file, changed(readFileSync(file, 'utf8')));
