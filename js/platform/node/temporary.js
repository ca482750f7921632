// The name of an unfinished file contains a token of the process that writes it. So files of a killed process can be distinguished from
// files of a running one, even if computers or containers share a folder and process ids are not comparable.
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemPath } from './paths.js';
import { readableError } from './system_errors.js';

const DAY_MS = 24 * 3600e3;

/** How often a file that is open for a long time has to be touched, so that it does not count as abandoned. */
export const TOUCH_MS = DAY_MS / 24;

/** What `temporaryToken` gives. */
const TOKEN = '[0-9a-f]{8}-\\d+-\\d+-[0-9a-f]{16}';

const BESIDE = new RegExp(`^\\.acg2vec-${TOKEN}\\.part$`);

/** The process id and a random number: for a unique name. */
export function temporaryToken() {
    return `${computer()}-${process.pid}-${startOf(process.pid) ?? 0}-${randomToken()}`;
}

export function randomToken() {
    return randomBytes(8).toString('hex');
}

/**
 * Where a file is made that will be at `path`: in the same folder, under a short name.
 * @param {string} path
 */
export function temporaryBeside(path) {
    return join(dirname(path), `.acg2vec-${temporaryToken()}.part`);
}

/**
 * Whether a name is one of temporaryBeside.
 * @param {string} name
 */
export function isTemporary(name) {
    return BESIDE.test(name);
}

/**
 * Writes a file atomically: it appears under its name only when it is complete.
 * @param {string} path its folder is created
 * @param {string | Uint8Array} content
 */
export async function writeWhole(path, content) {
    const part = temporaryBeside(path);
    try {
        await mkdir(dirname(path), { recursive: true });
        removeAbandoned(dirname(path));
        await writeFile(part, content, { flag: 'wx' });
        await rename(part, path);
    } catch (error) {
        await rm(part, { force: true }).catch(() => {});
        throw readableError(error, path);
    }
}

/**
 * Removes the temporary files of ended processes in a folder; files that cannot be removed are kept.
 * @param {string} folder
 * @param {(name: string) => boolean} [isMeant] files, or folders
 */
export function removeAbandoned(folder, isMeant = isTemporary) {
    try {
        for (const name of readdirSync(systemPath(folder), 'latin1').filter(isMeant)) {
            const path = join(folder, name);
            if (isAbandoned(path)) rmSync(systemPath(path), { recursive: true, force: true });
        }
    } catch {
        // not ours, or another process is removing them, too
    }
}

/**
 * Whether a file is abandoned. Without a token, or with that of another computer, it must be a day old.
 * @param {string} path
 */
export function isAbandoned(path) {
    const touched = lstatSync(systemPath(path), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - touched > DAY_MS) return true;
    return isTokenOfGone(basename(path));
}

/**
 * Whether the process whose temporaryToken is in a text has ended; false if that is unknown, too.
 * @param {string} text
 */
export function isTokenOfGone(text) {
    const [, where, pid, start] = /([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{16}/.exec(text) ?? [];
    return where === computer() && Number(start) > 0 && isGone(Number(pid), Number(start));
}

/**
 * @param {number} pid of this computer
 * @param {number} start
 */
function isGone(pid, start) {
    const found = startOf(pid);
    if (found !== undefined) return found !== start;
    try {
        process.kill(pid, 0); // the process may be hidden from us
        return false;
    } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
    }
}

/**
 * The start time of a process, in ticks since the computer started, to distinguish it from a later process with the same id; 0: it is a zombie;
 * undefined: there is no visible process, or the system has no such files.
 * @param {number} pid
 */
function startOf(pid) {
    try {
        const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // from the third on: the second may have blanks in it
        return 'ZX'.includes(fields[0]) ? 0 : Number(fields[19]);
    } catch {
        return undefined;
    }
}

/** @type {string | undefined} */
let known;

/** Identifies the namespace of our process ids: this computer since its start, and this container. */
function computer() {
    known ??= createHash('sha256').update(`${hostname()} ${bootAndNamespace()}`).digest('hex').slice(0, 8);
    return known;
}

function bootAndNamespace() {
    try {
        return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1') + readlinkSync('/proc/self/ns/pid');
    } catch {
        return randomToken(); // unknown: equal to no other
    }
}
