// A cache of thumbnails by id, which are requested in groups. Pictures that only scroll past between two requests are not requested.

/**
 * @typedef {{ id: number, path: string, modified: number }} GridPicture
 * @typedef {(ids: number[]) => Promise<Map<number, Blob>>} Ask returns those that exist
 */

/** The interval of requests: a picture must be visible that long. */
const PAUSE_MS = 80;
const MAX_KEPT = 600;

export class ThumbnailCache {
    #ask;
    #lacking;
    #onCome;
    /** By keys, the last used at the end; '': there is none. @type {Map<string, string>} */
    #urls = new Map();
    #isAsking = false;

    /** @param {Ask} ask @param {() => GridPicture[]} lacking returns the wanted ones @param {() => void} onCome called when some have come */
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

    /** Requests thumbnails until none is missing. */
    async ask() {
        if (this.#isAsking) return;
        this.#isAsking = true;
        try {
            await undefined; // collects all missing ones first
            for (let pictures; (pictures = this.#unknown()).length > 0; ) {
                const blobs = await this.#ask(pictures.map(({ id }) => id));
                for (const picture of pictures) this.#keep(keyOf(picture), blobs.get(picture.id));
                this.#onCome();
                await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
            }
        } catch {
            // the index was closed: the next drawing requests them again
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
        if (this.#urls.size <= MAX_KEPT) return;
        const [[oldest, url]] = this.#urls;
        URL.revokeObjectURL(url);
        this.#urls.delete(oldest);
    }
}

/** The key of a picture: a changed file has another one. @param {GridPicture} picture */
const keyOf = ({ id, modified }) => `${id} ${modified}`;
