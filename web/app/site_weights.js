// Which weights this site has itself, as its build has written down. What it has not got may be kept in the browser (engine.models).

/**
 * @typedef {Pick<import('acg2vec').KeptModel, 'id' | 'model' | 'task' | 'input'> & { path: string, bytes: number, here: boolean }} WeightFile a
 *   file with its model; bytes: 0 if it is not here
 */

const WEIGHTS = new URL('weights/', document.baseURI).href;

/** @type {Promise<WeightFile[]> | undefined} */
let offered;

/** The files of the networks that have to be got first. */
export function siteFiles() {
    offered ??= fetchOffered();
    return offered;
}

async function fetchOffered() {
    const response = await fetch('networks.json');
    return response.ok ? response.json() : [];
}

/**
 * Where this site has a model's file; undefined: nowhere.
 * @param {string} path in the manifest
 */
export async function urlOnSite(path) {
    const isMissing = (await siteFiles()).some((file) => file.path === path && !file.here);
    return isMissing ? undefined : WEIGHTS + path;
}
