// Small pictures by their ids, asked for several at once, and the last ones kept. What scrolls by between two questions is never asked for.

/**
 * @typedef {{ id: number, path: string, modified: number }} GridPicture
 * @typedef {(ids: number[]) => Promise<Map<number, Blob>>} Ask for those that there are
 */

/** Between two questions: so long a picture has to stay at least. */
const PAUSE_MS = 80;
const MOST_KEPT = 600;

export class ThumbnailCache {
    #ask;
    #lacking;
    #onCome;
    /** By keys, the last used at the end; '': there is none. @type {Map<string, string>} */
    #urls = new Map();
    #isAsking = false;

    /** @param {Ask} ask @param {() => GridPicture[]} lacking what is wanted now @param {() => void} onCome some have come */
    constructor(ask, lacking, onCome) {
        this.#ask = ask;
        this.#lacking = lacking;
        this.#onCome = onCome;
    }

    /** Undefined: not known yet. @param {GridPicture} picture */
    urlOf(picture) {
        const key = keyOf(picture);
        const url = this.#urls.get(key);
        if (url === undefined) return undefined;
        this.#urls.delete(key);
        this.#urls.set(key, url);
        return url;
    }

    /** Until nothing is lacking. */
    async ask() {
        if (this.#isAsking) return;
        this.#isAsking = true;
        try {
            await undefined; // all that lack are told at once
            for (let pictures; (pictures = this.#unknown()).length > 0; ) {
                const blobs = await this.#ask(pictures.map(({ id }) => id));
                for (const picture of pictures) this.#keep(keyOf(picture), blobs.get(picture.id));
                this.#onCome();
                await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
            }
        } catch {
            // the index was closed: who draws the next time asks again
        } finally {
            this.#isAsking = false;
        }
    }

    #unknown() {
        return this.#lacking().filter((picture) => !this.#urls.has(keyOf(picture)));
    }

    /** @param {string} key @param {Blob | undefined} blob */
    #keep(key, blob) {
        this.#urls.set(key, blob ? URL.createObjectURL(blob) : '');
        if (this.#urls.size <= MOST_KEPT) return;
        const [[oldest, url]] = this.#urls;
        URL.revokeObjectURL(url);
        this.#urls.delete(oldest);
    }
}

/** A file that has changed has another image. @param {GridPicture} picture */
const keyOf = ({ id, modified }) => `${id} ${modified}`;
