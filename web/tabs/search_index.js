// The index of the page: adds pictures in the background; can be paused and resumed. Shows nothing.
import { isReadOnly, onReopened, useIndex } from '../app/kept_index.js';
import { fileInFolders, forgetFolders, keepFolder, keptFolders, mayRead } from '../files/kept_folders.js';

/**
 * @typedef {import('acg2vec').PictureIndex} PictureIndex
 * @typedef {import('acg2vec').Outcome} Outcome
 * @typedef {import('../files/kept_folders.js').KeptFolder} KeptFolder
 * @typedef {import('../files/dropped_files.js').Found} Found
 * @typedef {{ path: string, why: unknown }} Failure
 *
 * @typedef {object} Listener
 * @property {() => void} onChange the state has changed
 * @property {() => void} onReopened the other tab was closed: this one can write now
 * @property {(progress: import('acg2vec').Progress) => void} onProgress
 */

export class SearchIndex {
    #page;
    #listener;
    /** @type {AbortController | undefined} */
    #adding;
    /** @type {KeptFolder[]} */
    #folders = [];
    /** Files that are in no kept folder, by their paths, until the page is closed. @type {Map<string, File>} */
    #files = new Map();
    /** @type {Set<string>} paths of files that were not added yet */
    #left = new Set();
    /** The files that could not be read. @type {Failure[]} */
    failures = [];
    /** How many pictures came in since the work began. */
    added = 0;

    /** @param {import('./tab.js').Page} page @param {Listener} listener */
    constructor(page, listener) {
        this.#page = page;
        this.#listener = listener;
        onReopened(() => listener.onReopened());
    }

    get isReadOnly() {
        return isReadOnly();
    }

    get isAdding() {
        return this.#adding !== undefined;
    }

    /** The names of the folders, and whether all pictures in them were added. */
    get folders() {
        return this.#folders.map(({ name, isDone }) => ({ name, isDone }));
    }

    /** Whether there is unfinished work. */
    get isUnfinished() {
        return this.#left.size > 0 || this.#folders.some(({ isDone }) => !isDone);
    }

    /** Loads the kept folders. True: there is unfinished work that needs no permission of the user. */
    async resume() {
        const folders = await keptFolders().catch(() => []); // no storage
        if (this.#adding) return false; // work on other folders has begun meanwhile
        this.#folders = folders;
        const readable = await Promise.all(this.#folders.map((folder) => mayRead(folder)));
        this.#listener.onChange();
        return readable.some((may, i) => may && !this.#folders[i].isDone);
    }

    /**
     * @template T
     * @param {(index: PictureIndex) => Promise<T>} task
     */
    use(task) {
        return useIndex(this.#page.threads(), task);
    }

    /** @param {any} handle of a folder @returns {Promise<boolean>} false: another one has the same name */
    async addFolder(handle) {
        const known = this.#folders.find(({ name }) => name === handle.name);
        if (known && !(await known.handle.isSameEntry(handle))) return false;
        const folder = { name: handle.name, handle, isDone: false };
        this.#folders = [...this.#folders.filter((each) => each !== known), folder];
        await keepFolder(folder).catch(() => {}); // if that fails, it is not there at the next visit
        return true;
    }

    /** @param {Found[]} found */
    addFiles(found) {
        for (const { file, folder } of found) {
            this.#files.set(folder + file.name, file);
            this.#left.add(folder + file.name);
        }
    }

    /** Marks all folders to be read again. */
    again() {
        for (const folder of this.#folders) folder.isDone = false;
    }

    /**
     * Adds the remaining pictures, until all are done or the work is paused.
     * @param {{ model: import('acg2vec').EmbedImageModel, tags: false | import('acg2vec').TagModel, ask: boolean }} options model: whose vectors
     *   are made; ask: called after a click, so the browser may ask for permission
     */
    async run({ model, tags, ask }) {
        if (this.#adding) return;
        const { signal } = (this.#adding = new AbortController());
        this.failures = [];
        this.added = 0;
        this.#listener.onChange();
        const options = { models: [model], tags, signal, onProgress: this.#listener.onProgress };
        try {
            await this.#addFolders(ask, options);
            await this.#addFiles(options);
        } catch (error) {
            if (!signal.aborted) throw error;
        } finally {
            this.#adding = undefined;
            this.#listener.onChange();
        }
    }

    /**
     * Imports from another index. It can be paused; imported pictures are kept.
     * @param {File} file
     * @returns {Promise<import('acg2vec').ImportResult>}
     */
    async import(file) {
        const { signal } = (this.#adding = new AbortController());
        this.#listener.onChange();
        try {
            return await this.use((index) => index.import(file, { signal, onProgress: this.#listener.onProgress }));
        } finally {
            this.#adding = undefined;
            this.#listener.onChange();
        }
    }

    pause() {
        this.#adding?.abort();
    }

    /** A picture's file, or null if the page cannot read it any more. @param {string} path @returns {Promise<File | null>} */
    async fileOf(path) {
        return this.#files.get(path) ?? fileInFolders(this.#folders, path);
    }

    /** Forgets the pictures and the folders. */
    async clear() {
        await this.use((index) => index.clear());
        await forgetFolders().catch(() => {});
        this.#folders = [];
        this.#files.clear();
        this.#left.clear();
        this.failures = [];
        this.#listener.onChange();
    }

    /** @param {boolean} ask @param {any} options */
    async #addFolders(ask, options) {
        for (const folder of this.#folders.filter(({ isDone }) => !isDone)) {
            if (!(await mayRead(folder, ask))) continue;
            await this.use((index) =>
                index.sync(folder.handle, { ...options, onOutcome: (/** @type {Outcome} */ one) => this.#hear(one) }),
            );
            folder.isDone = true;
            await keepFolder(folder).catch(() => {});
        }
    }

    /** @param {any} options */
    async #addFiles(options) {
        if (!this.#left.size) return;
        const sources = [...this.#left].map((path) => {
            const file = /** @type {File} */ (this.#files.get(path));
            return { path, blob: file, modified: file.lastModified };
        });
        const onOutcome = (/** @type {Outcome} */ outcome) => {
            this.#left.delete(outcome.path);
            this.#hear(outcome);
        };
        await this.use((index) => index.add(sources, { ...options, onOutcome }));
    }

    /** @param {Outcome} outcome */
    #hear({ path, outcome, error }) {
        if (outcome === 'failed') this.failures.push({ path, why: error });
        else if (outcome !== 'unchanged') this.added++;
        this.#listener.onChange();
    }
}
