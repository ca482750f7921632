// Fetches the sources of cmake/third_party.json into the user's cache and checks them. None of them enters the repository.
//
// Each has two sources: Debian's source package and the upstream archive. The two pack the same files differently, so the
// contents are pinned: `files_sha256`, over the sorted lines "<sha256 of the file>  <path>" of the files that the build
// uses (`uses`). Debian's archive is pinned by its own SHA-256 as well, before anything is unpacked.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PrivateRelease } from './debian.mjs';
import { SetupError, cache, isDone, readEnvFile, root, run, say, sha256 } from './shell.mjs';

const table = JSON.parse(readFileSync(join(root, 'cmake/third_party.json'), 'utf8'));
const release = readEnvFile(join(root, 'emsdk.env')).EMSCRIPTEN_DEBIAN_RELEASE;
const debian = () => (debian.view ??= new PrivateRelease(release));

/** The files under `folder` that an entry of `uses` names: a folder with all in it, a file, or *.ext at the top. */
function usedFiles(folder, uses) {
    const found = [];
    for (const use of uses) {
        if (use.startsWith('*')) found.push(...readdirSync(folder).filter((name) => name.endsWith(use.slice(1))));
        else if (existsSync(join(folder, use)) && statSync(join(folder, use)).isDirectory()) {
            for (const entry of readdirSync(join(folder, use), { recursive: true, withFileTypes: true })) {
                if (entry.isFile()) found.push(join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
            }
        } else found.push(use);
    }
    return found.sort();
}

export function hashOfFiles(folder, uses) {
    return sha256(
        usedFiles(folder, uses)
            .map((path) => `${sha256(readFileSync(join(folder, path)))}  ${path}\n`)
            .join(''),
    );
}

async function download(url) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
    if (!answer.ok) throw new SetupError(`${url} answered ${answer.status}.`);
    return Buffer.from(await answer.arrayBuffer());
}

const sources = {
    async debian(entry, folder) {
        debian().downloadSource(entry.debian, folder);
        const name = readdirSync(folder).find((file) => file.includes('.orig.tar'));
        const found = sha256(readFileSync(join(folder, name)));
        if (found !== entry.debian_sha256)
            throw new SetupError(`${name} of Debian ${release} has SHA-256 ${found}, expected ${entry.debian_sha256}.`);
        return join(folder, name);
    },
    async upstream(entry, folder) {
        const path = join(folder, entry.upstream.split('/').pop());
        writeFileSync(path, await download(entry.upstream));
        return path;
    },
};

/** Unpacks an archive; most have one folder at the top, which is left out. */
function unpack(archive, folder) {
    mkdirSync(folder);
    run('cmake', ['-E', 'tar', 'xf', archive], { cwd: folder });
    const top = readdirSync(folder);
    return top.length === 1 ? join(folder, top[0]) : folder;
}

async function fetchInto(entry, target) {
    const failures = [];
    for (const source of Object.keys(sources)) {
        const work = mkdtempSync(`${target}.part-`);
        try {
            mkdirSync(join(work, 'archive'));
            const archive = await sources[source](entry, join(work, 'archive'));
            const folder = unpack(archive, join(work, 'files'));
            const found = hashOfFiles(folder, entry.uses);
            if (found !== entry.files_sha256)
                throw new SetupError(`the files of ${entry.name} ${entry.version} hash to ${found}, expected ${entry.files_sha256}.`);
            writeFileSync(join(folder, '.complete'), '');
            renameSync(folder, target);
            return;
        } catch (error) {
            failures.push(`- ${source}: ${error.message}`);
        } finally {
            rmSync(work, { recursive: true, force: true });
        }
    }
    throw new SetupError(`Could not get ${entry.name} ${entry.version}:\n${failures.join('\n')}`);
}

function folderOf({ name, files_sha256 }) {
    return join(cache, 'third_party', `${name}-${files_sha256.slice(0, 12)}`);
}

/** The libraries in the engine, and the folders of their sources. */
export function linkedSources() {
    return table.filter((entry) => entry.for !== 'tests').map((entry) => ({ ...entry, folder: folderOf(entry) }));
}

/** Fetches all missing sources, and returns the lines of a CMake file with their folders (NAME_DIR). */
export async function ensureThirdParty() {
    const lines = [];
    for (const entry of table) {
        const folder = folderOf(entry);
        if (!isDone(folder)) {
            say(`fetching the source of ${entry.name} ${entry.version}`);
            mkdirSync(resolve(folder, '..'), { recursive: true });
            rmSync(folder, { recursive: true, force: true });
            await fetchInto(entry, folder);
        }
        lines.push(`set(${entry.name.toUpperCase()}_DIR "${folder}")\n`);
    }
    return lines.join('');
}
