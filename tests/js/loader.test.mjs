// What cmake/loader.mjs makes of an emscripten's loader, in the forms of several versions; and that it refuses one that it does not know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed } from '../../cmake/loader.mjs';

const threads = (start, tail) =>
    `async function(moduleArg={}){if(typeof process=="object"&&process.type!="renderer"){const{createRequire}=await import("module")}worker=${start};wasmMemory=new WebAssembly.Memory({initial:2,shared:true})}` +
    `export default Module;${tail}`;
const STARTS = [
    'new Worker(new URL("acg2vec-simd-threads.js",import.meta.url),{type:"module",workerData:"em-pthread",name:"em-pthread"})',
    'new Worker(new URL("acg2vec-simd-threads.js", import.meta.url), workerOptions)',
];
const TAILS = [
    "\nvar isPthread = globalThis.self?.name?.startsWith('em-pthread');\nif (isNode) isPthread = (await import('worker_threads')).workerData === 'em-pthread';\n\nisPthread && Module();\n",
    'var isPthread=globalThis.name?.startsWith("em-pthread");isNode&&(isPthread=(await import("worker_threads")).workerData==="em-pthread");isPthread&&Module();',
];

test("a loader asks its caller for Node's modules and for threads, and does nothing by itself", () => {
    for (const start of STARTS) {
        for (const tail of TAILS) {
            const text = changed(threads(start, tail));
            assert.equal(
                text,
                'async function(moduleArg={}){if(typeof globalThis.process=="object"&&globalThis.process.type!="renderer")' +
                    '{const{createRequire}=await moduleArg.nodeModule()}worker=moduleArg.startThread();wasmMemory=moduleArg.newMemory({initial:2,shared:true})}export default Module;' +
                    (tail.startsWith('\n') ? '\n' : ''),
            );
            assert.equal(changed(text), text, 'twice is once');
        }
    }
});

test('a loader of another form is refused', () => {
    const known = threads(STARTS[0], TAILS[0]);
    for (const other of [
        known.replace('await import("module")', 'await import(name)'),
        known.replace(STARTS[0], 'new Worker(script)'),
        known.replace('isPthread && Module()', 'start(isPthread)'),
        'export default 1;',
    ]) {
        assert.throws(() => changed(other), /Expected a loader of a form that cmake\/loader\.mjs knows/, other);
    }
});
