// The weights that this site has, by the list that its build has written. Other weights may be kept in the browser (engine.models).

/**
 * @typedef {Pick<import('acg2vec').KeptModel, 'id' | 'model' | 'task' | 'input'> & { path: string, bytes: number, here: boolean }} WeightFile a
 *   file with its model; bytes: 0 if it is not here
 */

const WEIGHTS = new URL('weights/', document.baseURI).href;

/** @type {Promise<WeightFile[]> | undefined} */
let offered;

/** The files of all networks that do not enlarge. */
export function siteFiles() {
    offered ??= fetchOffered();
    return offered;
}

async function fetchOffered() {
    const response = await fetch('networks.json');
    return response.ok ? response.json() : [];
}

/**
 * The URL of a model's file on this site; undefined: it is not there.
 * @param {string} path in the manifest
 */
export async function urlOnSite(path) {
    const isMissing = (await siteFiles()).some((file) => file.path === path && !file.here);
    return isMissing ? undefined : WEIGHTS + path;
}
