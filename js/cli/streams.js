// Pipes, devices and the standard streams: recognised by their names, read, and opened without waiting for the process at the other end,
// because such a wait cannot be interrupted.
import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { onePath, pathFromBytes, systemPath } from '../platform/node/paths.js';

const MAX_LINKS = 40; // Linux's limit
const ASK_AGAIN_MS = 50;
const MAX_BYTES = 2 ** 31; // Node's limit for a file

/** @type {Record<string, number>} */
const STANDARD = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 };

/**
 * The file descriptor that a path names, such as /dev/stdout or a link to it; undefined for other paths.
 * @param {string} path
 */
export function descriptorOf(path) {
    for (const each of linksFrom(path).map((link) => resolve(link))) {
        if (STANDARD[each] !== undefined) return STANDARD[each];
        const [, owner, number] = /^\/(?:proc\/(self|\d+)|dev)\/fd\/(\d+)$/.exec(each) ?? [];
        if (number !== undefined) return ['self', String(process.pid), undefined].includes(owner) ? Number(number) : undefined;
    }
    return undefined;
}

/**
 * A path and, if it is a symbolic link, each path that it leads to. The last is not a link, unless the links form a circle.
 * @param {string} path
 */
export function linksFrom(path) {
    const paths = [path];
    for (let target; paths.length < MAX_LINKS && (target = targetOf(paths[paths.length - 1])) !== undefined; ) paths.push(target);
    return paths;
}

/** @param {string} path */
export const isStandardOutput = (path) => path === '-' || descriptorOf(path) === 1;

/** @param {string} path */
export const isStandardInput = (path) => path === '-' || descriptorOf(path) === 0;

/** @param {string} path */
export const isUrl = (path) => /^https?:\/\//i.test(path) && URL.canParse(path);

/**
 * Reads standard input to its end.
 * @param {AbortSignal} signal
 */
export async function readStandardInput(signal) {
    if (isatty(0)) throw new Error('Expected a picture from standard input but that is a terminal');
    const stats = fstatSync(0);
    return stats.isFIFO() || stats.isSocket() ? gather(process.stdin, signal) : readFileSync(0);
}

/**
 * Waits until a process writes into a named pipe, and reads it to its end.
 * @param {string} path
 * @param {AbortSignal} signal
 */
export async function readPipe(path, signal) {
    const file = openSync(systemPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
    return gather(new Socket({ fd: file, readable: true, writable: false }), signal);
}

/**
 * Opens a named pipe or a device for writing. Waits until a process reads the pipe.
 * @param {string} path
 * @param {AbortSignal} signal
 */
export async function openForWriting(path, signal) {
    for (;;) {
        try {
            const file = openSync(systemPath(path), constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
            if (!isatty(file)) return file;
            closeSync(file);
            throw new Error(`Expected a file or a pipe for -o but ${path} is a terminal`);
        } catch (error) {
            const isUnread = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENXIO' && statSync(systemPath(path)).isFIFO();
            if (!isUnread) throw error;
            await sleep(ASK_AGAIN_MS, undefined, { signal });
        }
    }
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {AbortSignal} signal
 */
async function gather(stream, signal) {
    const end = () => stream.destroy();
    signal.addEventListener('abort', end, { once: true });
    try {
        const chunks = [];
        let bytes = 0;
        if (!signal.aborted)
            for await (const chunk of stream) {
                if ((bytes += chunk.length) > MAX_BYTES) throw Object.assign(new Error('too much'), { code: 'ERR_FS_FILE_TOO_LARGE' });
                chunks.push(chunk);
            }
        return Buffer.concat(chunks);
    } finally {
        signal.removeEventListener('abort', end);
        stream.destroy();
    }
}

/** @param {string} path */
function targetOf(path) {
    try {
        const target = pathFromBytes(readlinkSync(systemPath(path), 'buffer'));
        return resolve(dirname(onePath(path)), target); // .. in it is relative to the folder's real path
    } catch {
        return undefined;
    }
}
