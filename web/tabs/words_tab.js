// The tab Words: shows the tags or words of a list that are nearest to a word or a sentence, as a cloud and as a list. The vectors of a list are kept
// in the page's index.
import { useIndex } from '../app/kept_index.js';
import { $, make } from '../ui/dom.js';
import { WordCloud } from '../ui/word_cloud.js';
import { fixed, isText, t, messageOf } from '../words/words.js';
import { WORD_MODEL } from './model_names.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {{ word: string, score: number }} NearWord */

/** How many words are shown. */
const MAX_WORDS = 80;
/** The name of the list that the user gives. */
const OWN = 'words';

export class WordsTab extends NetworkTab {
    /** No picture has to be opened first. @type {import('./tab.js').State} */
    state = 'chosen';
    /** @type {NearWord[]} */
    #found = [];
    #asked = '';
    /** How many words of the user's list are kept. */
    #kept = 0;
    #isListChosen = false;

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('words', page, (all) => all.filter(({ key }) => key === WORD_MODEL));
        this.cloud = new WordCloud($('words-cloud'), (word) => this.#askFor(word));
        const { list } = this.#fields;
        list.addEventListener('change', () => {
            this.#isListChosen = true;
            this.refresh();
            if (list.value === 'own') this.#updateKept();
        });
        this.#fields.own.addEventListener('input', () => this.refresh());
        $('words-own-open').addEventListener('click', () => $('words-file').click());
        $('words-file').addEventListener('change', () => this.#readOwn($('words-file')));
    }

    get #fields() {
        const { elements } = this.at('form');
        const [word, list, own] = ['word', 'list', 'own'].map((name) => elements.namedItem(name));
        return { word, list, own };
    }

    /** The words of the user's list, each once. */
    get #ownWords() {
        const lines = this.#fields.own.value.split('\n').map((/** @type {string} */ line) => line.trim());
        return [...new Set(lines)].filter(Boolean);
    }

    get hasPanel() {
        return true;
    }

    get takesAlong() {
        return false;
    }

    /** Pictures are opened in the tab Search. @param {import('../files/dropped_files.js').Found[]} found */
    async openPictures(found) {
        await this.page.openIn('search', found);
    }

    onEnter() {
        super.onEnter();
        this.cloud.redraw();
    }

    forget() {
        this.#found = [];
        this.refresh();
    }

    onRefresh() {
        const { list } = this.#fields;
        this.#offerTaggers(list);
        if (!this.#isListChosen) list.value = this.weights.taggers.find(({ isHere }) => isHere)?.key ?? 'tags';
        const isOwn = list.value === 'own';
        $('words-own').hidden = !isOwn;
        $('words-list-hint').textContent = this.#hint(list.value);
        this.at('name').textContent = this.at('name').title = this.#asked || t('words.panel');
        this.at('another').hidden = true;
        this.offerRun(t('words.run'), this.weights.has() && (!isOwn || this.#ownWords.length + this.#kept > 0));
        const hasFound = this.#found.length > 0;
        this.at('empty').hidden = hasFound;
        this.at('viewer').hidden = !hasFound;
        this.#showList();
        this.cloud.show(this.#found);
    }

    /** The lists of the taggers come first. @param {HTMLSelectElement} list */
    #offerTaggers(list) {
        for (const { key, name, isHere } of this.weights.taggers) {
            const known = [...list.options].find(({ value }) => value === key);
            const option = known ?? new Option('', key);
            option.textContent = isText(`words.list.${key}`) ? t(`words.list.${key}`) : name;
            option.disabled = !isHere;
            if (!known) list.querySelector('[value=tags]')?.before(option);
        }
    }

    run() {
        const word = this.#fields.word.value.trim();
        return word ? this.#ask(word) : this.say(t('words.none'));
    }

    /** @param {string} list */
    #hint(list) {
        if (list === 'own') return this.#kept && !this.#ownWords.length ? t('words.own.kept', { n: this.#kept }) : '';
        if (list === 'tags') return t(this.weights.taggers.some(({ isHere }) => isHere) ? 'words.tags.hint' : 'words.tags.lack');
        return t('words.tagger.hint');
    }

    /** @param {string} word */
    #askFor(word) {
        this.#fields.word.value = word;
        this.at('run').click();
    }

    /** @param {string} word */
    async #ask(word) {
        const list = this.#fields.list.value;
        const words = this.#ownWords;
        const own = words.length ? { words, list: OWN } : { list: OWN };
        const among = list === 'own' ? own : list === 'tags' ? {} : { tagger: list };
        const found = await this.ask((_, listen) =>
            useIndex(this.page.threads(), (index) => index.neighbours(word, { ...among, limit: MAX_WORDS, ...listen })),
        );
        if (!found) return;
        this.#asked = word;
        this.#found = found;
        if (list === 'own') await this.#updateKept();
        this.refresh();
        if (!found.length) this.say(t('words.empty'));
    }

    #showList() {
        const list = $('words-bars');
        list.hidden = !this.#found.length;
        const rows = this.#found.map(({ word, score }) => {
            const row = make('near-word');
            const [name, figure, bar] = row.children;
            name.textContent = word;
            figure.textContent = fixed(score, 3);
            bar.style.setProperty('--share', String(Math.max(0, score)));
            name.addEventListener('click', () => this.#askFor(word));
            return row;
        });
        list.replaceChildren(...rows);
    }

    async #updateKept() {
        try {
            const lists = await useIndex(this.page.threads(), (index) => index.wordLists());
            this.#kept = lists.find(({ list, model }) => list === OWN && model === WORD_MODEL)?.words ?? 0;
            this.refresh();
        } catch (error) {
            this.say(messageOf(error));
        }
    }

    /** @param {HTMLInputElement} input */
    async #readOwn(input) {
        const [file] = input.files ?? [];
        input.value = ''; // so that choosing the same file again fires a change event
        if (!file) return;
        try {
            this.#fields.own.value = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
            this.say('');
        } catch {
            this.say(t('words.own.unreadable', { name: file.name }));
        }
        this.refresh();
    }
}
