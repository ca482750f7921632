// The tab Search, which finds the user's own pictures: by words, pictures, tags, or several of these.
import { copyText } from '../ui/clipboard.js';
import { $ } from '../ui/dom.js';
import { PictureGrid } from '../ui/picture_grid.js';
import { announce, toast } from '../ui/toast.js';
import { fixed, number, t, messageOf } from '../words/words.js';
import { chosenFiles } from '../files/dropped_files.js';
import { hasWords, searchGroups } from './model_words.js';
import { NetworkTab } from './network_tab.js';
import { DuplicateList } from './search_duplicates.js';
import { SearchIndex } from './search_index.js';
import { Indexing } from './search_indexing.js';
import { LargePicture } from './search_large.js';
import { SearchModels } from './search_models.js';
import { SearchQuery } from './search_query.js';
import { SearchStore } from './search_store.js';

/**
 * @typedef {import('../files/dropped_files.js').Found} Found
 * @typedef {import('acg2vec').FoundPicture} FoundPicture
 */

/** The maximum number of results of a search by vectors. */
const MAX_FOUND = 300;
/** How many tags are suggested while the user types. */
const OFFERED_TAGS = 40;
const CUT_OFF_STEP = 0.005;
/** How often the results are updated while pictures are added. */
const SHOW_EVERY_MS = 3000;

/** @type {Record<string, (a: FoundPicture, b: FoundPicture) => number>} */
const ORDERS = {
    newest: (a, b) => b.modified - a.modified || a.id - b.id,
    oldest: (a, b) => a.modified - b.modified || a.id - b.id,
    largest: (a, b) => b.width * b.height - a.width * a.height || a.id - b.id,
};

export class SearchTab extends NetworkTab {
    /** @type {import('acg2vec').SearchResult | undefined} */
    #found;
    /** @type {AbortController | undefined} */
    #searching;
    /** @type {number | 'auto' | 'off'} */
    #minScore = 'auto';
    /** The message of the last failed search. */
    #problem = '';
    #hasEntered = false;
    #shownAt = 0;
    /** @type {import('acg2vec').TagCount[]} */
    #tags = [];

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('search', page, (all) => searchGroups(all).filter(hasWords));
        this.models = new SearchModels(this, () => this.#onModel());
        this.index = new SearchIndex(page, {
            onChange: () => this.#onIndex(),
            onReopened: () => this.#try(() => this.#goOn()),
            onProgress: (event) => this.indexing.progress(event),
        });
        this.indexing = new Indexing(this, this.index);
        this.store = new SearchStore(this, this.index, () => this.#clear());
        const thumbnail = (/** @type {{ id: number }} */ { id }) => this.index.use((index) => index.thumbnail(id));
        this.large = new LargePicture((path) => this.index.fileOf(path), thumbnail);
        this.grid = new PictureGrid($('search-grid'), {
            thumbnails: (ids) => this.index.use((index) => index.thumbnails(ids)),
            caption: (picture) => this.#caption(picture),
            onSelect: () => this.#showSelected(),
            onOpen: (picture) => this.large.open(picture),
        });
        this.duplicates = new DuplicateList($('search-duplicates'), $('search-duplicates-more'), thumbnail);
        this.query = new SearchQuery(this.at('form'), $('search-parts'), () => this.#ask());
        this.#listen();
    }

    get takesAlong() {
        return false;
    }

    onEnter() {
        super.onEnter();
        this.grid.redraw();
        if (this.#hasEntered) return;
        this.#hasEntered = true;
        this.#try(() => this.#goOn());
    }

    /** Resumes the work that was unfinished when this page, or another one, was closed. */
    async #goOn() {
        const mayGoOn = await this.index.resume();
        await this.#update();
        if (mayGoOn && !this.index.isReadOnly) this.indexing.run(false);
    }

    /** Searches for a single picture; adds several to the index, or one if it is empty. @param {Found[]} found */
    async openPictures(found) {
        if (found.length === 1 && this.state !== 'empty') this.#askByFiles(found.map(({ file }) => file));
        else this.indexing.addFiles(found);
    }

    forget() {
        this.refresh();
    }

    onRefresh() {
        for (const name of ['text', 'without']) this.at('form').elements.namedItem(name).disabled = !this.models.hasWords;
        this.models.refresh();
        this.at('another').hidden = true;
        this.at('run').textContent = t('search.run');
        $('search-all').hidden = this.query.isEmpty;
        this.query.show();
        this.indexing.refresh();
        this.store.refresh();
        this.#showFound();
        this.#showSelected();
    }

    run() {
        this.#takeTag();
        return this.#ask();
    }

    /** Shows errors of a task. @param {() => Promise<void>} task */
    async #try(task) {
        try {
            await task();
        } catch (error) {
            if (this.state === 'empty') toast(messageOf(error));
            else this.say(messageOf(error));
        }
    }

    #listen() {
        $('search-sort').addEventListener('change', () => this.#showFound());
        $('search-all').addEventListener('click', () => this.query.clear());
        $('search-by-picture').addEventListener('click', () => $('search-query-file').click());
        $('search-query-file').addEventListener('change', () => {
            this.#askByFiles(chosenFiles($('search-query-file').files).map(({ file }) => file));
            $('search-query-file').value = '';
        });
        const form = this.at('form').elements;
        form.namedItem('hideDuplicates').addEventListener('change', () => this.#search());
        form.namedItem('tag').addEventListener('input', () => this.#offerTags());
        $('search-cut-off').addEventListener('input', () => this.#showCutOff(Number($('search-cut-off').value)));
        $('search-cut-off').addEventListener('change', () => {
            const { value, min } = $('search-cut-off');
            this.#minScore = value === min ? 'off' : Number(value);
            this.#search();
        });
        $('search-like').addEventListener('click', () => this.#askByPictures(true));
        $('search-unlike').addEventListener('click', () => this.#askByPictures(false));
        $('search-open').addEventListener('click', () => this.large.open(this.grid.selected[0]));
        $('search-enlarge').addEventListener('click', () => this.#try(() => this.#enlarge()));
        $('search-copy').addEventListener('click', () => copy(this.grid.selected.map(({ path }) => path)));
        $('search-unselect').addEventListener('click', () => this.grid.unselect());
        $('search-duplicates-toggle').addEventListener('click', () => this.#try(() => this.#toggleDuplicates()));
        $('search-same-copy').addEventListener('click', () => copy(this.duplicates.worse));
    }

    /** @param {File[]} files */
    #askByFiles(files) {
        this.query.add(files.map((file) => ({ kind: 'image', name: file.name, value: file, isWanted: true })));
    }

    /** @param {boolean} isWanted */
    #askByPictures(isWanted) {
        const pictures = this.grid.selected;
        this.grid.unselect();
        this.query.add(pictures.map(({ id, path }) => ({ kind: 'picture', name: nameOf(path), value: id, isWanted })));
    }

    #takeTag() {
        const field = this.at('form').elements.namedItem('tag');
        const tag = field.value.trim().replaceAll(' ', '_');
        field.value = '';
        if (tag) this.query.add([{ kind: 'tag', name: tag, value: tag, isWanted: true }]);
    }

    #offerTags() {
        const begun = this.at('form').elements.namedItem('tag').value.trim().replaceAll(' ', '_').toLowerCase();
        const offered = this.#tags.filter(({ name }) => name.toLowerCase().includes(begun)).slice(0, OFFERED_TAGS);
        $('search-tags').replaceChildren(...offered.map(({ name, pictures }) => new Option(number(pictures), name)));
    }

    /** The search has changed. */
    #ask() {
        this.#minScore = 'auto';
        this.say('');
        this.grid.toTop();
        $('search-all').hidden = this.query.isEmpty;
        return this.#search();
    }

    /** Searches; only the result of the last search is shown. */
    async #search() {
        this.#searching?.abort();
        const { signal } = (this.#searching = new AbortController());
        if (this.state === 'empty') return;
        if (this.at('message').textContent === this.#problem) this.say(''); // messages of other work stay
        this.#showDuplicates(false);
        const { hasLikeness, options } = this.query;
        const hideDuplicates = this.at('form').elements.namedItem('hideDuplicates').checked;
        const limit = hasLikeness ? MAX_FOUND : Math.max(1, this.store.pictures);
        try {
            const found = await this.index.use((index) =>
                index.search({ ...options, model: this.models.searching, limit, hideDuplicates, minScore: this.#minScore, signal }),
            );
            if (signal.aborted) return;
            this.#found = found;
            this.#showFound();
            if (!this.query.isEmpty) announce($('search-count').textContent);
        } catch (error) {
            if (!signal.aborted) this.say((this.#problem = messageOf(error)));
        }
    }

    /** Shows the results in the chosen order. */
    #showFound() {
        const found = this.#found ?? [];
        const { hasLikeness, isEmpty } = this.query;
        const order = ORDERS[$('search-sort').value];
        $('search-none').hidden = found.length > 0;
        $('search-grid').hidden = found.length === 0; // before it is drawn: a hidden element has no width
        this.grid.show(order ? [...found].sort(order) : [...found]);
        $('search-count').textContent = t(isEmpty ? 'search.count.all' : 'search.count', { n: found.length });
        $('search-hide').hidden = !hasLikeness; // without a vector, all pictures of a large index would be compared with each other
        for (const part of ['row', 'hint']) $(`search-cut-off-${part}`).hidden = !hasLikeness || this.#found?.mean === undefined;
        if (hasLikeness) this.#refreshCutOff();
    }

    #refreshCutOff() {
        const { mean = 0, deviation = 0, minScore, searched = 0 } = this.#found ?? {};
        const best = this.#found?.[0]?.score ?? mean;
        const slider = $('search-cut-off');
        const [least, most] = [mean - 3 * deviation, Math.max(best, minScore ?? best, mean + 3 * deviation)].map((score) =>
            Math.max(-1, Math.min(1, score)),
        );
        slider.step = CUT_OFF_STEP;
        slider.min = Math.floor(least / CUT_OFF_STEP) * CUT_OFF_STEP;
        slider.max = Math.ceil(most / CUT_OFF_STEP) * CUT_OFF_STEP;
        slider.value = minScore ?? slider.min;
        this.#showCutOff(minScore);
        const key = this.#minScore === 'auto' && minScore !== undefined ? 'search.cutOff.auto' : 'search.cutOff.own';
        $('search-cut-off-hint').textContent = t(key, { n: searched, mean: fixed(mean, 3) });
    }

    /** @param {number | undefined} score */
    #showCutOff(score) {
        $('search-cut-off-value').textContent = score === undefined ? t('search.cutOff.none') : fixed(score, 3);
    }

    /** @param {FoundPicture} picture */
    #caption({ score, path }) {
        return this.query.isEmpty ? nameOf(path) : fixed(score, 3);
    }

    #showSelected() {
        const n = this.grid.selected.length;
        $('search-selected').hidden = n === 0 || !$('search-same').hidden;
        $('search-selected-count').textContent = t('search.selected.count', { n });
    }

    async #enlarge() {
        const files = await Promise.all(this.grid.selected.map(({ path }) => this.index.fileOf(path)));
        const found = files.flatMap((file) => (file ? [{ file, folder: '' }] : []));
        if (found.length < files.length) toast(t('search.unreachable'));
        if (found.length) await this.page.openIn('enlarge', found);
    }

    async #toggleDuplicates() {
        if (!$('search-same').hidden) return this.#showDuplicates(false);
        const groups = await this.index.use((index) => index.duplicates());
        this.duplicates.show(groups);
        const n = groups.reduce((sum, { others }) => sum + others.length, 0);
        $('search-same-words').textContent = n ? t('search.duplicates.found', { n, groups: groups.length }) : t('search.duplicates.none');
        $('search-same-copy').hidden = n === 0;
        this.#showDuplicates(true);
        announce($('search-same-words').textContent);
    }

    /** @param {boolean} isShown */
    #showDuplicates(isShown) {
        $('search-same').hidden = !isShown;
        $('search-found').hidden = isShown;
        $('search-duplicates-toggle').setAttribute('aria-pressed', String(isShown));
        this.#showSelected();
    }

    /** The index has other pictures, or work on it has begun or ended. */
    #onIndex() {
        if (this.index.isAdding && performance.now() - this.#shownAt < SHOW_EVERY_MS) return this.indexing.refresh();
        this.#shownAt = performance.now();
        this.#try(() => this.#update());
    }

    /** Reads the contents of the index again. */
    async #update() {
        this.models.update(await this.store.update());
        this.#tags = await this.index.use((index) => index.tags());
        const { isAdding, isUnfinished, failures } = this.index;
        this.setState(this.store.pictures || isAdding || isUnfinished || failures.length ? 'chosen' : 'empty');
        if (this.query.isEmpty || !this.#found) await this.#search();
    }

    /** The model of the search has changed. */
    #onModel() {
        this.refresh();
        if (!this.query.isEmpty) this.#ask();
    }

    async #clear() {
        this.query.clear();
        this.#found = undefined;
        await this.index.clear();
    }
}

/** @param {string} path */
const nameOf = (path) => path.replace(/.*\//, '');

/** @param {string[]} paths */
async function copy(paths) {
    const isCopied = await copyText(paths.join('\n'));
    toast(isCopied ? t('search.copied', { n: paths.length }) : t('describe.copy.refused'), 'status');
}
