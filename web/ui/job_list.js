// The list of pictures, when there are several: each with its state, to look at and to download. Does no work.
import { make, showNotes } from './dom.js';
import { megabytes, size } from './format.js';

const NOTHING = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
const WORDS = { waiting: '', working: 'enlarging …', done: 'done', failed: '' };
const ROW = `<li>
    <button type="button"><img alt="" loading="lazy" decoding="async"><span><b></b><small></small></span></button><a class="get" hidden>Download</a>
    <div class="more"><button type="button" class="remedy" hidden></button><div class="notes" role="note"></div></div>
</li>`;

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
        const row = make(ROW);
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
    row.querySelector('small').textContent = job.message || facts || job.note || WORDS[job.state];
    const remedy = row.querySelector('.remedy');
    remedy.hidden = !job.remedy;
    remedy.disabled = !choosable;
    remedy.textContent = job.remedy?.words ?? '';
    remedy.setAttribute('aria-label', `${remedy.textContent}: ${job.name}`);
    showNotes(row.querySelector('.notes'), job.warnings);
    const link = row.querySelector('a');
    link.hidden = !result?.url;
    if (!result?.url) return;
    Object.assign(link, { href: result.url, download: result.name, title: result.name });
    link.setAttribute('aria-label', `Download ${result.name}`);
}
