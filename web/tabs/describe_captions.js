// Captions of the pictures that have tags: reads the form, and writes them into a folder or an archive.
import { captionName, captionOf } from 'acg2vec';
import { canWriteFiles, findIn, pickFolder, writeIn } from '../files/save.js';
import { downloadZip } from '../files/zip.js';
import { $ } from '../ui/dom.js';
import { t, messageOf } from '../words/words.js';
import { isShown, shownTags } from './describe_work.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {import('acg2vec').CaptionOptions} CaptionOptions
 * @typedef {{ job: Job, path: string }} Caption path: of its file, below what the user chose
 */

const KOHYA = 'kohya';
const ADDABLE = [KOHYA, 'hydrus-sidecar'];
const FEW = 3; // failures that are listed

export class Captions {
    #form = $('describe-captions-form');
    #buttons = [$('describe-captions-write'), $('describe-captions-zip')];

    /** @param {() => { all: Job[], jobs: Job[], least: import('./describe_work.js').MinScores }} known all pictures, those that have tags, and their least scores */
    constructor(known) {
        this.known = known;
        const [write, zip] = this.#buttons;
        write.hidden = $('describe-captions-there').hidden = !canWriteFiles;
        write.addEventListener('click', () => this.#run(() => this.#write()));
        zip.addEventListener('click', () => this.#run(() => this.#download()));
        this.#form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
        this.#form.addEventListener('change', () => {
            this.#say('');
            this.refresh();
        });
    }

    refresh() {
        const { jobs } = this.known();
        const format = this.#value('format');
        $('describe-captions').hidden = !jobs.length;
        $('describe-captions-rating').hidden = $('describe-captions-first').hidden = format !== KOHYA;
        this.#form.querySelector('[value=append]').disabled = !ADDABLE.includes(format);
        if (!jobs.length) this.#say('');
    }

    /** @param {() => Promise<string>} task returns the final message */
    async #run(task) {
        this.#say('');
        for (const button of this.#buttons) button.disabled = true;
        try {
            this.#say(await task());
        } catch (error) {
            this.#say(messageOf(error));
        }
        for (const button of this.#buttons) button.disabled = false;
    }

    async #write() {
        const folder = await pickFolder();
        if (!folder) return '';
        const [captions, without] = this.#captions(folder.name);
        const said = { written: 0, kept: 0 };
        /** @type {string[]} */
        const failures = [];
        for (const caption of captions) {
            try {
                said[await this.#writeOne(folder, caption)]++;
            } catch (error) {
                failures.push(t('captions.failed', { path: caption.path, why: messageOf(error) }));
            }
        }
        const kept = said.kept ? t('captions.kept', { n: said.kept }) : '';
        return sentences(t('captions.written', { n: said.written }), kept, without, ...failures.slice(0, FEW));
    }

    /**
     * @param {FileSystemDirectoryHandle} folder
     * @param {Caption} caption
     * @returns {Promise<'written' | 'kept'>}
     */
    async #writeOne(folder, caption) {
        const before = await findIn(folder, caption.path);
        const there = this.#value('there');
        const isAdded = there === 'append' && ADDABLE.includes(this.#value('format'));
        if (before && there !== 'overwrite' && !isAdded) return 'kept';
        const text = await this.#text(caption, before && isAdded ? await textOf(before) : undefined);
        await writeIn(folder, caption.path, text);
        return 'written';
    }

    async #download() {
        const [captions, without] = this.#captions('');
        const files = [];
        for (const caption of captions) files.push({ name: caption.path, input: await this.#text(caption) });
        await downloadZip(files, 'captions.zip');
        return sentences(t('captions.zipped', { n: files.length }), without);
    }

    /**
     * One caption for each picture. If two have the same path, only the first; never a path of a picture.
     * @param {string} chosen the folder that was chosen: paths begin in it, if all pictures lie in one of that name
     * @returns {[Caption[], string]} and a sentence about pictures without one, or ''
     */
    #captions(chosen) {
        const { all, jobs } = this.known();
        const start = `${chosen}/`;
        const cut = jobs.every(({ folder }) => folder.startsWith(start)) ? start.length : 0;
        const format = this.#value('format');
        const pictures = new Set(all.map(({ folder, name }) => (folder + name).slice(cut)));
        /** @type {Map<string, Job>} */
        const owners = new Map();
        /** @type {string[]} */
        const without = [];
        for (const job of jobs) {
            const path = captionName(job.folder + job.name, { format }).slice(cut);
            if (owners.has(path) || pictures.has(path)) without.push(job.name);
            else owners.set(path, job);
        }
        const sentence = without.length ? t('captions.left', { names: without.join(', ') }) : '';
        return [[...owners].map(([path, job]) => ({ path, job })), sentence];
    }

    /** @param {Caption} caption @param {string} [existing] */
    async #text({ job }, existing) {
        const format = this.#value('format');
        const own = format === KOHYA ? { rating: this.#value('rating'), alwaysFirstTags: this.#list('alwaysFirstTags') } : {};
        return captionOf(this.#tags(job), {
            format,
            ...own,
            removeUnderscore: this.#form.elements.removeUnderscore.checked || undefined,
            undesiredTags: this.#list('undesiredTags'),
            existing,
            filename: job.folder + job.name,
            sha256: format === 'hydrus' ? await sha256Of(job.file) : undefined,
        });
    }

    /** The tags that reach the thresholds; of the ratings the best, or all for WebUI. @param {Job} job @returns {import('acg2vec').Tag[]} */
    #tags(job) {
        const { least } = this.known();
        const own = { ...least, character: Number(this.#value('character') || least.character) };
        const { tags } = job.known.description;
        const told = this.#value('format') === 'a1111' ? tags : shownTags(tags, { general: 0, character: 0 });
        return told.filter((/** @type {import('acg2vec').Tag} */ tag) => tag.category === 'rating' || isShown(tag, own));
    }

    /** @param {string} name @returns {any} */
    #value(name) {
        return this.#form.elements[name].value;
    }

    /** Tags with commas between them. @param {string} name */
    #list(name) {
        const tags = /** @type {string[]} */ (this.#value(name).split(','));
        return tags.map((tag) => tag.trim()).filter(Boolean);
    }

    /** @param {string} words */
    #say(words) {
        $('describe-captions-said').textContent = words;
    }
}

/** @param {File} file */
async function textOf(file) {
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    } catch {
        throw new Error(t('captions.utf8'));
    }
}

/** @param {string[]} all */
const sentences = (...all) => all.filter(Boolean).join(' ');

/** @param {Blob} file */
async function sha256Of(file) {
    const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
