// Shows groups of equal pictures side by side, the best first and marked. Nothing is deleted: paths can be copied.
import { make } from '../ui/dom.js';
import { megabytes, size } from '../ui/format.js';
import { number, t } from '../words/words.js';

/**
 * @typedef {import('acg2vec').DuplicateGroup} DuplicateGroup
 * @typedef {(picture: { id: number }) => Promise<Blob | undefined>} Thumbnail
 */

const AT_ONCE = 60; // groups

export class DuplicateList {
    /** @type {DuplicateGroup[]} */
    #groups = [];
    #shown = AT_ONCE;
    /** @type {string[]} */
    #urls = [];

    /** @param {HTMLElement} root @param {HTMLButtonElement} more @param {Thumbnail} thumbnail */
    constructor(root, more, thumbnail) {
        this.root = root;
        this.more = more;
        this.thumbnail = thumbnail;
        more.addEventListener('click', () => {
            this.#shown += AT_ONCE;
            this.redraw();
        });
    }

    /** Paths of all but the best of each group. */
    get worse() {
        return this.#groups.flatMap(({ others }) => others.map(({ path }) => path));
    }

    /** @param {DuplicateGroup[]} groups */
    show(groups) {
        this.#groups = groups;
        this.#shown = AT_ONCE;
        this.redraw();
    }

    redraw() {
        for (const url of this.#urls) URL.revokeObjectURL(url);
        this.#urls = [];
        this.root.replaceChildren(...this.#groups.slice(0, this.#shown).map((group) => this.#group(group)));
        this.more.hidden = this.#groups.length <= this.#shown;
    }

    /** @param {DuplicateGroup} group */
    #group({ best, others }) {
        const group = document.createElement('li');
        const list = document.createElement('ul');
        list.append(
            this.#figure(best, t(`search.best.${best.reason}`), true),
            ...others.map((other) => this.#figure(other, t(`search.same.${other.same}`, { n: number(other.distance) }), false)),
        );
        group.append(list);
        return group;
    }

    /** @param {import('acg2vec').IndexedPicture} picture @param {string} why @param {boolean} isBest */
    #figure(picture, why, isBest) {
        const figure = make('duplicate');
        const [image, name, facts, reason] = figure.children;
        figure.classList.toggle('best', isBest);
        image.alt = '';
        name.textContent = name.title = picture.path;
        facts.textContent = t('search.facts', { size: size(picture.width, picture.height), bytes: megabytes(picture.bytes) });
        reason.textContent = why;
        this.thumbnail(picture).then((blob) => {
            if (!blob || !figure.isConnected) return;
            image.src = URL.createObjectURL(blob);
            this.#urls.push(image.src);
        });
        return figure;
    }
}
