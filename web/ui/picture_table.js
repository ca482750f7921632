// A table of pictures. Only the visible rows have elements: a thousand scroll like ten. A click on a heading sorts by its column;
// a row is selected by a click, or with the arrow keys.
import { compare, t } from '../words/words.js';
import { make } from './dom.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 *
 * @typedef {object} Column
 * @property {string} key
 * @property {string} [words] the key of the heading's text
 * @property {string} [title] the heading, if it is a text of the user
 * @property {(job: Job) => string} text of a cell
 * @property {(job: Job) => string | number | undefined} order the sort key; undefined comes last
 * @property {boolean} [isFigure] the largest come first, unless the heading is pressed again
 *
 * @typedef {object} TableParts the functions that a table needs
 * @property {(job: Job, isWanted: () => boolean) => Promise<ImageBitmap | undefined>} thumbnail
 * @property {(job: Job) => void} onSelect
 * @property {(job: Job) => void} onRemedy the user allows the remedy
 *
 * @typedef {{ element: any, cells: Map<string, HTMLElement> }} Row
 */

const ROW = 56; // pixels, as in table.css
const SPARE = 6;

export class PictureTable {
    #scroller;
    #parts;
    #head;
    #body;
    #above = spacer();
    #below = spacer();
    /** @type {Column[]} */
    #columns = [];
    /** @type {Job[]} as given */
    #jobs = [];
    /** @type {Job[]} in the order of the table */
    #sorted = [];
    /** @type {Map<Job, Row>} those that are elements */
    #rows = new Map();
    /** @type {Job | null} */
    #selected = null;
    /** @type {{ key: string, isDown: boolean }} key: '' for the order as given */
    #order = { key: '', isDown: false };
    #frame = 0;

    /** @param {HTMLElement} scroller with a table in it @param {TableParts} parts */
    constructor(scroller, parts) {
        this.#scroller = scroller;
        this.#parts = parts;
        const [table] = scroller.getElementsByTagName('table');
        this.#head = /** @type {HTMLTableRowElement} */ (table.tHead?.rows[0]);
        this.#body = table.tBodies[0];
        this.#body.append(this.#above, this.#below);
        scroller.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
        new ResizeObserver(() => this.#drawSoon()).observe(scroller);
        this.#body.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /**
     * Shows these pictures, in the order that was chosen.
     * @param {Job[]} jobs
     * @param {Column[]} columns
     * @param {Job | null} selected
     */
    show(jobs, columns, selected) {
        if (columns.map(({ key }) => key).join() !== this.#columns.map(({ key }) => key).join()) this.#removeRows();
        this.#columns = columns;
        this.#jobs = jobs;
        this.#selected = selected;
        this.#drawHead();
        this.#sort();
        this.#drawSoon();
    }

    /** The visible pictures, in their order. */
    get shown() {
        return this.#sorted;
    }

    toTop() {
        this.#scroller.scrollTop = 0;
    }

    #drawHead() {
        const before = new Map([...this.#head.cells].map((cell) => [cell.dataset.key, cell]));
        const cells = this.#columns.map((column) => before.get(column.key) ?? this.#makeHeading(column.key));
        for (const [i, { key, words = '', title, isFigure }] of this.#columns.entries()) {
            const cell = cells[i];
            cell.classList.toggle('figure', Boolean(isFigure));
            const [button] = cell.getElementsByTagName('button');
            write(button, title ?? t(words));
            button.title = title ?? '';
            if (key === this.#order.key) cell.ariaSort = this.#order.isDown ? 'descending' : 'ascending';
            else cell.removeAttribute('aria-sort');
        }
        if (cells.some((cell, i) => this.#head.cells[i] !== cell) || cells.length !== this.#head.cells.length)
            this.#head.replaceChildren(...cells);
    }

    /** @param {string} key @returns {HTMLTableCellElement} */
    #makeHeading(key) {
        const cell = make('table-heading');
        cell.dataset.key = key;
        cell.firstElementChild.addEventListener('click', () => this.#orderBy(key));
        return cell;
    }

    /** @param {string} key */
    #orderBy(key) {
        const { isFigure = false } = this.#columns.find((column) => column.key === key) ?? {};
        this.#order = { key, isDown: this.#order.key === key ? !this.#order.isDown : isFigure };
        this.toTop();
        this.show(this.#jobs, this.#columns, this.#selected);
    }

    #sort() {
        const column = this.#columns.find(({ key }) => key === this.#order.key);
        this.#sorted = column ? sorted(this.#jobs, column, this.#order.isDown) : this.#jobs;
    }

    #drawSoon() {
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        const { scrollTop, clientHeight } = this.#scroller;
        if (!clientHeight) return; // the table is hidden
        const count = this.#sorted.length;
        const first = Math.max(0, Math.min(count, Math.floor(scrollTop / ROW)) - SPARE);
        const end = Math.min(count, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
        const visible = this.#sorted.slice(first, end);
        const kept = new Set(visible);
        for (const [job, { element }] of this.#rows) if (!kept.has(job)) this.#rows.delete(job) && element.remove();
        this.#above.style.height = `${first * ROW}px`;
        this.#below.style.height = `${(count - end) * ROW}px`;
        this.#body.parentElement?.setAttribute('aria-rowcount', String(count + 1));
        const focused = document.activeElement;
        /** @type {Element} */
        let last = this.#above;
        for (const [i, job] of visible.entries()) {
            const { element } = this.#rowOf(job);
            element.setAttribute('aria-rowindex', String(first + i + 2)); // the headings are the first
            if (last.nextElementSibling !== element) last.after(element);
            last = element;
        }
        if (this.#body.contains(focused)) /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
    }

    /** Updates the row of a picture. @param {Job} job */
    #rowOf(job) {
        const row = this.#rows.get(job) ?? this.#makeRow(job);
        const { element, cells } = row;
        element.classList.toggle('selected', job === this.#selected);
        element.dataset.state = job.state;
        element.querySelector('.open').setAttribute('aria-pressed', String(job === this.#selected));
        for (const { key, text } of this.#columns) write(/** @type {HTMLElement} */ (cells.get(key)), text(job));
        write(element.querySelector('.why'), job.message);
        const remedy = element.querySelector('.remedy');
        remedy.hidden = !job.remedy;
        if (job.remedy) {
            write(remedy, t(job.remedy.words));
            remedy.setAttribute('aria-label', t('jobs.remedy', { words: remedy.textContent, name: job.name }));
        }
        return row;
    }

    /** @param {Job} job @returns {Row} */
    #makeRow(job) {
        const element = make('table-row');
        const name = element.cells[0];
        const button = name.querySelector('.open');
        button.title = job.folder + job.name;
        element.addEventListener('click', () => this.#parts.onSelect(job));
        element.querySelector('.remedy').addEventListener('click', () => this.#parts.onRemedy(job));
        const [, ...others] = this.#columns;
        const made = others.map(({ isFigure }) => Object.assign(document.createElement('td'), { className: isFigure ? 'figure' : '' }));
        element.append(...made);
        const cells = new Map([[this.#columns[0].key, name.querySelector('b')], ...others.map(({ key }, i) => [key, made[i]])]);
        const row = { element, cells: /** @type {Map<string, HTMLElement>} */ (cells) };
        this.#rows.set(job, row);
        const isWanted = () => this.#rows.get(job) === row;
        this.#parts.thumbnail(job, isWanted).then((bitmap) => bitmap && draw(name.querySelector('canvas'), bitmap));
        return row;
    }

    #removeRows() {
        for (const { element } of this.#rows.values()) element.remove();
        this.#rows.clear();
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const from = this.#sorted.findIndex((job) => this.#rows.get(job)?.element.contains(event.target));
        const job = by && this.#sorted[from + by];
        if (!job) return;
        event.preventDefault();
        this.#draw();
        this.#rows.get(job)?.element.querySelector('.open').focus(); // the browser scrolls to it, and the next rows become elements
        this.#parts.onSelect(job);
    }
}

/** @param {Job[]} jobs @param {Column} column @param {boolean} isDown */
function sorted(jobs, { order }, isDown) {
    const keyed = jobs.map((job) => ({ job, by: order(job) }));
    keyed.sort((a, b) => {
        if (a.by === undefined || b.by === undefined) return Number(a.by === undefined) - Number(b.by === undefined);
        const difference = typeof a.by === 'number' ? a.by - Number(b.by) : compare(a.by, String(b.by));
        return isDown ? -difference : difference;
    });
    return keyed.map(({ job }) => job);
}

/** A row in place of all rows that have no elements. */
function spacer() {
    const row = document.createElement('tr');
    row.className = 'spacer';
    row.ariaHidden = 'true';
    return row;
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap */
function draw(canvas, bitmap) {
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
}
