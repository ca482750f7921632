// A chosen file, shown by the browser: its size, an address for <img>, and what to give to the engine. Decodes nothing
// itself.

/**
 * @typedef {object} Picture
 * @property {string} name
 * @property {number} width as the browser shows it
 * @property {number} height
 * @property {File} source what the engine enlarges
 */

/**
 * Throws an Error whose message is a sentence for the user when the browser cannot show the file.
 * @param {File} file
 * @param {HTMLImageElement} image shows the picture; unchanged when the file cannot be read
 * @returns {Promise<Picture>}
 */
export async function openPicture(file, image) {
    if (!file.size) {
        throw new Error(`“${file.name}” is empty.`);
    }
    const url = URL.createObjectURL(file);
    try {
        const trial = new Image();
        trial.src = url;
        await trial.decode();
    } catch {
        URL.revokeObjectURL(url);
        throw new Error(`“${file.name}” cannot be read as a picture. PNG, JPEG, WebP, GIF and BMP files can.`);
    }
    const before = image.src;
    image.src = url;
    await image.decode();
    if (before.startsWith('blob:')) {
        URL.revokeObjectURL(before);
    }
    return {
        name: file.name,
        width: image.naturalWidth,
        height: image.naturalHeight,
        source: file,
    };
}
