// Shows the work on the index: buttons for folders and files, progress, and the files that could not be read.
import { canKeepFolders, chooseFolder } from '../files/kept_folders.js';
import { chosenFiles, picturesAmong } from '../files/dropped_files.js';
import { $ } from '../ui/dom.js';
import { Progress } from '../ui/progress.js';
import { announce, toast } from '../ui/toast.js';
import { listed, t, messageOf } from '../words/words.js';

const MAX_FAILURES = 100; // in the list

/** @typedef {import('../files/dropped_files.js').Found} Found */

export class Indexing {
    #left = { done: 0, total: 0 };
    /** The name of the file that is being imported. */
    #importing = '';

    /** @param {import('./search_tab.js').SearchTab} tab @param {import('./search_index.js').SearchIndex} index */
    constructor(tab, index) {
        this.tab = tab;
        this.index = index;
        this.bar = new Progress((name) => $(`search-index-${name}`));
        for (const id of ['search-first-folder', 'search-add-folder']) $(id).addEventListener('click', () => this.#chooseFolder());
        for (const id of ['search-first-files', 'search-add-files']) $(id).addEventListener('click', () => $('search-files').click());
        for (const id of ['search-files', 'search-folder']) $(id).addEventListener('change', () => this.#onChosen($(id)));
        $('search-pause').addEventListener('click', () => index.pause());
        $('search-resume').addEventListener('click', () => this.run(true));
        $('search-again').addEventListener('click', () => {
            index.again();
            this.run(true);
        });
    }

    /** The newest tagger whose weights are here: the last in the package's list. @returns {import('acg2vec').TagModel | undefined} */
    get #tagger() {
        return this.tab.weights.taggers.findLast(({ isHere }) => isHere)?.key;
    }

    /** @param {Found[]} found */
    addFiles(found) {
        if (this.index.isReadOnly) return toast(t('search.readOnly'));
        if (this.#isLacking()) return;
        this.index.addFiles(found);
        this.run(true);
    }

    /** @param {boolean} ask whether it is called after a click */
    async run(ask) {
        const model = this.tab.models.current?.id;
        if (this.index.isAdding || !model) return; // the current work also handles these
        this.#left = { done: 0, total: 0 };
        this.tab.say('');
        this.bar.start(t('tab.starting'));
        const tags = ($('search-with-tags').checked && this.#tagger) || false;
        try {
            await this.index.run({ model, tags, ask });
        } catch (error) {
            if (this.tab.state === 'empty') toast(messageOf(error));
            else this.tab.say(messageOf(error));
        }
        this.bar.stop(this.#words());
        this.refresh();
        await this.tab.weights.update().catch(() => {}); // at worst, the kept sizes are not up to date
    }

    /** Imports another index. @param {File} file */
    async import(file) {
        this.#importing = file.name;
        this.tab.say('');
        this.bar.start(t('search.importing', { name: file.name }));
        try {
            return await this.index.import(file);
        } finally {
            this.#importing = '';
            this.bar.stop('');
            this.refresh();
        }
    }

    /** @param {import('acg2vec').Progress} event */
    progress(event) {
        if (event.stage === 'index' && !this.#importing) this.#left = { done: event.done, total: event.total };
        if (event.stage === 'index' || event.stage === 'models') this.bar.update(event);
        $('search-index-words').textContent = this.#words();
    }

    refresh() {
        const { isAdding, isUnfinished, isReadOnly, folders, failures } = this.index;
        const tagger = this.#tagger;
        for (const name of ['first-folder', 'first-files', 'add-folder', 'add-files', 'resume', 'again'])
            $(`search-${name}`).disabled = isReadOnly;
        $('search-index-words').textContent = this.#words();
        $('search-pause').hidden = !isAdding;
        $('search-resume').hidden = isAdding || !isUnfinished;
        $('search-again').hidden = isAdding || isUnfinished || folders.length === 0;
        $('search-with-tags').disabled = !tagger;
        $('search-tags-hint').textContent = t(tagger ? 'search.tags.hint' : 'search.tags.lack');
        $('search-failed').hidden = failures.length === 0;
        $('search-failed').firstElementChild.textContent = t('search.failed', { n: failures.length });
        const lines = failures.slice(0, MAX_FAILURES).map(({ path, why }) => t('search.failure', { path, why: messageOf(why) }));
        $('search-failures').replaceChildren(...lines.map((textContent) => Object.assign(document.createElement('li'), { textContent })));
    }

    #words() {
        const { isAdding, isUnfinished, isReadOnly, folders, failures } = this.index;
        if (isReadOnly) return t('search.readOnly');
        if (this.#importing) return t('search.importing', { name: this.#importing });
        const { done, total } = this.#left;
        const left = total - done;
        if (isAdding) return total ? t('search.adding', { done, left }) : t('search.looking');
        if (isUnfinished) return total ? t('search.paused.left', { left }) : t('search.paused');
        if (!folders.length) return '';
        return t(failures.length ? 'search.complete.but' : 'search.complete', { names: listed(folders.map(({ name }) => name)) });
    }

    #isLacking() {
        const isLacking = !this.tab.models.current;
        if (isLacking) toast(t('search.lack'));
        return isLacking;
    }

    async #chooseFolder() {
        if (this.#isLacking()) return;
        if (!canKeepFolders) return $('search-folder').click();
        try {
            const handle = await chooseFolder();
            if (!handle) return;
            if (await this.index.addFolder(handle)) await this.run(true);
            else toast(t('search.folder.known', { name: handle.name }));
        } catch (error) {
            toast(messageOf(error));
        }
    }

    /** @param {HTMLInputElement} input */
    async #onChosen(input) {
        const { pictures, passedOver } = await picturesAmong(chosenFiles(input.files ?? []));
        input.value = ''; // so that choosing the same file again fires a change event
        if (passedOver) announce(passedOver);
        if (pictures.length) this.addFiles(pictures);
        else toast(t('files.folder.empty'));
    }
}
