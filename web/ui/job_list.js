// The list of pictures, when there are several: each with its state, to look at and to download. Does no work.
import { noteWords, t } from '../words/words.js';
import { make, showNotes } from './dom.js';
import { megabytes, size } from './format.js';

const NOTHING = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
/** @typedef {import('../app/job.js').Job} Job */

export class JobList {
    /** @type {Map<Job, HTMLElement>} */
    #rows = new Map();
    /** @type {Job | null} */
    #selected = null;

    /**
     * @param {HTMLElement} root
     * @param {(job: Job) => void} onSelect
     * @param {(job: Job) => void} onRemedy what could be allowed is
     */
    constructor(root, onSelect, onRemedy) {
        this.root = root;
        this.onSelect = onSelect;
        this.onRemedy = onRemedy;
    }

    /** @param {Job[]} jobs */
    fill(jobs) {
        this.#rows = new Map(jobs.map((job) => [job, this.#makeRow(job)]));
        this.#selected = null;
        this.root.replaceChildren(...this.#rows.values());
        this.root.hidden = jobs.length < 2;
    }

    /** @param {Job | null} selected @param {boolean} choosable */
    refresh(selected, choosable) {
        for (const [job, row] of this.#rows) refreshRow(row, job, job === selected, choosable);
        if (selected && selected !== this.#selected) this.#rows.get(selected)?.scrollIntoView({ block: 'nearest' });
        this.#selected = selected;
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

/** @param {Job} job */
function stateWords({ state }) {
    if (state === 'working') return t('jobs.working');
    return state === 'done' ? t('jobs.done') : '';
}
