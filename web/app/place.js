// A tab's place in the page: its elements come at once, its code when it is wanted. What is clicked before is done when the code is there.
import { $, stamp } from '../ui/dom.js';

/** @typedef {import('../tabs/tab.js').Tab} Tab */

export class Place {
    /** @type {Tab | undefined} */
    tab;
    /** @type {Promise<Tab> | undefined} */
    #made;
    /** @type {HTMLElement | null} a button that did not work yet */
    #clicked = null;

    /**
     * @param {string} id it has a link to-… and a template …-tab in index.html
     * @param {() => Promise<Tab>} make
     * @param {Record<string, (() => void) | undefined>} buttons what those do that work without the tab, by their names; undefined: they cannot, here
     */
    constructor(id, make, buttons) {
        this.id = id;
        this.link = $(`to-${id}`);
        this.make = make;
        this.buttons = buttons;
    }

    /** @returns {HTMLElement} */
    get part() {
        return $(`${this.id}-part`) ?? this.#stamp();
    }

    #stamp() {
        $('toast').before(stamp('tab', $(`${this.id}-tab`)));
        const early = Object.entries(this.buttons).map(([name, press]) => ({ button: $(`${this.id}-${name}`), press }));
        for (const { button, press } of early) {
            if (press) button?.addEventListener('click', press);
            else if (button) button.hidden = true;
        }
        const part = $(`${this.id}-part`);
        part.ariaBusy = 'true';
        part.addEventListener('click', (/** @type {any} */ { target }) => {
            const clicked = target.closest('button');
            if (!this.tab && early.every(({ button }) => button !== clicked)) this.#clicked = clicked;
        });
        return part;
    }

    /** @param {boolean} isShown */
    show(isShown) {
        if (isShown || this.#made) this.part.hidden = !isShown;
        this.link.ariaCurrent = isShown ? 'page' : 'false';
    }

    /** The tab, whose code is loaded if it is not there. @returns {Promise<Tab>} */
    async open() {
        const { part } = this;
        this.#made ??= this.make();
        this.tab = await this.#made.catch((error) => {
            this.#made = undefined; // a failed load is not remembered
            throw error;
        });
        part.ariaBusy = 'false';
        const clicked = this.#clicked;
        this.#clicked = null;
        if (!part.hidden) clicked?.click();
        return this.tab;
    }
}
