// The list of pictures, when there are several: each with its state, to look at and to download. Does no work.
import { megabytes, size } from './format.js';

const WORDS = { waiting: '', working: 'enlarging …', done: 'done', failed: '' };

/**
 * @param {HTMLElement} root
 * @param {(job: import('./job.js').Job) => void} onSelect
 */
export function createJobList(root, onSelect) {
    /** @type {Map<import('./job.js').Job, HTMLElement>} */
    let rows = new Map();

    /** @param {import('./job.js').Job} job */
    function makeRow(job) {
        const row = document.createElement('li');
        row.innerHTML =
            '<button type="button"><img alt="" loading="lazy" decoding="async"><span><b></b><small></small></span></button><a class="get" hidden>Download</a>';
        const button = /** @type {HTMLButtonElement} */ (row.firstElementChild);
        const image = /** @type {HTMLImageElement} */ (row.querySelector('img'));
        image.addEventListener('error', () => (image.style.visibility = 'hidden'));
        image.src = job.url;
        /** @type {HTMLElement} */ (row.querySelector('b')).textContent = job.name;
        button.title = job.folder + job.name;
        button.addEventListener('click', () => onSelect(job));
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
