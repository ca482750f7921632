// A result dragged from the page into a folder or another program, if the browser supports that (Chromium).

/** @typedef {{ name: string, url?: string, blob?: Blob }} Draggable */

/**
 * @param {HTMLElement} root with the links of results
 * @param {(href: string) => Draggable | undefined} resultOf
 * @param {(href: string) => void} onTaken it was dropped and accepted
 */
export function letDragOut(root, resultOf, onTaken) {
    const hrefOf = (/** @type {Event} */ { target }) => /** @type {HTMLAnchorElement} */ (target).href ?? '';
    root.addEventListener('dragstart', (event) => {
        const result = resultOf(hrefOf(event));
        if (!result?.blob) return;
        event.dataTransfer?.setData('DownloadURL', `${result.blob.type}:${result.name}:${result.url}`);
    });
    root.addEventListener('dragend', (event) => {
        if (event.dataTransfer?.dropEffect === 'copy') onTaken(hrefOf(event));
    });
}
