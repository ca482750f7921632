// Finds an emscripten of at least the pinned version, or unpacks a private one from Debian's packages in the user's cache.
import { execFileSync } from 'node:child_process';
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    realpathSync,
    renameSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { PrivateRelease, installPackages } from './debian.mjs';
import { SetupError, cache, isDone, readEnvFile, root, run, say, which } from './shell.mjs';

const pinned = readEnvFile(join(root, 'emsdk.env'));

function atLeast(found, wanted) {
    const [a, b] = [found, wanted].map((version) => version.split('.').map(Number));
    for (let i = 0; i < 3; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
    return true;
}

function versionOf(emcc) {
    try {
        return (
            /(\d+\.\d+\.\d+)/.exec(execFileSync(emcc, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[1] ??
            null
        );
    } catch {
        return null;
    }
}

/** An emscripten of the user's own: its root folder, or null. */
function findInstalled() {
    const candidates = [process.env.EMSDK && join(process.env.EMSDK, 'upstream/emscripten/emcc'), which('emcc')].filter(Boolean);
    for (const emcc of candidates) {
        const version = existsSync(emcc) ? versionOf(emcc) : null;
        if (version && atLeast(version, pinned.EMSCRIPTEN_VERSION)) {
            return folderOf(emcc);
        }
        if (version) say(`${emcc} is ${version}, older than ${pinned.EMSCRIPTEN_VERSION}: not used`);
    }
    return null;
}

/** emscripten's own folder. Debian's /usr/bin/emcc links into it; others keep emcc there. */
function folderOf(emcc) {
    return resolve(realpathSync(emcc), '..');
}

/** Unpacks emscripten and binaryen of Debian's newer release, with the C library they were linked to, into `prefix`. */
function makePrivate(prefix) {
    const llvm = pinned.EMSCRIPTEN_LLVM;
    say(
        `unpacking emscripten ${pinned.EMSCRIPTEN_VERSION} of Debian ${pinned.EMSCRIPTEN_DEBIAN_RELEASE} into the cache (250 MB to download, once)`,
    );
    mkdirSync(resolve(prefix, '..'), { recursive: true });
    const work = mkdtempSync(`${prefix}.part-`);
    try {
        const release = new PrivateRelease(pinned.EMSCRIPTEN_DEBIAN_RELEASE);
        const packages = release.downloadPackages(['emscripten', 'binaryen', 'libc6', 'libstdc++6', 'libgcc-s1'], join(work, 'debs'));
        for (const path of packages) run('dpkg', ['-x', path, work]);
        rmSync(join(work, 'debs'), { recursive: true });
        const emscripten = join(work, 'usr/share/emscripten');
        rmSync(join(emscripten, 'test'), { recursive: true, force: true });
        // Debian links emscripten to the system's acorn; inside the prefix that link leads nowhere.
        rmSync(join(emscripten, 'node_modules'), { recursive: true, force: true });
        mkdirSync(join(emscripten, 'node_modules'));
        symlinkSync('/usr/share/nodejs/acorn', join(emscripten, 'node_modules/acorn'));
        wrapBinaryen(work, prefix);
        writeFileSync(
            join(work, 'config.py'),
            [
                `LLVM_ROOT = '/usr/bin'`,
                `LLVM_ADD_VERSION = '${llvm}'`,
                `CLANG_ADD_VERSION = '${llvm}'`,
                `BINARYEN_ROOT = '${prefix}/binaryen'`,
                `NODE_JS = '${process.execPath}'`,
                'FROZEN_CACHE = True',
                '',
            ].join('\n'),
        );
        const found = /\d+\.\d+\.\d+/.exec(readFileSync(join(emscripten, 'emscripten-version.txt'), 'utf8'))?.[0];
        if (!found || !atLeast(found, pinned.EMSCRIPTEN_VERSION))
            throw new SetupError(
                `Debian ${pinned.EMSCRIPTEN_DEBIAN_RELEASE} now has emscripten ${found}, expected ${pinned.EMSCRIPTEN_VERSION} or later.`,
            );
        writeFileSync(join(work, '.complete'), '');
        renameSync(work, prefix);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

/** The folder of the C library that was unpacked, which Debian names for the machine, and the loader in it. */
function findLoader(work) {
    for (const folder of readdirSync(join(work, 'usr/lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
        const libraries = `usr/lib/${folder.name}`;
        const loader = readdirSync(join(work, libraries)).find((name) => name.startsWith('ld-linux'));
        if (loader) return [libraries, loader];
    }
    throw new SetupError(
        `Expected the loader of Debian ${pinned.EMSCRIPTEN_DEBIAN_RELEASE}'s C library for ${process.arch} but found none: install emscripten ${pinned.EMSCRIPTEN_VERSION} or later by hand, so that emcc is on PATH.`,
    );
}

/** binaryen needs the newer release's C library: each program is started through that library's own loader. */
function wrapBinaryen(work, prefix) {
    const bin = join(work, 'binaryen/bin');
    mkdirSync(bin, { recursive: true });
    const [libraries, loader] = findLoader(work);
    for (const name of readdirSync(join(work, 'usr/bin')).filter((name) => name.startsWith('wasm'))) {
        const command = `exec ${prefix}/${libraries}/${loader} --library-path ${prefix}/${libraries} ${prefix}/usr/bin/${name}`;
        writeFileSync(join(bin, name), `#!/bin/sh\n${command} "$@"\n`);
        chmodSync(join(bin, name), 0o755);
    }
}

/** The environment to run emcc in: EMSCRIPTEN_ROOT, and EM_CONFIG where the private one is used. */
export function ensureToolchain() {
    const installed = findInstalled();
    if (installed) return { EMSCRIPTEN_ROOT: installed };
    const llvm = pinned.EMSCRIPTEN_LLVM;
    installPackages([`clang-${llvm}`, `lld-${llvm}`, `llvm-${llvm}`, 'node-acorn', 'python3'], 'compiling to WebAssembly');
    const prefix = join(cache, 'toolchain', `emscripten-${pinned.EMSCRIPTEN_VERSION}`);
    if (!isDone(prefix)) {
        rmSync(prefix, { recursive: true, force: true });
        makePrivate(prefix);
    }
    return { EMSCRIPTEN_ROOT: join(prefix, 'usr/share/emscripten'), EM_CONFIG: join(prefix, 'config.py') };
}
