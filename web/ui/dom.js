// The elements of the page, and copies of the templates in index.html.

/** @param {string} id @returns {any} */
export const $ = (id) => document.getElementById(id);

/**
 * A copy of the template `id` for a tab. Each {word} in it becomes data-word of the tab's own template `own`; each <slot> becomes those
 * children of `own` that name it, or keeps what is in it.
 * @param {string} id
 * @param {HTMLTemplateElement} own
 * @returns {DocumentFragment}
 */
export function stamp(id, own) {
    const copy = document.createElement('template');
    copy.innerHTML = $(id).innerHTML.replace(
        /\{(\w+)\}/g,
        (/** @type {string} */ _, /** @type {string} */ word) => own.dataset[word] ?? '',
    );
    const children = [.../** @type {DocumentFragment} */ (own.content.cloneNode(true)).children];
    for (const slot of copy.content.querySelectorAll('slot')) {
        const given = children.filter((child) => child.slot === slot.name);
        slot.replaceWith(...(given.length ? given : slot.childNodes));
        for (const child of given) child.removeAttribute('slot');
    }
    return copy.content;
}

/** A new element, such as '<li><b></b></li>' makes. @param {string} html @returns {any} */
export function make(html) {
    const template = document.createElement('template');
    template.innerHTML = html;
    return template.content.firstElementChild;
}

/** Shows sentences as paragraphs. What shows already is left alone, so that nobody has to hear it twice. @param {HTMLElement} root @param {string[]} sentences */
export function showNotes(root, sentences) {
    const shown = [...root.children].map(({ textContent }) => textContent);
    if (shown.length === sentences.length && sentences.every((sentence, i) => sentence === shown[i])) return;
    root.replaceChildren(...sentences.map((textContent) => Object.assign(document.createElement('p'), { textContent })));
}
