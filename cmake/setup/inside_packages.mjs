// The libraries inside npm packages that decode pictures (cmake/inside_packages.json), which those packages do not name: their licence texts. That
// of one with a Debian package is Debian's account of it; the others have the texts of their npm package.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrivateRelease } from './debian.mjs';
import { SetupError, cache, readEnvFile, root, run, say } from './shell.mjs';
import { textsIn } from './texts.mjs';

const table = JSON.parse(readFileSync(join(root, 'cmake/inside_packages.json'), 'utf8'));
const release = readEnvFile(join(root, 'emsdk.env')).EMSCRIPTEN_DEBIAN_RELEASE;
const debian = () => (debian.view ??= new PrivateRelease(release));

/** Fetches a Debian package, and keeps only its text. */
function fetchText(name, target) {
    say(`fetching the licence text of ${name}`);
    const work = mkdtempSync(`${target}.part-`);
    try {
        const [archive] = debian().downloadPackages([name], work);
        run('dpkg-deb', ['-x', archive, join(work, 'files')]);
        writeFileSync(target, readFileSync(join(work, 'files/usr/share/doc', name, 'copyright')));
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

function debianText(name) {
    const target = join(cache, 'licences', `${name}.txt`);
    mkdirSync(join(cache, 'licences'), { recursive: true });
    if (!existsSync(target)) fetchText(name, target);
    return readFileSync(target, 'utf8').trim();
}

function textOf({ name, inside, debian: text }) {
    const folder = join(root, 'node_modules', inside);
    if (!text) return existsSync(folder) ? textsIn(folder, name) : `See the package ${inside}.`;
    try {
        return debianText(text);
    } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        say(`no licence text of ${name}: ${error.message}`);
        return `Its text could not be fetched: Debian's package ${text} has it.`;
    }
}

/** @returns {[title: string, text: string][]} */
export function textsInsidePackages() {
    return table.map((entry) => {
        const { name, version, licence, inside } = entry;
        return [`${name} ${version} (${licence}), in ${inside}, which npm installs beside acg2vec if it can`, textOf(entry)];
    });
}
