// Shows one picture of the index large: its file, or its thumbnail if the page cannot read the file any more.
import { $ } from '../ui/dom.js';
import { megabytes, size } from '../ui/format.js';
import { t } from '../words/words.js';

export class LargePicture {
    #url = '';

    /**
     * @param {(path: string) => Promise<File | null>} fileOf
     * @param {(picture: { id: number }) => Promise<Blob | undefined>} thumbnail
     */
    constructor(fileOf, thumbnail) {
        this.fileOf = fileOf;
        this.thumbnail = thumbnail;
        this.dialog = $('search-large');
        $('search-large-close').addEventListener('click', () => this.dialog.close());
        this.dialog.addEventListener('close', () => this.#forget());
    }

    /** @param {import('acg2vec').FoundPicture} picture */
    async open(picture) {
        const { path, width, height, bytes } = picture;
        const file = await this.fileOf(path).catch(() => null);
        const shown = file ?? (await this.thumbnail(picture));
        this.#forget();
        const facts = t('search.facts', { size: size(width, height), bytes: megabytes(bytes) });
        $('search-large-name').textContent = path;
        $('search-large-words').textContent = file ? facts : t('search.large.small', { facts });
        const image = $('search-large-picture');
        image.alt = path;
        image.hidden = !shown;
        if (shown) image.src = this.#url = URL.createObjectURL(shown);
        this.dialog.showModal();
    }

    #forget() {
        URL.revokeObjectURL(this.#url);
        $('search-large-picture').removeAttribute('src');
    }
}
