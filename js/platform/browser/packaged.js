// The files of the default network, which travel in the package. Each literally, so that bundlers find and copy it.

/** By paths in the manifest. @type {Record<string, () => URL>} */
const PACKAGED = {
    'realcugan/se/up2x-conservative.param': () => new URL('../../../dist/models/realcugan/se/up2x-conservative.param', import.meta.url),
    'realcugan/se/up2x-conservative.bin': () => new URL('../../../dist/models/realcugan/se/up2x-conservative.bin', import.meta.url),
};

/**
 * Where the package has a model's file, if it has it.
 * @param {string} path
 * @returns {string[]}
 */
export const packagedUrls = (path) => (path in PACKAGED ? [PACKAGED[path]().href] : []);
