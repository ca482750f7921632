// The worker of the decoders in Node: only the binding of its port and its libraries, whose files it reads itself.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { answerWith } from './answer.js';
import { orMissing } from './packages.js';

const { resolve } = createRequire(import.meta.url);

/** Compiled once. @type {WebAssembly.Module | undefined} */
let avifModule;

const libraries = {
    avif: () =>
        orMissing('avif', '', async () => {
            const { default: create } = /** @type {any} */ (await import('@jsquash/avif/codec/dec/avif_dec.js'));
            avifModule ??= new WebAssembly.Module(readFileSync(resolve('@jsquash/avif/codec/dec/avif_dec.wasm')));
            return create({ noInitialRun: true, print: () => {}, printErr: () => {}, instantiateWasm: instantiate(avifModule) });
        }),
    jxl: () =>
        orMissing('jxl', '', async () => {
            const library = /** @type {any} */ (await import('jxl-oxide-wasm'));
            const folder = dirname(resolve('jxl-oxide-wasm/package.json'));
            library.initSync({ module: readFileSync(join(folder, 'jxl_oxide_wasm_bg.wasm')) });
            return library;
        }),
};

/** @param {WebAssembly.Module} module */
function instantiate(module) {
    return (/** @type {WebAssembly.Imports} */ imports, /** @type {(instance: WebAssembly.Instance) => void} */ receive) => {
        const instance = new WebAssembly.Instance(module, imports);
        receive(instance);
        return instance.exports;
    };
}

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const answer = answerWith((message, transfer) => port.postMessage(message, /** @type {any} */ (transfer)), libraries);
port.on('message', (message) => void answer(message));
