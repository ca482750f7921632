// Parts of the paths that the manifest and published folders use: with / between their names, in browsers and in Node.

/** @param {string} path */
export const baseName = (path) => path.slice(path.lastIndexOf('/') + 1);

/**
 * The folder of a path; '' if it has none.
 * @param {string} path
 */
export const folderName = (path) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
