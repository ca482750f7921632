// What is odd about a picture or its result, a line each. To be read, not to alarm.

/**
 * @param {HTMLElement} root
 * @param {string[]} sentences
 */
export function showNotes(root, sentences) {
    const shown = [...root.children].map(({ textContent }) => textContent);
    if (shown.length === sentences.length && sentences.every((sentence, i) => sentence === shown[i])) {
        return; // so that nobody has to hear it twice
    }
    root.replaceChildren(...sentences.map((textContent) => Object.assign(document.createElement('p'), { textContent })));
}
