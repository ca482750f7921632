// Debian's packages: those of the running system by apt-get install, those of another release only downloaded.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cache, run, say, which } from './shell.mjs';

function isInstalled(name) {
    const query = spawnSync('dpkg-query', ['-W', '-f', '${Status}', name], { encoding: 'utf8' });
    return query.status === 0 && query.stdout.startsWith('install ok installed');
}

/** Installs those of `names` that are missing. `purpose` is the end of the error message. */
export function installPackages(names, purpose) {
    const missing = names.filter((name) => !isInstalled(name));
    if (missing.length === 0) return;
    const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
    if (!which('apt-get'))
        throw new SetupError(
            `Missing for ${purpose}: ${missing.join(', ')}. This system has no apt-get: install the packages that hold them by hand.`,
        );
    if (process.getuid?.() !== 0) throw new SetupError(`Missing for ${purpose}: ${missing.join(', ')}. Install them with: sudo ${command}`);
    say(`installing ${missing.join(', ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-q'], { env });
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env });
}

/**
 * A private view of another Debian release, with lists and downloads in our cache: the system's own configuration is
 * only read, for the address of its mirror.
 */
export class PrivateRelease {
    constructor(release) {
        if (!which('apt-get')) throw new SetupError(`This system has no apt-get to download from Debian ${release} with.`);
        this.release = release;
        this.folder = join(cache, 'apt', release);
        this.updated = false;
    }

    apt(args, cwd) {
        const at = (name) => join(this.folder, name);
        const options = {
            'Dir::Etc::sourcelist': at('sources.list'),
            'Dir::Etc::sourceparts': '-',
            'Dir::State::lists': at('lists'),
            'Dir::Cache': at('cache'),
            'Acquire::Languages': 'none',
            // The sandbox user cannot write into our folders; downloads are checked by signature or SHA-256.
            'APT::Sandbox::User': '',
        };
        run('apt-get', [...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]), '-q', ...args], { cwd });
    }

    update() {
        if (this.updated) return;
        const targets = run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)']).trim().split('\n');
        const uri = targets.map((line) => line.split(' ')[0]).find((address) => /\/debian\/?$/.test(address));
        if (!uri) throw new SetupError('Expected a mirror of Debian among the sources of apt but found none.');
        mkdirSync(join(this.folder, 'lists/partial'), { recursive: true });
        mkdirSync(join(this.folder, 'cache/archives/partial'), { recursive: true });
        const where = `[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri} ${this.release} main`;
        writeFileSync(join(this.folder, 'sources.list'), `deb ${where}\ndeb-src ${where}\n`);
        this.apt(['update']);
        this.updated = true;
    }

    /** Downloads binary packages into `folder`, and returns their paths. */
    downloadPackages(names, folder) {
        this.update();
        mkdirSync(folder, { recursive: true });
        this.apt(['download', ...names], folder);
        return readdirSync(folder)
            .filter((name) => name.endsWith('.deb'))
            .map((name) => join(folder, name));
    }

    /** Downloads a source package's upstream archive into `folder`. The caller checks its SHA-256. */
    downloadSource(name, folder) {
        this.update();
        mkdirSync(folder, { recursive: true });
        this.apt(['source', '--tar-only', '--download-only', `${name}/${this.release}`], folder);
    }
}
