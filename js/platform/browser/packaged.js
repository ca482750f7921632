// The files of the default network, which the package contains. Each URL is written out in full, so that bundlers find and copy the file.

/** By paths in the manifest. @type {Record<string, () => URL>} */
const PACKAGED = {
    'realcugan/se/up2x-conservative.param': () => new URL('../../../dist/models/realcugan/se/up2x-conservative.param', import.meta.url),
    'realcugan/se/up2x-conservative.bin': () => new URL('../../../dist/models/realcugan/se/up2x-conservative.bin', import.meta.url),
};

/**
 * The URL of a model's file in the package, if it is there.
 * @param {string} path
 * @returns {string[]}
 */
export const packagedUrls = (path) => (path in PACKAGED ? [PACKAGED[path]().href] : []);
