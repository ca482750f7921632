// A grid of small pictures. Only the visible ones have elements, which are reused: ten thousand scroll like ten. One or several
// can be selected, by clicks or keys; a double click or Enter opens one.
import { make } from './dom.js';
import { ThumbnailCache } from './thumbnail_cache.js';

/**
 * @typedef {import('./thumbnail_cache.js').GridPicture} GridPicture
 * @typedef {object} GridParts the functions that a grid needs
 * @property {import('./thumbnail_cache.js').Ask} thumbnails
 * @property {(picture: any) => string} caption
 * @property {() => void} onSelect the selection has changed
 * @property {(picture: any) => void} onOpen
 *
 * @typedef {object} Cell
 * @property {any} element
 * @property {GridPicture} [picture] the shown picture
 * @property {boolean} [isDone] whether it has its image, if there is one
 * @property {string} [url] of the image
 * @property {boolean} [isSelected]
 * @property {boolean} [isActive]
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
    /** @type {Map<number, Cell>} by place */
    #cells = new Map();
    #thumbnails;
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
        this.#thumbnails = new ThumbnailCache(
            parts.thumbnails,
            () => this.#lacking(),
            () => this.#fill(),
        );
        this.#scroller.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
        new ResizeObserver(() => this.#drawSoon()).observe(this.#scroller);
        root.addEventListener('click', ({ target }) => this.#at(target, (place) => this.#toggle(place)));
        root.addEventListener('dblclick', ({ target }) => this.#at(target, (place) => parts.onOpen(this.#pictures[place])));
        root.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /** @param {GridPicture[]} pictures in their order; the selection is kept */
    show(pictures) {
        this.#pictures = pictures;
        const ids = new Set(pictures.map(({ id }) => id));
        for (const id of this.#selected) if (!ids.has(id)) this.#selected.delete(id);
        this.#active = Math.min(this.#active, Math.max(0, pictures.length - 1));
        this.redraw();
    }

    /** Updates all cells: for other pictures, or another language. */
    redraw() {
        this.#draw(this.#takeAway(() => true));
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

    /** @param {Cell[]} spare that can be used again */
    #draw(spare = []) {
        const width = this.#root.clientWidth;
        if (!width) return spare.forEach(({ element }) => element.remove()); // the grid is hidden
        const columns = Math.max(2, Math.floor(width / LEAST_SIDE));
        const side = Math.floor(width / columns);
        if (columns !== this.#columns || side !== this.#side) spare.push(...this.#takeAway(() => true));
        this.#columns = columns;
        this.#side = side;
        const height = side + CAPTION;
        this.#root.style.height = `${Math.ceil(this.#pictures.length / columns) * height}px`;
        const { scrollTop, clientHeight } = this.#scroller;
        const rows = Math.ceil(clientHeight / height) + 1 + 2 * SPARE_ROWS; // always the same number, so that no element is created while scrolling
        const first = Math.max(0, Math.floor(scrollTop / height) - SPARE_ROWS) * columns;
        const end = Math.min(this.#pictures.length, first + rows * columns);
        spare.push(...this.#takeAway((place) => place < first || place >= end));
        for (let place = first; place < end; place++) this.#show(place, spare);
        for (const { element } of spare) element.remove();
        this.#fill();
        const active = this.#cells.get(this.#active);
        if (active) this.#root.setAttribute('aria-activedescendant', active.element.id);
        else this.#root.removeAttribute('aria-activedescendant');
    }

    /**
     * The cells that are not visible.
     * @param {(place: number) => boolean} isAway
     */
    #takeAway(isAway) {
        const spare = [];
        for (const [place, cell] of this.#cells) {
            if (!isAway(place)) continue;
            spare.push(cell);
            this.#cells.delete(place);
        }
        return spare;
    }

    /** Writes only differences: each write makes the browser compute styles. @param {number} place @param {Cell[]} spare */
    #show(place, spare) {
        const picture = this.#pictures[place];
        const cell = this.#cells.get(place) ?? this.#put(spare.pop() ?? this.#made(), place, picture);
        const isSelected = this.#selected.has(picture.id);
        if (cell.isSelected !== isSelected) cell.element.setAttribute('aria-selected', String(isSelected));
        const isActive = place === this.#active;
        if (cell.isActive !== isActive) cell.element.classList.toggle('active', isActive);
        Object.assign(cell, { isSelected, isActive });
    }

    /** @returns {Cell} */
    #made() {
        const element = make('cell');
        this.#root.append(element);
        return { element };
    }

    /** @param {Cell} cell @param {number} place @param {GridPicture} picture */
    #put(cell, place, picture) {
        const { element } = cell;
        const [image, caption] = element.children;
        element.id = `${this.#root.id}-${place}`;
        element.dataset.place = String(place);
        element.setAttribute('aria-posinset', String(place + 1));
        element.setAttribute('aria-setsize', String(this.#pictures.length));
        Object.assign(element.style, { width: `${this.#side}px`, height: `${this.#side + CAPTION}px` });
        element.title = picture.path;
        const [column, row] = [place % this.#columns, Math.floor(place / this.#columns)];
        element.style.transform = `translate(${column * this.#side}px, ${row * (this.#side + CAPTION)}px)`;
        image.alt = ''; // until the image is loaded: the browser would show the text in its place
        caption.firstChild.data = this.#parts.caption(picture);
        Object.assign(cell, { picture, isDone: false });
        this.#cells.set(place, cell);
        return cell;
    }

    /** The pictures without an image. */
    #lacking() {
        return [...this.#cells.values()].flatMap(({ isDone, picture }) => (isDone || !picture ? [] : [picture]));
    }

    /** Shows the available images, and requests the others. */
    #fill() {
        for (const cell of this.#cells.values()) {
            if (cell.isDone || !cell.picture) continue;
            const url = this.#thumbnails.urlOf(cell.picture);
            const image = cell.element.firstChild;
            if (!url && cell.url) image.removeAttribute('src'); // of the picture that it showed before
            if (url && url !== cell.url) image.src = url;
            cell.url = url;
            if (url === undefined) {
                this.#thumbnails.ask();
                continue;
            }
            image.alt = cell.picture.path.replace(/.*\//, '');
            cell.isDone = true;
        }
    }
}
