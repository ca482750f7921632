// The parts of a search: words, pictures and tags, each wanted or unwanted.
import { make } from '../ui/dom.js';
import { t } from '../words/words.js';

/**
 * @typedef {import('acg2vec').SearchOptions} SearchOptions
 * @typedef {object} Part of a search
 * @property {'image' | 'picture' | 'tag'} kind picture: one of the index
 * @property {string} name
 * @property {any} value a File, an id, a tag
 * @property {boolean} isWanted
 */

export class SearchQuery {
    /** @type {Part[]} */
    #parts = [];

    /**
     * @param {HTMLFormElement} form with the fields text and without
     * @param {HTMLElement} list of the parts
     * @param {() => void} onChange
     */
    constructor(form, list, onChange) {
        this.form = form;
        this.list = list;
        this.onChange = onChange;
    }

    /** @param {string} name */
    #field(name) {
        const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
        return field.disabled ? '' : field.value.trim();
    }

    /** Whether a part has a vector: then results have a score. */
    get hasLikeness() {
        return Boolean(this.#field('text') || this.#field('without')) || this.#parts.some(({ kind }) => kind !== 'tag');
    }

    get isEmpty() {
        return !this.hasLikeness && this.#parts.length === 0;
    }

    /** @returns {SearchOptions} */
    get options() {
        const of = (/** @type {Part['kind']} */ kind, /** @type {boolean} */ isWanted) =>
            this.#parts.filter((part) => part.kind === kind && part.isWanted === isWanted).map(({ value }) => value);
        return {
            text: this.#field('text') || [],
            notText: this.#field('without') || [],
            image: of('image', true),
            notImage: of('image', false),
            like: of('picture', true),
            unlike: of('picture', false),
            tags: of('tag', true),
            notTags: of('tag', false),
            ...(this.isEmpty && { after: 0 }), // all pictures
        };
    }

    /** Adds parts; adding a part again switches between wanted and unwanted. @param {Part[]} parts */
    add(parts) {
        for (const part of parts) {
            this.#parts = this.#parts.filter(({ kind, value }) => kind !== part.kind || value !== part.value);
            this.#parts.push(part);
        }
        this.show();
        this.onChange();
    }

    clear() {
        this.#parts = [];
        for (const name of ['text', 'without', 'tag']) /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).value = '';
        this.show();
        this.onChange();
    }

    show() {
        this.list.hidden = this.#parts.length === 0;
        this.list.replaceChildren(...this.#parts.map((part) => this.#row(part)));
    }

    /** @param {Part} part */
    #row(part) {
        const row = make('query-part');
        const [sign, name, remove] = row.children;
        row.classList.toggle('unwanted', !part.isWanted);
        sign.textContent = part.isWanted ? '+' : '−';
        sign.ariaLabel = t(part.isWanted ? 'search.part.wanted' : 'search.part.unwanted', { name: part.name });
        name.textContent = name.title = part.name;
        remove.textContent = '×';
        remove.ariaLabel = t('search.part.remove', { name: part.name });
        sign.addEventListener('click', () => {
            part.isWanted = !part.isWanted;
            this.show();
            this.onChange();
        });
        remove.addEventListener('click', () => {
            this.#parts = this.#parts.filter((each) => each !== part);
            this.show();
            this.onChange();
        });
        return row;
    }
}
