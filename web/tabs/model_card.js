// The card of one model: a description, its state, and buttons to get it, to stop the download, and to remove it. The elements are those of the
// template "model" in index.html.
import { Rate } from '../ui/rate.js';
import { stamp } from '../ui/dom.js';
import { announce } from '../ui/toast.js';
import { onLanguage, t, messageOf } from '../words/words.js';
import * as words from './model_words.js';

/**
 * @typedef {object} ModelState
 * @property {boolean} isHere all files are here
 * @property {boolean} isConverted its kept files are converted from published ones
 * @property {boolean} isOnSite this site has all files
 * @property {number} left bytes that will be fetched from this site on demand
 * @property {number} keptBytes in this browser
 * @property {string[]} missing paths of missing files
 * @property {boolean} needsOriginal whether the published files are needed for these
 * @property {string} licence
 * @property {string} page
 * @property {boolean} canFetch whether a page may fetch it
 * @property {number} [downloadBytes]
 * @property {number} [resultBytes] size of the kept files
 * @property {number} begunBytes of a download that was stopped
 *
 * @typedef {import('acg2vec').Progress} Progress
 * @typedef {{ signal: AbortSignal, onProgress: (progress: Progress) => void }} Listen
 *
 * @typedef {object} Actions
 * @property {(card: ModelCard) => void} get
 * @property {(card: ModelCard, kind: 'file' | 'folder') => void} choose
 * @property {(card: ModelCard) => void} remove
 */

const SPOKEN_EVERY_MS = 15e3;
const BUTTONS = ['fetch', 'page', 'file', 'folder', 'stop', 'remove'];

export class ModelCard {
    /** @type {ModelState | undefined} */
    #state;
    /** @type {AbortController | undefined} */
    #work;
    #rate = new Rate();
    #stage = '';
    #spokenAt = 0;

    /** @param {words.Group} group @param {Actions} actions */
    constructor(group, actions) {
        this.group = group;
        this.root = /** @type {any} */ (stamp('model').firstElementChild);
        this.root.dataset.model = group.key;
        this.at = (/** @type {string} */ name) => this.root.querySelector(`.${name}`);
        this.root.querySelector('h4').textContent = group.name;
        this.root.setAttribute('aria-label', group.name);
        this.at('fetch').addEventListener('click', () => actions.get(this));
        this.at('file').addEventListener('click', () => actions.choose(this, 'file'));
        this.at('folder').addEventListener('click', () => actions.choose(this, 'folder'));
        this.at('remove').addEventListener('click', () => actions.remove(this));
        this.at('stop').addEventListener('click', () => this.#work?.abort());
        onLanguage(() => this.#refresh());
        this.#refresh();
    }

    get isWorking() {
        return this.#work !== undefined;
    }

    get state() {
        return this.#state;
    }

    /** @param {ModelState} state */
    show(state) {
        this.#state = state;
        this.#refresh();
    }

    /** @param {string} sentence '' removes the last one */
    say(sentence) {
        this.at('message').textContent = sentence;
        this.at('message').hidden = !sentence;
    }

    /**
     * Shows the progress and the outcome of a task.
     * @param {(listen: Listen) => Promise<void>} task rejects with an Error whose message is a sentence
     * @param {() => Promise<void>} update reads the state again
     */
    async work(task, update) {
        const { signal } = (this.#work = new AbortController());
        this.say('');
        this.#begin();
        try {
            await task({ signal, onProgress: (progress) => this.#show(progress) });
            await this.#end(update);
            if (this.#state?.isHere) announce(words.isHere(this.group.name));
        } catch (error) {
            await this.#end(update);
            const { code } = /** @type {{ code?: string }} */ (error);
            if (code === 'CANCELLED') announce(words.isStopped(this.group.name));
            else this.say(words.failure(messageOf(error), code === 'NOT_FOUND' && Boolean(this.#state?.begunBytes)));
        }
    }

    #begin() {
        this.#stage = '';
        this.#spokenAt = performance.now();
        this.at('meter').removeAttribute('aria-valuenow');
        this.#figures([words.begins(this.group.name), ''], 0);
        announce(words.begins(this.group.name));
        this.#refresh();
    }

    /** @param {() => Promise<void>} update */
    async #end(update) {
        this.#work = undefined;
        await update().catch(() => {});
        this.#refresh();
    }

    /** @param {Progress} progress */
    #show(progress) {
        if (!this.#work || this.#work.signal.aborted) return;
        const { stage, done, total } = progress;
        if (stage !== this.#stage) this.#rate = new Rate();
        this.#stage = stage;
        const share = total > 0 ? Math.min(1, done / total) : 0;
        const isOld = stage === 'models' && done < (this.#state?.begunBytes ?? 0);
        if (!isOld) this.#rate.add(done);
        const [figure, beside] = words.progressWords(progress, isOld ? undefined : this.#rate.perSecond);
        this.#figures([figure, isOld ? t('model.checking') : beside], share);
        this.at('meter').setAttribute('aria-valuenow', String(Math.floor(share * 100)));
        this.at('meter').setAttribute('aria-valuetext', figure);
        if (performance.now() - this.#spokenAt < SPOKEN_EVERY_MS) return;
        this.#spokenAt = performance.now();
        announce(words.spokenShare(this.group.name, share));
    }

    /** @param {[string, string]} texts @param {number} share */
    #figures([figure, beside], share) {
        this.root.querySelector('.figures strong').textContent = figure;
        this.root.querySelector('.figures span').textContent = beside;
        this.root.querySelector('.meter span').style.transform = `scaleX(${share})`;
    }

    /** Shows the current state; if the focused button disappears, another one gets the focus. */
    #refresh() {
        const focused = this.root.contains(document.activeElement) && document.activeElement;
        const state = this.#state;
        this.at('what').textContent = words.what(this.group);
        this.at('meter').setAttribute('aria-label', words.begins(this.group.name));
        this.root.dataset.state = this.isWorking ? 'working' : state?.isHere ? 'here' : 'missing';
        this.at('work').hidden = !this.isWorking;
        const shown = this.isWorking ? ['stop'] : state ? shownButtons(state) : [];
        for (const name of BUTTONS) this.at(name).hidden = !shown.includes(name);
        if (state) this.#fill(state);
        if (focused instanceof HTMLElement && focused.hidden) this.root.querySelector('.actions > :not([hidden])')?.focus();
    }

    /** @param {ModelState} state */
    #fill(state) {
        const { isHere, keptBytes, begunBytes } = state;
        this.at('facts').hidden = isHere;
        this.at('status').textContent = this.isWorking ? '' : statusOf(state);
        this.at('remove').textContent = isHere ? words.removeWords(keptBytes) : words.removeBegunWords(keptBytes + begunBytes);
        if (!isHere) this.#offer(state);
    }

    /** Shows the facts that a user needs before the download. @param {ModelState} state */
    #offer(state) {
        const { page, missing, needsOriginal, downloadBytes, begunBytes } = state;
        const link = Object.assign(document.createElement('a'), { target: '_blank', rel: 'noopener', href: page });
        link.append(
            ...words
                .shortAddress(page)
                .split(/(?<=\/)/)
                .flatMap((part) => [document.createElement('wbr'), part]),
        ); // where a line may end
        const rows = [...words.factsOf(state), /** @type {[string, Node]} */ ([t('model.source'), link])];
        this.at('facts').replaceChildren(...rows.flatMap(([name, value]) => [cell('dt', name), cell('dd', value)]));
        this.at('fetch').textContent = needsOriginal ? words.getWords(page, downloadBytes, begunBytes) : words.getRestWords(page, missing);
        this.at('page').href = page;
    }
}

/** @param {'dt' | 'dd'} kind @param {string | Node} value */
function cell(kind, value) {
    const element = document.createElement(kind);
    element.append(value);
    return element;
}

/** @param {ModelState} state */
function shownButtons({ isHere, canFetch, needsOriginal, keptBytes, begunBytes }) {
    const remove = keptBytes + begunBytes > 0 ? ['remove'] : [];
    if (isHere) return remove;
    return [canFetch || !needsOriginal ? 'fetch' : 'page', 'file', 'folder', ...remove];
}

/** @param {ModelState} state */
function statusOf({ isHere, isOnSite, left, keptBytes, missing, canFetch, page }) {
    if (isHere) return isOnSite && left > 0 ? words.onSiteWords(left, keptBytes) : words.keptWords(keptBytes);
    if (keptBytes > 0) return words.stillMissing(keptBytes, missing);
    return canFetch ? '' : words.byHand(page);
}
