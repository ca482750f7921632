// Small pictures of files, one decoded after the other, so that a thousand large files do not fill the memory.

const HEIGHT = 80; // twice the displayed height, for high-resolution screens

/** @type {WeakMap<File, Promise<ImageBitmap | undefined>>} */
const known = new WeakMap();
let last = Promise.resolve();

/**
 * @param {{ file: File }} picture
 * @param {() => boolean} isWanted asked when its turn comes
 * @returns {Promise<ImageBitmap | undefined>} undefined: the browser cannot show it, or it is no longer wanted
 */
export function thumbnail({ file }, isWanted) {
    const before = known.get(file);
    if (before) return before;
    const made = last.then(async () => {
        if (isWanted()) return createImageBitmap(file, { resizeHeight: HEIGHT, resizeQuality: 'medium' }).catch(() => undefined);
        known.delete(file);
    });
    known.set(file, made);
    last = made.then(() => {});
    return made;
}
