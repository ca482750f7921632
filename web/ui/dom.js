// The elements of the page, copies of the templates in index.html, and the words in these.
import { onLanguage, t } from '../words/words.js';

/** @param {string} id @returns {any} */
export const $ = (id) => document.getElementById(id);

/** Texts and attributes with keys in them, and their patterns in index.html. @type {Map<Node, string>} */
const spoken = new Map();

/**
 * Fills in the texts in `root`: {key} becomes the catalogue's text, {.key} the text of TAB.key, {tab} the tab's id. They change with the language.
 * @param {Node} root
 * @param {string} [tab]
 */
function fill(root, tab = '') {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const each of node instanceof Element ? node.attributes : [node]) {
            if (!each.nodeValue?.includes('{')) continue;
            each.nodeValue = each.nodeValue.replaceAll('{tab}', tab).replaceAll('{.', `{${tab}.`);
            if (each.nodeValue.includes('{')) spoken.set(each, each.nodeValue);
            say(each);
        }
    }
}

/** @param {Node} node */
function say(node) {
    const pattern = spoken.get(node);
    if (pattern) node.nodeValue = pattern.replace(/\{([\w.-]+)\}/g, (/** @type {string} */ _, /** @type {string} */ key) => t(key));
}

onLanguage(() => {
    for (const node of spoken.keys()) say(node);
});

/**
 * A copy of the template `id`. For a tab, with its own template: each <slot> is replaced by the children of that template that name it, or by its own content.
 * @param {string} id
 * @param {HTMLTemplateElement} [own]
 * @returns {DocumentFragment}
 */
export function stamp(id, own) {
    const { content } = $(id).cloneNode(true);
    const children = own ? [.../** @type {DocumentFragment} */ (own.content.cloneNode(true)).children] : [];
    for (const slot of content.querySelectorAll('slot')) {
        const given = children.filter((child) => child.slot === slot.name);
        slot.replaceWith(...(given.length ? given : slot.childNodes));
        for (const child of given) child.removeAttribute('slot');
    }
    fill(content, own?.dataset.tab);
    return content;
}

/** A copy of the element in the template `id`, which contains no texts. @param {string} id @returns {any} */
export const make = (id) => $(id).content.firstElementChild.cloneNode(true);

/** Shows sentences as paragraphs. Unchanged sentences are left alone, so that screen readers do not repeat them. @param {HTMLElement} root @param {string[]} sentences */
export function showNotes(root, sentences) {
    const shown = [...root.children].map(({ textContent }) => textContent);
    if (shown.length === sentences.length && sentences.every((sentence, i) => sentence === shown[i])) return;
    root.replaceChildren(...sentences.map((textContent) => Object.assign(document.createElement('p'), { textContent })));
}
