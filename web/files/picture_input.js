// The ways pictures come into the page: dropped anywhere, chosen, or pasted. Hands on files; does not read them.
import { chosenFiles, droppedFiles, picturesAmong } from './dropped_files.js';

/** @typedef {import('./dropped_files.js').Found} Found */

const NOTHING = 'There is no picture in the clipboard. Copy a picture, then paste it here.';

/**
 * @param {object} elements
 * @param {HTMLInputElement[]} elements.inputs for files, and for a folder
 * @param {HTMLElement[]} elements.pasteButtons hidden where the browser does not let a page read the clipboard
 * @param {(found: Found[], passedOver: string) => void} onPictures at least one; and a sentence on files that are none, or ''
 * @param {(sentence: string) => void} onProblem
 */
export function listenForPictures({ inputs, pasteButtons }, onPictures, onProblem) {
    /** @param {Found[]} found @param {string} otherwise */
    const take = async (found, otherwise) => {
        const { pictures, passedOver } = await picturesAmong(found);
        if (pictures.length) {
            onPictures(pictures, passedOver);
        } else if (found.length === 1) {
            onPictures(found, ''); // whoever opens it says what is wrong with it
        } else {
            onProblem(found.length ? `None of these ${found.length} files is a picture.` : otherwise);
        }
    };

    for (const input of inputs) {
        input.addEventListener('change', () => {
            if (input.files) {
                take(chosenFiles(input.files), 'There are no files in this folder.');
            }
            input.value = ''; // so that choosing the same file again is a change
        });
    }

    document.addEventListener('dragover', (event) => {
        event.preventDefault();
        document.body.classList.add('dragging');
    });
    document.addEventListener('dragleave', (event) => {
        if (!event.relatedTarget) {
            document.body.classList.remove('dragging');
        }
    });
    document.addEventListener('drop', async (event) => {
        event.preventDefault();
        document.body.classList.remove('dragging');
        const found = event.dataTransfer ? await droppedFiles(event.dataTransfer) : [];
        take(found, 'That was not a file. Save the picture first, or copy it and paste it here.');
    });

    document.addEventListener('paste', (event) => take(chosenFiles(event.clipboardData?.files ?? []), NOTHING));
    const readAndTake = async () => {
        try {
            take(await readClipboard(), NOTHING);
        } catch {
            onProblem('The browser did not let the page read the clipboard. Press Ctrl V (on a Mac: ⌘ V) instead.');
        }
    };
    for (const button of pasteButtons) {
        button.hidden = !navigator.clipboard?.read;
        button.addEventListener('click', readAndTake);
    }
}

/** @returns {Promise<Found[]>} */
async function readClipboard() {
    for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((one) => one.startsWith('image/'));
        if (type) {
            return [{ file: new File([await item.getType(type)], 'pasted.png', { type }), folder: '' }];
        }
    }
    return [];
}
