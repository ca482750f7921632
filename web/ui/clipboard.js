// Copies to the clipboard. Each resolves to whether the browser did it.

/** @param {string} text */
export async function copyText(text) {
    if (!navigator.clipboard) return copySelected(text); // a page that does not come by HTTPS
    return isDone(navigator.clipboard.writeText(text));
}

/** @param {Blob} picture */
export const copyPicture = (picture) => isDone(navigator.clipboard.write([new ClipboardItem({ [picture.type]: picture })]));

/** Whether the browser can copy it: all support PNG. @param {Blob} [picture] */
export const canCopyPicture = (picture) => Boolean(navigator.clipboard?.write) && picture?.type === 'image/png';

/** @param {Promise<void>} copying */
const isDone = (copying) =>
    copying.then(
        () => true,
        () => false,
    );

/** The older way, by a selection. @param {string} text */
function copySelected(text) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true });
    field.style.cssText = 'position: fixed; opacity: 0';
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    focused?.focus();
    return isCopied;
}
