// A grid of small pictures of which only the visible ones are elements: ten thousand scroll like ten. One or several can be selected, by
// clicks or keys; a double click or Enter opens one.
import { make } from './dom.js';

/**
 * @typedef {{ id: number, path: string }} GridPicture
 * @typedef {object} GridParts what a grid is told
 * @property {(picture: any) => Promise<Blob | undefined>} thumbnail
 * @property {(picture: any) => string} caption
 * @property {() => void} onSelect others are selected now
 * @property {(picture: any) => void} onOpen
 */

const LEAST_SIDE = 148;
const CAPTION = 26;
const SPARE_ROWS = 2;

export class PictureGrid {
    #root;
    #scroller;
    #parts;
    /** @type {GridPicture[]} */
    #pictures = [];
    /** @type {Map<number, { element: any, url: string }>} by place */
    #cells = new Map();
    /** @type {Set<number>} ids */
    #selected = new Set();
    #active = 0;
    #columns = 1;
    #side = LEAST_SIDE;
    #frame = 0;

    /** @param {HTMLElement} root whose parent scrolls @param {GridParts} parts */
    constructor(root, parts) {
        this.#root = root;
        this.#scroller = /** @type {HTMLElement} */ (root.parentElement);
        this.#parts = parts;
        this.#scroller.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
        new ResizeObserver(() => this.#drawSoon()).observe(this.#scroller);
        root.addEventListener('click', ({ target }) => this.#at(target, (place) => this.#toggle(place)));
        root.addEventListener('dblclick', ({ target }) => this.#at(target, (place) => parts.onOpen(this.#pictures[place])));
        root.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /** @param {GridPicture[]} pictures in their order; those that were selected stay so */
    show(pictures) {
        this.#pictures = pictures;
        const ids = new Set(pictures.map(({ id }) => id));
        for (const id of this.#selected) if (!ids.has(id)) this.#selected.delete(id);
        this.#active = Math.min(this.#active, Math.max(0, pictures.length - 1));
        this.redraw();
    }

    /** All cells anew: other pictures, or words in another language. */
    redraw() {
        for (const place of this.#cells.keys()) this.#remove(place);
        this.#draw();
    }

    toTop() {
        this.#active = 0;
        this.#scroller.scrollTop = 0;
    }

    get selected() {
        return this.#pictures.filter(({ id }) => this.#selected.has(id));
    }

    unselect() {
        this.#selected.clear();
        this.#draw();
        this.#parts.onSelect();
    }

    /** @param {any} target @param {(place: number) => void} take */
    #at(target, take) {
        const place = target.closest('[role=option]')?.dataset.place;
        if (place !== undefined) take(Number(place));
    }

    /** @param {number} place */
    #toggle(place) {
        const { id } = this.#pictures[place];
        if (!this.#selected.delete(id)) this.#selected.add(id);
        this.#active = place;
        this.#draw();
        this.#parts.onSelect();
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        if (!this.#pictures.length) return;
        const page = Math.max(1, Math.floor(this.#scroller.clientHeight / (this.#side + CAPTION))) * this.#columns;
        /** @type {Record<string, number>} */
        const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#columns, ArrowDown: this.#columns, PageUp: -page, PageDown: page };
        const last = this.#pictures.length - 1;
        if (event.key in steps) this.#active = Math.min(last, Math.max(0, this.#active + steps[event.key]));
        else if (event.key === 'Home') this.#active = 0;
        else if (event.key === 'End') this.#active = last;
        else if (event.key === ' ') this.#toggle(this.#active);
        else if (event.key === 'Enter') this.#parts.onOpen(this.#pictures[this.#active]);
        else return;
        event.preventDefault();
        this.#scrollTo(this.#active);
        this.#draw();
    }

    /** @param {number} place */
    #scrollTo(place) {
        const height = this.#side + CAPTION;
        const top = Math.floor(place / this.#columns) * height;
        const { scrollTop, clientHeight } = this.#scroller;
        if (top < scrollTop) this.#scroller.scrollTop = top;
        else if (top + height > scrollTop + clientHeight) this.#scroller.scrollTop = top + height - clientHeight;
    }

    #drawSoon() {
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        const width = this.#root.clientWidth;
        if (!width) return; // it does not show
        const columns = Math.max(2, Math.floor(width / LEAST_SIDE));
        const side = Math.floor(width / columns);
        if (columns !== this.#columns || side !== this.#side) for (const place of this.#cells.keys()) this.#remove(place);
        this.#columns = columns;
        this.#side = side;
        const height = side + CAPTION;
        this.#root.style.height = `${Math.ceil(this.#pictures.length / columns) * height}px`;
        const { scrollTop, clientHeight } = this.#scroller;
        const first = Math.max(0, Math.floor(scrollTop / height) - SPARE_ROWS) * columns;
        const end = Math.min(this.#pictures.length, (Math.ceil((scrollTop + clientHeight) / height) + SPARE_ROWS) * columns);
        for (const place of this.#cells.keys()) if (place < first || place >= end) this.#remove(place);
        for (let place = first; place < end; place++) this.#show(place);
        const active = this.#cells.get(this.#active);
        if (active) this.#root.setAttribute('aria-activedescendant', active.element.id);
        else this.#root.removeAttribute('aria-activedescendant');
    }

    /** @param {number} place */
    #show(place) {
        const picture = this.#pictures[place];
        const { element } = this.#cells.get(place) ?? this.#add(place, picture);
        element.setAttribute('aria-selected', String(this.#selected.has(picture.id)));
        element.classList.toggle('active', place === this.#active);
    }

    /** @param {number} place @param {GridPicture} picture */
    #add(place, picture) {
        const element = make('cell');
        const cell = { element, url: '' };
        const [image, caption] = element.children;
        element.id = `${this.#root.id}-${place}`;
        element.dataset.place = String(place);
        element.setAttribute('aria-posinset', String(place + 1));
        element.setAttribute('aria-setsize', String(this.#pictures.length));
        element.title = picture.path;
        Object.assign(element.style, { width: `${this.#side}px`, height: `${this.#side + CAPTION}px` });
        const [column, row] = [place % this.#columns, Math.floor(place / this.#columns)];
        element.style.transform = `translate(${column * this.#side}px, ${row * (this.#side + CAPTION)}px)`;
        image.alt = picture.path.replace(/.*\//, '');
        caption.textContent = this.#parts.caption(picture);
        this.#cells.set(place, cell);
        this.#root.append(element);
        this.#parts.thumbnail(picture).then((blob) => {
            if (!blob || this.#cells.get(place) !== cell) return; // it has scrolled away
            cell.url = URL.createObjectURL(blob);
            image.src = cell.url;
        });
        return cell;
    }

    /** @param {number} place */
    #remove(place) {
        const { element, url } = /** @type {{ element: HTMLElement, url: string }} */ (this.#cells.get(place));
        URL.revokeObjectURL(url);
        element.remove();
        this.#cells.delete(place);
    }
}
