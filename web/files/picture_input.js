// The inputs for pictures: drop anywhere, file dialogs, and the clipboard. Passes files on; does not read them.
import { t } from '../words/words.js';
import { chosenFiles, droppedFiles, picturesAmong } from './dropped_files.js';

/** @typedef {import('./dropped_files.js').Found} Found */

/**
 * @param {HTMLInputElement[]} inputs for files, and for a folder
 * @param {(found: Found[], passedOver: string) => void} onPictures at least one; and a sentence on files that are none, or ''
 * @param {(sentence: string) => void} onProblem
 * @returns {(() => Promise<void>) | undefined} takes what is in the clipboard; undefined: the browser does not let a page read it
 */
export function listenForPictures(inputs, onPictures, onProblem) {
    /** @param {Found[]} found @param {string} otherwise */
    const take = async (found, otherwise) => {
        const { pictures, passedOver } = await picturesAmong(found);
        if (pictures.length) {
            onPictures(pictures, passedOver);
        } else if (found.length === 1) {
            if (found[0].isUnreadable) onProblem(passedOver);
            else onPictures(found, ''); // opening it reports the error
        } else {
            onProblem(found.length ? t('files.none', { n: found.length }) : otherwise);
        }
    };

    for (const input of inputs) {
        input.addEventListener('change', () => {
            if (input.files) {
                take(chosenFiles(input.files), t('files.folder.empty'));
            }
            input.value = ''; // so that choosing the same file again fires a change event
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
        take(found, t('files.dropped.none'));
    });

    document.addEventListener('paste', ({ clipboardData, target }) => {
        const found = chosenFiles(clipboardData?.files ?? []);
        const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement; // the field takes the text
        if (found.length || !isText) take(found, t('files.clipboard.empty'));
    });
    if (!navigator.clipboard?.read) return undefined;
    return async () => {
        try {
            take(await readClipboard(), t('files.clipboard.empty'));
        } catch {
            onProblem(t('files.clipboard.refused'));
        }
    };
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
