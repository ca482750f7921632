// Writes dist/THIRD_PARTY_NOTICES, which ships with the engine: the licence texts of all libraries that are linked into it, from
// their sources, and of those inside the packages that decode AVIF and JPEG XL.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsInsidePackages } from './inside_packages.mjs';
import { SetupError, root } from './shell.mjs';
import { textsIn } from './texts.mjs';

const LINE = '='.repeat(100);

/** Emscripten's runtime and C library are in the module too: its own text, which includes theirs, or Debian's copyright file. */
function emscriptenText(folder) {
    const own = [join(folder, 'LICENSE'), join(folder, 'system/lib/libc/musl/COPYRIGHT')].filter(existsSync);
    const debian = join(folder, '../doc/emscripten/copyright');
    const files = own.length ? own : [debian].filter(existsSync);
    if (!files.length) throw new SetupError(`Expected Emscripten's licence in ${folder} but found none.`);
    return files.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
}

/**
 * @param {{ name: string, version: string, licence: string, folder: string }[]} sources that are linked into the engine
 * @param {string} emscripten its root folder
 */
export function writeNotices(sources, emscripten) {
    const parts = sources.map(({ name, version, licence, folder }) => [`${name} ${version} (${licence})`, textsIn(folder, name)]);
    parts.push(['Emscripten: runtime and C library (MIT, and those named here)', emscriptenText(emscripten)]);
    parts.push(...textsInsidePackages());
    const head =
        'The WebAssembly builds of acg2vec, and the packages that decode AVIF and JPEG XL for it, contain the following software, under these licences.';
    const text = [head, ...parts.map(([title, body]) => `${LINE}\n${title}\n${LINE}\n\n${body}`)].join('\n\n');
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'dist/THIRD_PARTY_NOTICES'), `${text}\n`);
}
