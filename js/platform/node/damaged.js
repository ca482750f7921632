// Handles damaged copies of a model's file. A fetched copy is renamed, so that it is fetched again. A copy in a folder of the user stays.
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelsCacheFolder } from './cache_folder.js';
import { AcgError, sentence } from '../../errors.js';

/**
 * @param {import('../../models/manifest.js').ModelFile} file
 * @param {string} path of the copy
 * @param {unknown} error its fault
 * @param {((warning: string) => void) | undefined} onWarning
 * @returns {Promise<boolean>} whether it was moved away
 */
export async function setAside(file, path, error, onWarning) {
    if (!(error instanceof AcgError) || error.code !== 'BAD_MODEL') return false;
    if (path !== join(modelsCacheFolder(), file.path) || file.sources.length === 0) return false;
    const aside = `${path}.damaged`;
    try {
        await rename(path, aside).catch(() => rm(path));
    } catch {
        return false;
    }
    onWarning?.(`${sentence(error)}. It is called ${aside} now, and is fetched again`);
    return true;
}
