// The sizes of the builds in dist/wasm, as a Markdown table: `node tests/bench/build_sizes.mjs`.
import { readFileSync, readdirSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const folder = new URL('../../dist/wasm/', import.meta.url);
const kilobytes = (bytes) => `${Math.round(bytes.length / 1000)} kB`;

console.log('| build | .wasm | gzip -9 | brotli |\n|---|---|---|---|');
for (const name of readdirSync(folder).filter((file) => file.endsWith('.wasm'))) {
    const wasm = readFileSync(new URL(name, folder));
    const sizes = [wasm, gzipSync(wasm, { level: 9 }), brotliCompressSync(wasm)].map(kilobytes);
    console.log(`| ${[name.replace(/^acg2vec-|\.wasm$/g, ''), ...sizes].join(' | ')} |`);
}
