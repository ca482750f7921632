// The list of pictures, when there are several: each with its state, a button to show it, and a download. Does no work.
import { noteWords, t } from '../words/words.js';
import { make, showNotes } from './dom.js';
import { megabytes, size } from './format.js';

const NOTHING = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {{ onMove: (job: Job, by: -1 | 1) => void, onLeave: (job: Job) => void }} Queue onLeave: removes it from the queue
 */

/** Rows that are created at once; the others follow later, so that a thousand do not block the page. */
const AT_ONCE = 60;

/** Whoever shows or hides the list refreshes it then. */
export class JobList {
    /** @type {Job[]} */
    #jobs = [];
    /** @type {Map<Job, HTMLElement>} those of the first jobs, later of all */
    #rows = new Map();
    /** @type {Job | null} */
    #selected = null;
    #isChoosable = true;
    /** @type {ReturnType<typeof setTimeout> | 0} */
    #timer = 0;

    /**
     * @param {HTMLElement} root
     * @param {(job: Job) => void} onSelect
     * @param {(job: Job) => void} onRemedy the user allows the remedy
     * @param {Queue | null} [queue] null: the order does not matter
     */
    constructor(root, onSelect, onRemedy, queue = null) {
        this.root = root;
        this.onSelect = onSelect;
        this.onRemedy = onRemedy;
        this.queue = queue;
    }

    /** @param {Job[]} jobs */
    fill(jobs) {
        this.#jobs = [...jobs];
        this.#rows = new Map();
        this.#selected = null;
        this.root.replaceChildren();
    }

    /** Some more rows, and later the next; none while the list does not show. */
    #makeRows() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        if (this.root.hidden) return;
        const more = this.#jobs.slice(this.#rows.size, this.#rows.size + AT_ONCE);
        const made = more.map((job) => this.#makeRow(job));
        for (const [i, job] of more.entries()) {
            this.#rows.set(job, made[i]);
            this.#refreshRow(job, made[i]);
        }
        this.root.append(...made);
        if (this.#rows.size < this.#jobs.length) this.#timer = setTimeout(() => this.#makeRows());
    }

    /** The same pictures in another order; the focus is kept. @param {Job[]} jobs */
    sort(jobs) {
        const focused = document.activeElement;
        this.#jobs = [...jobs];
        this.#rows = new Map(jobs.map((job) => [job, this.#rows.get(job) ?? this.#makeRow(job)]));
        this.root.append(...this.#rows.values());
        if (this.root.contains(focused)) /** @type {HTMLElement} */ (focused).focus();
    }

    /** @param {Job} job */
    focus(job) {
        /** @type {HTMLElement | null | undefined} */ (this.#rows.get(job)?.querySelector('.leave'))?.focus();
    }

    /** @param {Job | null} selected @param {boolean} choosable */
    refresh(selected, choosable) {
        const isAnother = selected !== this.#selected;
        this.#selected = selected;
        this.#isChoosable = choosable;
        if (this.root.hidden) return;
        if (!this.#timer) this.#makeRows();
        for (const [job, row] of this.#rows) this.#refreshRow(job, row);
        if (selected && isAnother) this.#rows.get(selected)?.scrollIntoView({ block: 'nearest' });
    }

    /** @param {Job} job @param {HTMLElement} row */
    #refreshRow(job, row) {
        refreshRow(row, job, job === this.#selected, this.#isChoosable);
        if (this.queue) refreshOrder(row.querySelector('.order'), job, this.#jobs);
    }

    /** @param {Job} job */
    #makeRow(job) {
        const row = make('job');
        const button = row.firstElementChild;
        const image = row.querySelector('img');
        image.addEventListener('error', () => (image.src = NOTHING), { once: true }); // the browser cannot show it
        image.src = job.url;
        row.querySelector('b').textContent = job.name;
        button.title = job.folder + job.name;
        button.addEventListener('click', () => this.onSelect(job));
        row.querySelector('.remedy').addEventListener('click', () => this.onRemedy(job));
        row.querySelector('.up').addEventListener('click', () => this.queue?.onMove(job, -1));
        row.querySelector('.down').addEventListener('click', () => this.queue?.onMove(job, 1));
        row.querySelector('.leave').addEventListener('click', () => this.queue?.onLeave(job));
        return row;
    }
}

/** @param {any} row @param {Job} job @param {boolean} isSelected @param {boolean} choosable */
function refreshRow(row, job, isSelected, choosable) {
    const { result } = job;
    row.dataset.state = job.state;
    row.classList.toggle('selected', isSelected);
    const button = row.firstElementChild;
    button.disabled = !choosable;
    button.setAttribute('aria-pressed', String(isSelected));
    const facts = result ? `${size(result.width, result.height)}, ${megabytes(result.bytes)}` : '';
    row.querySelector('small').textContent = job.message || facts || job.note || stateWords(job);
    const remedy = row.querySelector('.remedy');
    remedy.hidden = !job.remedy;
    remedy.disabled = !choosable;
    remedy.textContent = job.remedy ? t(job.remedy.words) : '';
    remedy.setAttribute('aria-label', t('jobs.remedy', { words: remedy.textContent, name: job.name }));
    showNotes(row.querySelector('.notes'), job.notes.map(noteWords));
    const link = row.querySelector('a');
    link.hidden = !result?.url;
    if (!result?.url) return;
    Object.assign(link, { href: result.url, download: result.name, title: result.name, textContent: t('tab.download') });
    link.setAttribute('aria-label', t('jobs.download', { name: result.name }));
}

/** Enables the buttons that move a picture; finished pictures cannot be moved. @param {any} order @param {Job} job @param {Job[]} jobs */
function refreshOrder(order, job, jobs) {
    const [up, down, leave] = order.children;
    const { name, state } = job;
    order.hidden = Boolean(job.result);
    up.disabled = state === 'working' || job === jobs[0];
    down.disabled = state === 'working' || job === jobs.at(-1);
    up.setAttribute('aria-label', t('jobs.up', { name }));
    down.setAttribute('aria-label', t('jobs.down', { name }));
    leave.setAttribute('aria-label', t(state === 'working' ? 'jobs.cancel' : 'jobs.remove', { name }));
    leave.title = leave.getAttribute('aria-label');
}

/** @param {Job} job */
function stateWords({ state }) {
    if (state === 'working') return t('jobs.working');
    return state === 'done' ? t('jobs.done') : '';
}
