// The list of pictures, when there are several: each with its state, to look at and to download. Does no work.
import { megabytes, size } from './format.js';
import { showNotes } from './notes.js';

const NOTHING = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
const WORDS = { waiting: '', working: 'enlarging …', done: 'done', failed: '' };

/**
 * @param {HTMLElement} root
 * @param {(job: import('./job.js').Job) => void} onSelect
 * @param {(job: import('./job.js').Job) => void} onRemedy what could be allowed is
 */
export function createJobList(root, onSelect, onRemedy) {
    /** @type {Map<import('./job.js').Job, HTMLElement>} */
    let rows = new Map();

    /** @param {import('./job.js').Job} job */
    function makeRow(job) {
        const row = document.createElement('li');
        row.innerHTML =
            '<button type="button"><img alt="" loading="lazy" decoding="async"><span><b></b><small></small></span></button><a class="get" hidden>Download</a>' +
            '<div class="more"><button type="button" class="remedy" hidden></button><div class="notes" role="note"></div></div>';
        const button = /** @type {HTMLButtonElement} */ (row.firstElementChild);
        const image = /** @type {HTMLImageElement} */ (row.querySelector('img'));
        image.addEventListener('error', () => (image.src = NOTHING), { once: true }); // the browser cannot show it
        image.src = job.url;
        /** @type {HTMLElement} */ (row.querySelector('b')).textContent = job.name;
        button.title = job.folder + job.name;
        button.addEventListener('click', () => onSelect(job));
        row.querySelector('.remedy')?.addEventListener('click', () => onRemedy(job));
        return row;
    }

    return {
        /** @param {import('./job.js').Job[]} jobs */
        fill(jobs) {
            rows = new Map(jobs.map((job) => [job, makeRow(job)]));
            root.replaceChildren(...rows.values());
            root.hidden = jobs.length < 2;
        },
        /** @param {import('./job.js').Job | null} selected @param {boolean} choosable */
        refresh(selected, choosable) {
            for (const [job, row] of rows) {
                const { result } = job;
                row.dataset.state = job.state;
                row.classList.toggle('selected', job === selected);
                const button = /** @type {HTMLButtonElement} */ (row.firstElementChild);
                button.disabled = !choosable;
                button.setAttribute('aria-pressed', String(job === selected));
                const facts = result ? `${size(result.width, result.height)}, ${megabytes(result.bytes)}` : '';
                /** @type {HTMLElement} */ (row.querySelector('small')).textContent = job.message || facts || job.note || WORDS[job.state];
                const remedy = /** @type {HTMLButtonElement} */ (row.querySelector('.remedy'));
                remedy.hidden = !job.remedy;
                remedy.disabled = !choosable;
                remedy.textContent = job.remedy?.words ?? '';
                remedy.setAttribute('aria-label', `${remedy.textContent}: ${job.name}`);
                showNotes(/** @type {HTMLElement} */ (row.querySelector('.notes')), job.warnings);
                const link = /** @type {HTMLAnchorElement} */ (row.querySelector('a'));
                link.hidden = !result?.url;
                if (result?.url) {
                    Object.assign(link, { href: result.url, download: result.name, title: result.name });
                    link.setAttribute('aria-label', `Download ${result.name}`);
                }
            }
            if (selected) {
                rows.get(selected)?.scrollIntoView({ block: 'nearest' });
            }
        },
    };
}
