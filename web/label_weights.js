// The weights for labels: on this site, kept in this browser, or chosen from the disk. Says which, how large, and what is missing.
import { $ } from './dom.js';
import { engineWith, useOwnFiles } from './engine.js';
import { listed } from './combinations.js';
import { megabytes } from './format.js';
import { recogniseFiles } from './own_files.js';

/**
 * @typedef {import('./own_files.js').Place & { id: string, bytes: number, here: boolean }} WeightFile bytes: 0 if it is not here
 * @typedef {{ onChange: (anew: boolean) => void, mayChange: () => string, threads: () => number | undefined }} Listeners mayChange:
 *   why the files cannot be changed now, or ''; anew: what was computed with others is of no use any more
 */

const ROLES = { clip_vision: 'Pictures', clip_text: 'Texts', vocabulary: 'Words' };

/** @param {Listeners} listeners */
export function createWeights({ onChange, mayChange, threads }) {
    /** @type {WeightFile[]} */
    let files = [];
    /** @type {Map<string, File>} */
    let own = new Map();
    /** @type {Map<string, number>} by the id of a model: how many bytes are kept */
    let kept = new Map();

    const missing = () => files.filter(({ path, here }) => !here && !own.has(path));
    const keptBytes = () => files.reduce((sum, { id }, i) => sum + (files.findIndex((file) => file.id === id) === i ? (kept.get(id) ?? 0) : 0), 0);

    /** How much is to come over the network. */
    function toFetch() {
        const ids = new Set(files.map(({ id }) => id));
        const left = [...ids].map((id) => {
            const fetched = files.filter((file) => file.id === id && !own.has(file.path));
            return Math.max(0, fetched.reduce((sum, { bytes }) => sum + bytes, 0) - (kept.get(id) ?? 0));
        });
        return left.reduce((sum, bytes) => sum + bytes, 0);
    }

    function words() {
        if (!files.length) return 'This site does not say which weights it has: it was not built as it should be.';
        const lacking = missing();
        if (lacking.length) {
            const names = listed(lacking.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
            return (
                `This site has not got ${own.size || lacking.length < files.length ? `DanbooruCLIP’s ${names}` : 'the weights of DanbooruCLIP'}: they are ` +
                `published without a licence, so nobody may pass them on. Convert them once on your computer, and choose ${names} here.`
            );
        }
        if (own.size === files.length) return 'The files that you chose. They are read from your disk and not copied.';
        const left = toFetch();
        if (!left) return `Kept in this browser, ${megabytes(keptBytes())}: nothing needs to be fetched.`;
        const begun = keptBytes() ? ` ${megabytes(keptBytes())} of it are here already.` : '';
        return `${megabytes(left)} are fetched from this site when they are first needed, and then kept in this browser.${begun}`;
    }

    function refresh() {
        $('weights-words').textContent = words();
        $('weights-help').hidden = $('weights-lack').hidden = !missing().length;
        $('label-panel').classList.toggle('lacking', missing().length > 0);
        $('weights-files').replaceChildren(...files.map(row));
        $('weights-forget').hidden = !keptBytes();
        $('weights-back').hidden = !own.size;
    }

    /** @param {WeightFile} file */
    function row({ path, role, bytes, here }) {
        const item = document.createElement('li');
        const mine = own.get(path);
        const where = mine ? `${mine.name}, ${megabytes(mine.size)}` : here ? megabytes(bytes) : 'missing';
        item.dataset.state = mine ? 'own' : here ? 'here' : 'missing';
        for (const text of [ROLES[role], where]) item.append(Object.assign(document.createElement('span'), { textContent: text, title: text }));
        return item;
    }

    /** @param {Map<string, File>} next */
    async function change(next) {
        own = next;
        await useOwnFiles(own);
        say('');
        refresh();
        onChange(true);
    }

    /** @param {string} sentence */
    function say(sentence) {
        $('weights-message').textContent = sentence;
        $('weights-message').hidden = !sentence;
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

    $('weights-choose').addEventListener('click', () => $('weights-file').click());
    $('weights-file').addEventListener('change', async () => {
        const chosen = [...$('weights-file').files];
        $('weights-file').value = '';
        await unlessBusy(async () => change(new Map([...own, ...(await recogniseFiles(chosen, files))])))();
    });
    $('weights-back').addEventListener('click', unlessBusy(() => change(new Map())));
    $('weights-forget').addEventListener('click', unlessBusy(async () => {
        const engine = await engineWith(threads());
        await engine.models.clear([...new Set(files.map(({ id }) => id))]);
        await update();
    }));

    /** Looks again at what is kept. */
    async function update() {
        const engine = await engineWith(threads());
        kept = new Map((await engine.models.list()).map((model) => [model.id, model.keptBytes]));
        refresh();
        onChange(false);
    }

    return {
        async load() {
            const response = await fetch(new URL('./embed.json', import.meta.url));
            files = response.ok ? await response.json() : [];
            refresh();
            onChange(false);
            await update();
        },
        update,
        toFetch,
        get ready() {
            return files.length > 0 && !missing().length;
        },
        /** How large the files of one network are. @param {string} role */
        size(role) {
            const id = files.find((file) => file.role === role)?.id;
            return files.filter((file) => file.id === id).reduce((sum, { path, bytes }) => sum + (own.get(path)?.size ?? bytes), 0);
        },
    };
}
