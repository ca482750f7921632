// The weights that a tab needs: on this site, kept in this browser, or chosen from the disk. Says which, how large, and what is missing.
import { engineWith, useOwnFiles } from '../app/engine.js';
import { recogniseFiles } from '../files/own_files.js';
import { $, stamp } from '../ui/dom.js';
import { listed, megabytes } from '../ui/format.js';

/**
 * @typedef {import('../files/own_files.js').Place & { id: string, bytes: number, here: boolean }} WeightFile id: of its model; bytes: 0
 *   if it is not here
 *
 * @typedef {object} Options
 * @property {Record<string, string>} roles the files that the tab needs, and what they are called
 * @property {string} of whose weights these are, for sentences
 * @property {string} why the site may not have them: a sentence that begins small
 */

/** What the site was built with. @type {Promise<WeightFile[]> | undefined} */
let offered;

/** As short as it is clear. @param {string} path */
const nameOf = (path) => path.replace(/^.*\/(?!model\.)/, '');

async function fetchOffered() {
    const response = await fetch('networks.json');
    return response.ok ? response.json() : [];
}

export class Weights {
    /** @type {WeightFile[]} */
    #files = [];
    /** @type {Map<string, File>} by path */
    #own = new Map();
    /** @type {Map<string, number>} by the id of a model: how many bytes are kept */
    #kept = new Map();

    /** @param {import('./network_tab.js').NetworkTab} tab @param {Options} options */
    constructor(tab, options) {
        this.tab = tab;
        this.options = options;
        this.at = (/** @type {string} */ name) => tab.at(`weights-${name}`);
        tab.at('choices').append(stamp('weights', $(`${tab.id}-tab`)));
        this.at('choose').addEventListener('click', () => this.at('file').click());
        this.at('file').addEventListener('change', () => {
            const chosen = [...this.at('file').files];
            this.at('file').value = '';
            this.#unlessBusy(async () => this.#use(new Map([...this.#own, ...(await recogniseFiles(chosen, this.#files))])));
        });
        this.at('back').addEventListener('click', () => this.#unlessBusy(() => this.#use(new Map())));
        this.at('forget').addEventListener('click', () => this.#unlessBusy(() => this.#forgetKept()));
    }

    async load() {
        offered ??= fetchOffered();
        this.#files = (await offered).filter(({ role }) => role in this.options.roles);
        this.#refresh();
        await this.update();
    }

    /** Looks again at what is kept. */
    async update() {
        const engine = await engineWith(this.tab.page.threads());
        this.#kept = new Map((await engine.models.list()).map((model) => [model.id, model.keptBytes]));
        this.#refresh();
    }

    /** Whether all files of these models are there. */
    has(chosen = this.#ids) {
        return this.#files.length > 0 && !this.#files.some((file) => chosen.includes(file.id) && this.#isMissing(file));
    }

    /** How large the files of a model are. @param {string} [model] */
    size(model) {
        const files = this.#files.filter(({ id }) => id === model);
        return files.reduce((sum, { path, bytes }) => sum + (this.#own.get(path)?.size ?? bytes), 0);
    }

    /** How much of these models is to come over the network, in bytes. */
    toFetch(chosen = this.#ids) {
        const left = (/** @type {string} */ id) => {
            const fetched = this.#files.filter((file) => file.id === id && !this.#own.has(file.path));
            return Math.max(0, fetched.reduce((sum, { bytes }) => sum + bytes, 0) - (this.#kept.get(id) ?? 0));
        };
        return chosen.reduce((sum, id) => sum + left(id), 0);
    }

    get #ids() {
        return [...new Set(this.#files.map(({ id }) => id))];
    }

    get #keptBytes() {
        return this.#ids.reduce((sum, id) => sum + (this.#kept.get(id) ?? 0), 0);
    }

    /** @param {WeightFile} file */
    #isMissing({ path, here }) {
        return !here && !this.#own.has(path);
    }

    #refresh() {
        const isLacking = this.#files.some((file) => this.#isMissing(file));
        this.at('words').textContent = this.#words();
        this.at('help').hidden = this.at('lack').hidden = !isLacking;
        this.tab.at('panel').classList.toggle('lacking', isLacking);
        this.at('files').replaceChildren(...this.#files.map((file) => this.#row(file)));
        this.at('forget').hidden = !this.#keptBytes;
        this.at('back').hidden = !this.#own.size;
        this.tab.refresh();
    }

    #words() {
        const { of, why } = this.options;
        if (!this.#files.length) return 'This site does not say which weights it has: it was not built as it should be.';
        const lacking = this.#files.filter((file) => this.#isMissing(file));
        if (lacking.length) {
            const names = listed(lacking.map(({ path }) => nameOf(path)));
            const what = this.#own.size || lacking.length < this.#files.length ? names : 'the weights';
            return `This site has not got ${what} of ${of}: ${why} Convert them once on your computer, and choose ${names} here.`;
        }
        if (this.#own.size === this.#files.length) return 'The files that you chose. They are read from your disk and not copied.';
        const left = this.toFetch();
        const kept = megabytes(this.#keptBytes);
        if (!left) return `Kept in this browser, ${kept}: nothing needs to be fetched.`;
        const begun = this.#keptBytes ? ` ${kept} of it are here already.` : '';
        return `${megabytes(left)} are fetched from this site when they are first needed, and then kept in this browser.${begun}`;
    }

    /** @param {WeightFile} file */
    #row({ path, role, bytes, here }) {
        const item = document.createElement('li');
        const mine = this.#own.get(path);
        const where = mine ? `${mine.name}, ${megabytes(mine.size)}` : here ? megabytes(bytes) : 'missing';
        item.dataset.state = mine ? 'own' : here ? 'here' : 'missing';
        for (const text of [this.options.roles[role], where])
            item.append(Object.assign(document.createElement('span'), { textContent: text, title: text }));
        return item;
    }

    /** @param {Map<string, File>} own */
    async #use(own) {
        this.#own = own;
        await useOwnFiles(this.tab.id, own);
        this.#say('');
        this.tab.forget();
        this.#refresh();
    }

    async #forgetKept() {
        const engine = await engineWith(this.tab.page.threads());
        await engine.models.clear(this.#ids);
        await this.update();
    }

    /** @param {() => Promise<void>} action */
    async #unlessBusy(action) {
        const busy = this.tab.page.whyBusy();
        if (busy) this.#say(busy);
        else await action().catch((error) => this.#say(error.message));
    }

    /** @param {string} sentence */
    #say(sentence) {
        this.at('message').textContent = sentence;
        this.at('message').hidden = !sentence;
    }
}
