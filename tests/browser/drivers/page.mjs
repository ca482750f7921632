// The interface of a page for tests in any browser. A driver implements six methods; the rest is common.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** The endings of unfinished downloads: Firefox, WebKitGTK. */
const UNFINISHED = /\.(part|wkdownload)$/;

/**
 * @typedef {object} Way
 * @property {(url: string) => Promise<void>} goto
 * @property {() => Promise<void>} reload
 * @property {(script: string) => Promise<string | null>} run a function body that may await and returns text
 * @property {(selector: string) => Promise<void>} click as a user does: with the right to download and the like
 * @property {(selector: string, paths: string[]) => Promise<void>} setFiles
 * @property {() => Promise<void>} close
 */

export class Page {
    /** @type {string[]} */
    complaints = [];
    #way;

    /**
     * @param {Way} way
     * @param {string} downloads the folder that downloads come to
     */
    constructor(way, downloads) {
        this.#way = way;
        this.downloads = downloads;
    }

    goto = (url) => this.#way.goto(url);
    reload = () => this.#way.reload();
    click = (selector) => this.#way.click(selector);
    setFiles = (selector, ...paths) => this.#way.setFiles(selector, paths);
    close = () => this.#way.close();

    /** Runs a function in the page. Its arguments and its result must be JSON. */
    async evaluate(run, ...values) {
        const text = await this.#way.run(`return JSON.stringify({ value: await (${run})(...${JSON.stringify(values)}) });`);
        return JSON.parse(text ?? '{}').value;
    }

    /** Waits until a function in the page gives something that is true, and returns it. */
    async waitFor(run, values = [], { seconds = 120 } = {}) {
        for (const end = Date.now() + 1000 * seconds; ; await sleep(POLL_MS)) {
            const found = await this.evaluate(run, ...values);
            if (found) return found;
            if (Date.now() > end) throw new Error(`Expected this within ${seconds} s: ${run}(${JSON.stringify(values)})`);
        }
    }

    /** Clicks an element that downloads, and waits for the file. */
    async download(selector, { seconds = 60 } = {}) {
        for (const name of readdirSync(this.downloads)) rmSync(join(this.downloads, name)); // otherwise the next one would get another name
        await this.click(selector);
        for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(POLL_MS)) {
            const names = readdirSync(this.downloads);
            if (names.length !== 1 || UNFINISHED.test(names[0])) continue;
            const bytes = readFileSync(join(this.downloads, names[0]));
            if (bytes.length > 0) return { name: names[0], bytes };
        }
        throw new Error(`Expected a download within ${seconds} s`);
    }
}
