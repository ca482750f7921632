// The user's folders in Node: the cache, for files that can be fetched again, and the one for data that cannot.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A relative $XDG_CACHE_HOME is invalid and is to be ignored, says the XDG Base Directory Specification. */
export function cacheFolder() {
    return userFolder(process.env.XDG_CACHE_HOME, '.cache');
}

/** The default folder of an index. */
export function dataFolder() {
    return userFolder(process.env.XDG_DATA_HOME, join('.local', 'share'));
}

/**
 * @param {string | undefined} named
 * @param {string} usual
 */
function userFolder(named, usual) {
    return join(named && isAbsolute(named) ? named : join(homedir(), usual), 'acg2vec');
}

/** Where fetched weights are kept. */
export function modelsCacheFolder() {
    return join(cacheFolder(), 'models');
}

/** The folder of published files, complete or not, that are waiting for their conversion. */
export function originalsCacheFolder() {
    return join(cacheFolder(), 'originals');
}
