// The models that a tab needs: on this site, kept in this browser, or to be fetched from their publication or read from disk. Knows their states;
// each model is shown by a card.
import { engineWith, holdEngine } from '../app/engine.js';
import { siteFiles } from '../app/site_weights.js';
import { chosenFiles, droppedFiles } from '../files/dropped_files.js';
import { $, stamp } from '../ui/dom.js';
import { announce } from '../ui/toast.js';
import { ModelCard } from './model_card.js';
import { t, messageOf } from '../words/words.js';
import * as words from './model_words.js';

/**
 * @typedef {import('acg2vec').KeptModel} KeptModel
 * @typedef {import('../app/site_weights.js').WeightFile} WeightFile
 * @typedef {import('../files/dropped_files.js').Found} Found
 */

const DTYPE = 'int8'; // the smallest and fastest

/** @param {{ bytes?: number }[]} all */
const sum = (all) => all.reduce((total, { bytes = 0 }) => total + bytes, 0);

export class Weights {
    /** @type {WeightFile[]} */
    #site = [];
    /** @type {Map<string, KeptModel>} by id */
    #kept = new Map();
    #chooseGroups;
    #actions;
    /** All models of the package. @type {words.Group[]} */
    groups = [];
    /** One for each model that the tab needs. @type {ModelCard[]} */
    cards = [];
    /** The card whose file dialog is open. @type {ModelCard | undefined} */
    #asking;

    /** @param {import('./network_tab.js').NetworkTab} tab @param {(all: words.Group[]) => words.Group[]} chooseGroups returns those that the tab needs */
    constructor(tab, chooseGroups) {
        this.tab = tab;
        this.at = (/** @type {string} */ name) => tab.at(`weights-${name}`);
        tab.at('choices').append(stamp('weights', $(`${tab.id}-tab`)));
        this.#chooseGroups = chooseGroups;
        this.#actions = {
            get: (/** @type {ModelCard} */ card) => this.#get(card),
            choose: (/** @type {ModelCard} */ card, /** @type {string} */ kind) => this.#choose(card, kind),
            remove: (/** @type {ModelCard} */ card) => this.#remove(card),
        };
        for (const kind of ['file', 'folder']) this.at(kind).addEventListener('change', () => this.#onChosen(this.at(kind)));
        this.#listenForDrops(tab.at('weights'));
    }

    async load() {
        this.#site = await siteFiles();
        this.#know(this.#site);
        if (this.#ids.every((id) => this.#isOnSite(id))) this.#refresh(); // even before the kept files are known
        await this.update();
    }

    /** Reads the states again. */
    async update() {
        const engine = await engineWith(this.tab.page.threads());
        const models = await engine.models.list();
        this.#kept = new Map(models.map((model) => [model.id, model]));
        this.#know(models);
        this.#refresh();
    }

    /** Which models there are: at first those of the site, before the engine has started, then all of the package. @param {words.Network[]} models */
    #know(models) {
        this.groups = words.groupsOf(models);
        for (const group of this.#chooseGroups(this.groups)) {
            const known = this.cards.find((card) => card.group.key === group.key);
            const card = known ?? new ModelCard(group, this.#actions);
            card.group = group;
            if (known) continue;
            this.cards.push(card);
            this.at('models').append(card.root);
        }
    }

    /** Whether all files of these models are there; false as long as it is not known which models there are. */
    has(ids = this.#ids) {
        return this.cards.length > 0 && ids.every((id) => this.#isOnSite(id) || (this.#kept.has(id) && this.#missing(id).length === 0));
    }

    /** The taggers of the package, and which are here. */
    get taggers() {
        const taggers = this.groups.filter(({ task }) => task === 'tag');
        return taggers.map((group) => ({
            ...group,
            key: /** @type {import('acg2vec').TagModel} */ (group.key),
            isHere: this.has(group.ids),
        }));
    }

    /** How large the files of a model are. @param {string} [id] */
    size(id = '') {
        return Math.max(sum(this.#onSite(id)), this.#kept.get(id)?.keptBytes ?? 0);
    }

    /** The bytes of these models that will be fetched from this site when they are used. */
    toFetch(ids = this.#ids) {
        const left = (/** @type {string} */ id) => Math.max(0, sum(this.#onSite(id)) - (this.#kept.get(id)?.keptBytes ?? 0));
        return ids.reduce((total, id) => total + left(id), 0);
    }

    /** Whether a model is missing or is being fetched. */
    get isLacking() {
        return this.cards.some((card) => card.isWorking || (card.state && !card.state.isHere && !this.#isReplaced(card)));
    }

    /** Whether another model for the same task is here. @param {ModelCard} card */
    #isReplaced({ group: { task } }) {
        return this.cards.some(({ group, state }) => group.task === task && state?.isHere);
    }

    get #ids() {
        return this.cards.flatMap(({ group }) => group.ids);
    }

    /** @param {string} id */
    #onSite(id) {
        return this.#site.filter((file) => file.id === id && file.here);
    }

    /** @param {string} id */
    #isOnSite(id) {
        return this.#onSite(id).length > 0 && !this.#site.some((file) => file.id === id && !file.here);
    }

    /** The files of a model that are neither here nor on this site. @param {string} id */
    #missing(id) {
        return this.#kept.get(id)?.missing.filter(({ path }) => !this.#site.some((file) => file.path === path && file.here)) ?? [];
    }

    /**
     * @param {words.Group} group
     * @returns {import('./model_card.js').ModelState}
     */
    #stateOf({ ids, page }) {
        const models = ids.flatMap((id) => this.#kept.get(id) ?? []);
        const missing = ids.flatMap((id) => this.#missing(id));
        const published = models.find((model) => model.published)?.published;
        const results = models.map((model) => ({ bytes: model.published ? model.published.keptBytes[DTYPE] : model.bytes }));
        const keptBytes = models.reduce((total, model) => total + model.keptBytes, 0);
        const isUnfinished = !published && missing.length > 0; // its kept bytes are a part of the download
        return {
            isHere: missing.length === 0,
            isConverted: published !== undefined,
            isOnSite: ids.every((id) => this.#isOnSite(id)),
            left: this.toFetch(ids),
            keptBytes: isUnfinished ? 0 : keptBytes,
            missing: missing.map(({ path }) => path),
            needsOriginal: !published || missing.some(({ bytes }) => bytes === undefined),
            licence: models[0]?.licence ?? '',
            page: published?.page ?? page,
            canFetch: published?.canFetch ?? true,
            downloadBytes: published ? published.bytes : sum(results),
            resultBytes: sum(results),
            begunBytes: published?.begunBytes ?? (isUnfinished ? keptBytes : 0),
        };
    }

    #refresh() {
        for (const card of this.cards) card.show(this.#stateOf(card.group));
        const isLacking = this.isLacking;
        this.at('words').textContent = this.#site.length > 0 ? words.introduction(this.cards.length) : t('model.unbuilt');
        this.at('words').hidden = this.#site.length > 0 && !isLacking;
        this.at('lack').hidden = !isLacking;
        this.tab.at('part').classList.toggle('lacking', isLacking);
        this.tab.refresh();
    }

    /**
     * @param {ModelCard} card
     * @param {(engine: import('acg2vec').Engine, listen: import('./model_card.js').Listen) => Promise<unknown>} task
     */
    async #work(card, task) {
        if (card.isWorking) return;
        const engine = await engineWith(this.tab.page.threads());
        const update = async () => {
            await this.update();
            if (card.state?.isHere) this.tab.forget(); // results of the pictures were computed with other weights, or without
        };
        const working = card.work((listen) => holdEngine(async () => void (await task(engine, listen))), update);
        this.#refresh();
        await working;
        this.#refresh();
    }

    /** @param {ModelCard} card */
    #get(card) {
        return this.#work(card, async (engine, listen) => {
            await checkRoom(/** @type {import('./model_card.js').ModelState} */ (card.state));
            askToPersist();
            await engine.models.fetch(card.group.ids, listen);
        });
    }

    /** @param {ModelCard} card @param {string} kind */
    #choose(card, kind) {
        this.#asking = card;
        this.at(kind).click();
    }

    /** @param {HTMLInputElement} input */
    #onChosen(input) {
        const found = chosenFiles(input.files ?? []);
        input.value = ''; // so that choosing the same file again fires a change event
        this.#add(this.#asking ?? this.cards[0], found);
    }

    /**
     * Adds files: to any model of the tab that can be made of them.
     * @param {ModelCard} card that shows the progress
     * @param {Found[]} found
     */
    async #add(card, found) {
        const busy = card.state?.isHere ? this.tab.page.whyBusy() : '';
        if (busy || found.length === 0) return card.say(busy || t('model.files.none'));
        const given = found.map(({ file, folder }) => ({ name: folder + file.name, blob: file }));
        await this.#work(card, async (engine, listen) => {
            const made = await engine.models.add(given, { ...listen, ids: this.#ids });
            const others = this.cards.filter((each) => each !== card && each.group.ids.some((id) => made.includes(id)));
            for (const { group } of others) announce(words.isHere(group.name));
        });
    }

    /** @param {HTMLElement} section */
    #listenForDrops(section) {
        section.addEventListener('drop', async (event) => {
            event.preventDefault();
            event.stopPropagation(); // it is not a picture
            document.body.classList.remove('dragging');
            const { target } = event;
            const dropped = event.dataTransfer ? await droppedFiles(event.dataTransfer) : [];
            const found = dropped.filter(({ isUnreadable }) => !isUnreadable);
            const onto = this.cards.find(({ root }) => root.contains(/** @type {Node} */ (target)));
            this.#add(onto ?? this.cards.find(({ state }) => !state?.isHere) ?? this.cards[0], found);
        });
    }

    /** @param {ModelCard} card */
    async #remove(card) {
        const busy = this.tab.page.whyBusy();
        card.say(busy);
        if (busy) return;
        const engine = await engineWith(this.tab.page.threads());
        try {
            await engine.models.clear(card.group.ids);
            this.tab.forget();
        } catch (error) {
            card.say(messageOf(error));
        }
        await this.update();
    }
}

/** The browser may ask the user; the download does not wait. */
async function askToPersist() {
    const { storage } = navigator;
    try {
        if (!(await storage?.persisted?.())) await storage?.persist?.();
    } catch {
        // the browser keeps nothing for this page, which the download tells
    }
}

/**
 * @param {import('./model_card.js').ModelState} state
 * @throws an Error with a sentence if the browser has not enough space
 */
async function checkRoom({ needsOriginal, isConverted, downloadBytes = 0, begunBytes, resultBytes = 0 }) {
    const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
    const need = needsOriginal ? downloadBytes - begunBytes + (isConverted ? resultBytes : 0) : 0;
    if (need > quota - usage) throw new Error(words.noRoom(need, Math.max(0, quota - usage)));
}
