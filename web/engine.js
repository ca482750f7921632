// Keeps the one engine of the page: made when first wanted, made anew when the number of threads changes or it broke.
import { createEngine } from 'acg2vec';
import { toast } from './toast.js';

/** @type {Map<string, Map<string, File>>} model files that the user chose in a part of the page, by their paths in the manifest */
const ownFiles = new Map();

const WEIGHTS = new URL('weights/', document.baseURI).href;

/** @type {{ threads: number | undefined, engine: ReturnType<typeof createEngine> } | null} */
let current = null;

/** How many tasks have the engine that there is. */
let uses = 0;

/** @param {number | undefined} threads undefined: the engine chooses. While it is held, the engine stays the one that it is */
export async function engineWith(threads) {
    if (current && current.threads !== threads && !uses) {
        await dropEngine();
    }
    current ??= { threads, engine: createEngine({ threads, models: modelAt, onWarning: (warning) => toast(`${warning}.`, 'status') }) };
    try {
        return await current.engine;
    } catch (error) {
        current = null; // a failed start is not remembered
        throw error;
    }
}

/**
 * Another part of the page does not close the engine before `task` is done.
 * @template T
 * @param {() => Promise<T>} task
 */
export async function holdEngine(task) {
    uses++;
    try {
        return await task();
    } finally {
        uses--;
    }
}

/** @param {string} path */
function modelAt(path) {
    const own = [...ownFiles.values()].find((files) => files.has(path));
    return own?.get(path) ?? WEIGHTS + path;
}

/** Takes these of a part in place of the site's from now on; what was opened before is closed. @param {string} part @param {Map<string, File>} files */
export async function useOwnFiles(part, files) {
    ownFiles.set(part, files);
    await dropEngine();
}

export async function dropEngine() {
    const old = current;
    current = null;
    await old?.engine.then((engine) => engine.close()).catch(() => {});
}

/** What the page chose, as the engine takes it. @param {import('./options.js').Options} options */
export function engineOptions({ threads: _, ...options }) {
    return options;
}
