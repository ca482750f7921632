// How large a file is as a picture, as the browser shows it. Decodes nothing itself.

/**
 * Throws an Error whose message is a sentence for the user when the browser cannot show the file.
 * @param {File} file
 * @param {string} url of the file
 * @returns {Promise<{ width: number, height: number }>}
 */
export async function openPicture(file, url) {
    if (!file.size) {
        throw new Error(`“${file.name}” is empty.`);
    }
    const trial = new Image();
    trial.src = url;
    try {
        await trial.decode();
    } catch {
        throw new Error(`“${file.name}” cannot be read as a picture. PNG, JPEG, WebP, GIF and BMP files can.`);
    }
    return { width: trial.naturalWidth, height: trial.naturalHeight };
}
