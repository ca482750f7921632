// The ways a picture comes into the page: dropped anywhere, chosen, or pasted. Hands on files; does not read them.

/**
 * @param {object} elements
 * @param {HTMLInputElement} elements.file
 * @param {HTMLElement} elements.pasteButton hidden where the browser does not let a page read the clipboard
 * @param {(file: File) => void} onFile
 * @param {(sentence: string) => void} onProblem
 */
export function listenForPictures({ file, pasteButton }, onFile, onProblem) {
    /** @param {FileList | null | undefined} files @param {string} otherwise */
    const take = (files, otherwise) => {
        const list = [...(files ?? [])];
        if (!list.length) {
            onProblem(otherwise);
            return;
        }
        onFile(list.find((one) => one.type.startsWith('image/')) ?? list[0]);
        if (list.length > 1) {
            onProblem(`One picture at a time: only the first of the ${list.length} files was opened.`);
        }
    };

    file.addEventListener('change', () => {
        if (file.files?.length) {
            take(file.files, '');
        }
        file.value = ''; // so that choosing the same file again is a change
    });

    document.addEventListener('dragover', (event) => {
        event.preventDefault();
        document.body.classList.add('dragging');
    });
    document.addEventListener('dragleave', (event) => {
        if (!event.relatedTarget) {
            document.body.classList.remove('dragging');
        }
    });
    document.addEventListener('drop', (event) => {
        event.preventDefault();
        document.body.classList.remove('dragging');
        take(event.dataTransfer?.files, 'That was not a file. Save the picture first, or copy it and paste it here.');
    });

    document.addEventListener('paste', (event) => {
        take(event.clipboardData?.files, 'There is no picture in the clipboard. Copy a picture, then paste it here.');
    });
    pasteButton.hidden = !navigator.clipboard?.read;
    pasteButton.addEventListener('click', async () => {
        try {
            const picture = await readClipboard();
            if (picture) {
                onFile(picture);
            } else {
                onProblem('There is no picture in the clipboard. Copy a picture, then paste it here.');
            }
        } catch {
            onProblem('The browser did not let the page read the clipboard. Press Ctrl V (on a Mac: ⌘ V) instead.');
        }
    });
}

/** @returns {Promise<File | null>} */
async function readClipboard() {
    for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((one) => one.startsWith('image/'));
        if (type) {
            return new File([await item.getType(type)], 'pasted.png', { type });
        }
    }
    return null;
}
