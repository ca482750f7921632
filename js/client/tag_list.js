// Reads the names of a tagger's tags from its list, without loading its network.
import { findNetwork, modelParts } from '../models/manifest.js';
import { tagNamesIn } from '../models/tags.js';

/**
 * @param {import('../models/manifest.js').Manifest} manifest
 * @param {import('./session.js').Session} session
 */
export function tagLister(manifest, session) {
    return async (/** @type {import('../types.js').TagModel} */ tagger, /** @type {AbortSignal | undefined} */ signal) => {
        const { tags } = modelParts(findNetwork(manifest, tagger, 'image'));
        const file = /** @type {import('../models/manifest.js').ModelFile} */ (tags);
        return tagNamesIn(file.path, await session.readFile(file, signal));
    };
}
