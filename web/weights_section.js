// The weights that a part of the page needs: on this site, kept in this browser, or chosen from the disk. Says which, how large, and
// what is missing.
import { listed } from './combinations.js';
import { $ } from './dom.js';
import { engineWith, useOwnFiles } from './engine.js';
import { megabytes } from './format.js';
import { recogniseFiles } from './own_files.js';

/**
 * @typedef {import('./own_files.js').Place & { id: string, bytes: number, here: boolean }} WeightFile id: of its model; bytes: 0 if it
 *   is not here
 *
 * @typedef {object} Options
 * @property {string} prefix of the section's ids
 * @property {Record<string, string>} roles the files that the part needs, and what they are called
 * @property {string} of whose weights these are, for sentences
 * @property {string} why the site may not have them: a sentence that begins small
 * @property {() => string} mayChange why the files cannot be changed now, or ''
 * @property {() => number | undefined} threads
 * @property {(anew: boolean) => void} onChange anew: what was computed with others is of no use any more
 */

/** @type {Promise<WeightFile[]> | undefined} */
let offered;

/** As short as it is clear. @param {string} path */
const nameOf = (path) => path.replace(/^.*\/(?!model\.)/, '');

/** What the site was built with. */
async function fetchOffered() {
    const response = await fetch('networks.json');
    return response.ok ? response.json() : [];
}

/** @param {Options} options */
export function createWeights({ prefix, roles, of, why, mayChange, threads, onChange }) {
    const at = (/** @type {string} */ name) => $(`${prefix}-weights-${name}`);
    /** @type {WeightFile[]} */
    let files = [];
    /** @type {Map<string, File>} */
    let own = new Map();
    /** @type {Map<string, number>} by the id of a model: how many bytes are kept */
    let kept = new Map();

    const ids = () => [...new Set(files.map(({ id }) => id))];
    const isMissing = (/** @type {WeightFile} */ { path, here }) => !here && !own.has(path);
    const keptBytes = () => ids().reduce((sum, id) => sum + (kept.get(id) ?? 0), 0);

    /** How much of these models is to come over the network. */
    const toFetch = (chosen = ids()) =>
        chosen
            .map((id) => {
                const fetched = files.filter((file) => file.id === id && !own.has(file.path));
                return Math.max(0, fetched.reduce((sum, { bytes }) => sum + bytes, 0) - (kept.get(id) ?? 0));
            })
            .reduce((sum, bytes) => sum + bytes, 0);

    function words() {
        if (!files.length) return 'This site does not say which weights it has: it was not built as it should be.';
        const lacking = files.filter(isMissing);
        if (lacking.length) {
            const names = listed(lacking.map(({ path }) => nameOf(path)));
            const what = own.size || lacking.length < files.length ? names : 'the weights';
            return `This site has not got ${what} of ${of}: ${why} Convert them once on your computer, and choose ${names} here.`;
        }
        if (own.size === files.length) return 'The files that you chose. They are read from your disk and not copied.';
        const left = toFetch();
        if (!left) return `Kept in this browser, ${megabytes(keptBytes())}: nothing needs to be fetched.`;
        const begun = keptBytes() ? ` ${megabytes(keptBytes())} of it are here already.` : '';
        return `${megabytes(left)} are fetched from this site when they are first needed, and then kept in this browser.${begun}`;
    }

    function refresh() {
        const lacking = files.some(isMissing);
        at('words').textContent = words();
        at('help').hidden = at('lack').hidden = !lacking;
        $(`${prefix}-panel`).classList.toggle('lacking', lacking);
        at('files').replaceChildren(...files.map(row));
        at('forget').hidden = !keptBytes();
        at('back').hidden = !own.size;
    }

    /** @param {WeightFile} file */
    function row({ path, role, bytes, here }) {
        const item = document.createElement('li');
        const mine = own.get(path);
        const where = mine ? `${mine.name}, ${megabytes(mine.size)}` : here ? megabytes(bytes) : 'missing';
        item.dataset.state = mine ? 'own' : here ? 'here' : 'missing';
        for (const text of [roles[role], where])
            item.append(Object.assign(document.createElement('span'), { textContent: text, title: text }));
        return item;
    }

    /** @param {Map<string, File>} next */
    async function change(next) {
        own = next;
        await useOwnFiles(prefix, own);
        say('');
        refresh();
        onChange(true);
    }

    /** @param {string} sentence */
    function say(sentence) {
        at('message').textContent = sentence;
        at('message').hidden = !sentence;
    }

    /** @param {() => Promise<void>} action */
    const unlessBusy = (action) => async () => {
        try {
            if (mayChange()) throw new Error(mayChange());
            await action();
        } catch (error) {
            say(/** @type {Error} */ (error).message);
        }
    };

    at('choose').addEventListener('click', () => at('file').click());
    at('file').addEventListener('change', async () => {
        const chosen = [...at('file').files];
        at('file').value = '';
        await unlessBusy(async () => change(new Map([...own, ...(await recogniseFiles(chosen, files))])))();
    });
    at('back').addEventListener(
        'click',
        unlessBusy(() => change(new Map())),
    );
    at('forget').addEventListener(
        'click',
        unlessBusy(async () => {
            const engine = await engineWith(threads());
            await engine.models.clear(ids());
            await update();
        }),
    );

    /** Looks again at what is kept. */
    async function update() {
        const engine = await engineWith(threads());
        kept = new Map((await engine.models.list()).map((model) => [model.id, model.keptBytes]));
        refresh();
        onChange(false);
    }

    return {
        async load() {
            files = (await (offered ??= fetchOffered())).filter(({ role }) => role in roles);
            refresh();
            onChange(false);
            await update();
        },
        update,
        toFetch,
        /** Whether all files of these models are there. */
        has: (chosen = ids()) => files.length > 0 && !files.some((file) => chosen.includes(file.id) && isMissing(file)),
        /** How large the files of a model are. @param {string} [model] */
        size: (model) => files.filter(({ id }) => id === model).reduce((sum, { path, bytes }) => sum + (own.get(path)?.size ?? bytes), 0),
    };
}
