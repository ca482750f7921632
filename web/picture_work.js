// Work on the open pictures of a part: begins, tells how far it is, can be cancelled, says what became of it. What the work is, it is
// told.
import { $ } from './dom.js';
import { duration } from './format.js';
import { createProgress } from './progress.js';

/**
 * @typedef {(asking: import('./timed.js').Asking, say: (counted: string) => void) => Promise<{ ms: number, loadMs: number }>} Task may
 *   say which picture it is at
 */

/**
 * @param {object} part
 * @param {(name: string) => any} part.at an element of the part, by its name
 * @param {ReturnType<typeof import('./weights_section.js').createWeights>} part.weights
 * @param {(sentence: string) => void} part.say what went wrong; nothing: takes that away
 * @param {() => void} part.refresh work has begun or ended
 */
export function createPictureWork({ at, weights, say, refresh }) {
    /** @type {AbortController | null} */
    let work = null;
    const progress = createProgress({
        root: at('work'),
        meter: at('meter'),
        bar: at('meter-bar'),
        percent: at('percent'),
        timeLeft: at('time-left'),
        announcer: $('announcer'),
    });

    /**
     * @param {Task} task
     * @param {number | undefined} threads
     * @param {Promise<void>} opening the pictures
     */
    async function run(task, threads, opening) {
        if (work) return;
        work = new AbortController(); // at once: whoever asks again must find it
        await opening;
        const asking = { signal: work.signal, threads, onProgress: showProgress };
        say('');
        at('result').hidden = true;
        refresh();
        at('cancel').focus({ preventScroll: true });
        progress.start('Getting ready');
        let said = '';
        try {
            const { ms, loadMs } = await task(asking, (counted) => progress.start('Looking', counted));
            said = `Done in ${duration(ms)}.`;
            at('outcome').textContent = said;
            at('times').textContent = loadMs > 100 ? `${duration(loadMs)} of that for loading the network.` : '';
            at('result').hidden = false;
        } catch (error) {
            const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
            if (code === 'CANCELLED') said = 'Cancelled.';
            else say(message);
        } finally {
            work = null;
            progress.stop(said);
            refresh();
            [at('run'), at('another')].find(({ disabled }) => !disabled).focus({ preventScroll: true });
            weights.update().catch(() => {}); // only what is kept may not be told
        }
    }

    /** @param {import('acg2vec').Progress} event */
    function showProgress(event) {
        if (work?.signal.aborted) return;
        progress.update(event.stage === 'models' ? { ...event, total: Math.max(event.done, weights.size(event.model)) } : event);
    }

    at('cancel').addEventListener('click', () => work?.abort());
    return {
        run,
        get goesOn() {
            return work !== null;
        },
    };
}
