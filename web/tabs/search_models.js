// Chooses the model of the search: among those that are here, by the number of pictures that have vectors of it, and by its abilities.
import { $ } from '../ui/dom.js';
import { t } from '../words/words.js';
import { searchGroups } from './model_words.js';

/** @typedef {import('acg2vec').EmbedImageModel} EmbedImageModel */

export class SearchModels {
    /** @type {EmbedImageModel | undefined} what the user chose */
    #chosen;
    /** @type {import('acg2vec').IndexStats['models']} */
    #indexed = [];

    /** @param {import('./search_tab.js').SearchTab} tab @param {() => void} onChange the model has changed */
    constructor(tab, onChange) {
        this.tab = tab;
        $('search-model').addEventListener('change', () => {
            this.#chosen = $('search-model').value;
            onChange();
        });
    }

    /** The index has changed. @param {import('acg2vec').IndexStats} stats */
    update({ models }) {
        this.#indexed = models;
    }

    /** Those whose network for pictures is here, the better ones first. */
    get here() {
        const { weights } = this.tab;
        const groups = searchGroups(weights.groups).filter(({ image = '' }) => weights.has([image]));
        return groups.map(({ key, name, text }) => ({ id: /** @type {EmbedImageModel} */ (key), name, text }));
    }

    /** The model that the user chose; otherwise the one with vectors of the most pictures. Undefined: none is here. */
    get current() {
        const { here } = this;
        const chosen = here.find(({ id }) => id === this.#chosen);
        const [most] = [...here].sort((a, b) => this.#seen(b.id) - this.#seen(a.id)); // stable: of equal ones the better is first
        return chosen ?? most;
    }

    /** Whether it can search by words. */
    get hasWords() {
        const { current } = this;
        return Boolean(current?.text && this.tab.weights.has([current.text]));
    }

    /** The model for a search; undefined: the index has no vectors of it. */
    get searching() {
        const { current } = this;
        return current && this.#seen(current.id) > 0 ? current.id : undefined;
    }

    refresh() {
        const { here, current } = this;
        $('search-model-row').hidden = here.length < 2;
        $('search-model').replaceChildren(...here.map(({ id, name }) => new Option(name, id, false, id === current?.id)));
        const lacking = current && this.#indexed.length ? this.tab.store.pictures - this.#seen(current.id) : 0;
        $('search-model-words').textContent = current
            ? t(lacking ? 'search.by.part' : 'search.by', { name: current.name, n: lacking })
            : t('search.lack');
        $('search-text-lack').hidden = this.hasWords || !current;
        if (current)
            $('search-text-lack').textContent = t(current.text ? 'search.text.lack' : 'search.text.pictures', { name: current.name });
    }

    /** How many pictures have vectors of a model. @param {EmbedImageModel} id */
    #seen(id) {
        return this.#indexed.find(({ name }) => name === id)?.pictures ?? 0;
    }
}
