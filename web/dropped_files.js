// The files of a drop, of a choice or of the clipboard, those in folders too. Reads no contents.

/** @typedef {{ file: File, folder: string }} Found folder: '', or the way from where one chose to the file, with / at its end */

/**
 * To be called while the event is handled: afterwards its data are gone.
 * @param {DataTransfer} transfer
 * @returns {Promise<Found[]>}
 */
export function droppedFiles(transfer) {
    const files = [...transfer.files];
    const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? null);
    if (entries.length && entries.every((entry) => entry !== null)) return inEntries(entries);
    return Promise.resolve(files.map((file) => ({ file, folder: '' })));
}

/** @param {Iterable<File>} files as an <input> gives them */
export function chosenFiles(files) {
    return [...files].map((file) => ({ file, folder: file.webkitRelativePath.slice(0, -file.name.length) }));
}

/**
 * @param {Found[]} found
 * @returns {Found[]} those that say that they are pictures, in the order of their names
 */
export function picturesAmong(found) {
    const order = new Intl.Collator(undefined, { numeric: true });
    const pictures = found.filter(({ file }) => /^image\/(png|apng|jpeg|webp|gif|bmp)$/.test(file.type) || /\.(png|apng|jpe?g|webp|gif|bmp)$/i.test(file.name));
    return pictures.sort((a, b) => order.compare(a.folder + a.file.name, b.folder + b.file.name));
}

/**
 * @param {FileSystemEntry[]} entries
 * @returns {Promise<Found[]>}
 */
async function inEntries(entries, folder = '') {
    /** @type {Found[]} */
    const found = [];
    for (const entry of entries) {
        if (entry.isFile) {
            /** @type {File} */
            const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
            found.push({ file, folder });
        } else {
            found.push(...(await inEntries(await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry)), `${folder}${entry.name}/`)));
        }
    }
    return found;
}

/** @param {FileSystemDirectoryEntry} folder */
async function entriesOf(folder) {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
        /** @type {FileSystemEntry[]} */
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) return all; // they come a hundred at a time
        all.push(...some);
    }
}
