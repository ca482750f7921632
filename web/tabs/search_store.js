// The contents and the size of the index; export for other programs, import of another index, and clearing.
import { downloadBlob } from '../files/download_blob.js';
import { $ } from '../ui/dom.js';
import { megabytes } from '../ui/format.js';
import { announce, toast } from '../ui/toast.js';
import { t, messageOf } from '../words/words.js';

/** The file name of each format. */
const NAMES = { jsonl: 'vectors.jsonl', parquet: 'vectors.parquet', sqlite: 'acg2vec.db' };

export class SearchStore {
    /** @type {import('acg2vec').IndexStats} */
    #stats = { pictures: 0, bytes: 0, models: [] };

    /** @param {import('./search_tab.js').SearchTab} tab @param {import('./search_index.js').SearchIndex} index @param {() => Promise<void>} clear */
    constructor(tab, index, clear) {
        this.tab = tab;
        this.index = index;
        for (const format of /** @type {(keyof typeof NAMES)[]} */ (Object.keys(NAMES)))
            $(`search-export-${format}`).addEventListener('click', () => this.#try(() => this.#export(format)));
        for (const id of ['search-import', 'search-first-import']) $(id).addEventListener('click', () => $('search-import-file').click());
        $('search-import-file').addEventListener('change', () => this.#import($('search-import-file')));
        $('search-clear').addEventListener('click', () => {
            if (confirm(t('search.clear.sure', { n: this.pictures }))) this.#try(clear);
        });
    }

    /** How many pictures the index has. */
    get pictures() {
        return this.#stats.pictures;
    }

    async update() {
        this.#stats = await this.index.use((index) => index.stats());
        this.refresh();
        return this.#stats;
    }

    refresh() {
        const { pictures, bytes, models } = this.#stats;
        this.tab.at('name').textContent = t('search.pictures.count', { n: pictures });
        const rows = [
            [t('search.store.size'), megabytes(bytes)],
            ...models.map(({ name, pictures: seen, stale, missing }) => [
                name,
                t(stale + missing ? 'search.store.seen.part' : 'search.store.seen', { n: seen, left: stale + missing }),
            ]),
        ];
        $('search-facts').replaceChildren(
            ...rows.flatMap(([name, value]) => [
                Object.assign(document.createElement('dt'), { textContent: name }),
                Object.assign(document.createElement('dd'), { textContent: value }),
            ]),
        );
        for (const id of ['search-import', 'search-first-import']) $(id).disabled = this.index.isAdding || this.index.isReadOnly;
        $('search-clear').disabled = this.index.isAdding || this.index.isReadOnly || pictures === 0;
        for (const format of Object.keys(NAMES)) $(`search-export-${format}`).disabled = pictures === 0;
    }

    /** @param {keyof typeof NAMES} format */
    async #export(format) {
        const blob = await this.index.use((index) => index.export(format));
        if (blob) downloadBlob(blob, NAMES[format]);
    }

    /** @param {HTMLInputElement} input */
    async #import(input) {
        const [file] = input.files ?? [];
        input.value = ''; // so that choosing the same file again fires a change event
        if (!file) return;
        $('search-import-words').textContent = '';
        await this.#try(async () => {
            const { added, updated, unchanged } = await this.tab.indexing.import(file);
            const words = t('search.import.done', { name: file.name, added, updated, unchanged });
            $('search-import-words').textContent = words;
            announce(words);
        });
    }

    /** @param {() => Promise<void>} task */
    async #try(task) {
        try {
            await task();
        } catch (error) {
            if (/** @type {{ code?: string }} */ (error).code === 'CANCELLED') return;
            if (this.tab.state === 'empty') toast(messageOf(error));
            else this.tab.say(messageOf(error));
        }
    }
}
