// The user's cache folder in Node, for files that can be fetched again.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A relative $XDG_CACHE_HOME is invalid and is to be ignored, says the XDG Base Directory Specification. */
export function cacheFolder() {
    const { XDG_CACHE_HOME = '' } = process.env;
    return join(isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'acg2vec');
}

/** Where fetched weights are kept. */
export function modelsCacheFolder() {
    return join(cacheFolder(), 'models');
}

/** Where published files wait to be converted, or for the rest of them. */
export function originalsCacheFolder() {
    return join(cacheFolder(), 'originals');
}
