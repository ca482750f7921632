// The part that labels: which of some labels fits a picture, or which of some pictures fits a sentence.
import { percent, showBars } from './bars.js';
import { $ } from './dom.js';
import { downloadLines } from './download_lines.js';
import { classify, compare, vectorLine } from './label_work.js';
import { createPicturePart } from './picture_part.js';

/** @typedef {import('./label_work.js').LabelJob} LabelJob */

/** @type {ReturnType<typeof createPicturePart<LabelJob>>} */
const part = createPicturePart({
    prefix: 'label',
    weights: {
        roles: { clip_vision: 'Pictures', clip_text: 'Texts', vocabulary: 'Words' },
        of: 'DanbooruCLIP',
        why: 'they are published without a licence, so nobody may pass them on.',
    },
    known: ['vector', 'cosine'],
    onRefresh: refresh,
    onOpen() {
        $('label-task').hidden = part.pictures.length < 2;
        $('label-form').elements.namedItem('task').value = 'labels';
    },
    onSelect(another) {
        if (another && task() === 'labels') hideOutcome();
    },
    onForget: hideOutcome,
    onRun: run,
});
export const start = part.start;

const task = () => String(new FormData($('label-form')).get('task'));

/** Labels, each once. */
const labels = () =>
    [
        ...new Set(
            $('label-words')
                .value.split('\n')
                .map((/** @type {string} */ line) => line.trim()),
        ),
    ].filter(Boolean);

function refresh() {
    $('label-words-row').hidden = task() === 'sort';
    $('label-sentence-row').hidden = task() !== 'sort';
    part.offerRun(task() === 'sort' ? 'Sort the pictures' : 'Find the labels', part.weights.has());
    const known = part.pictures.filter(({ vector }) => vector);
    const words = known.length > 1 ? `Download ${known.length} vectors` : 'Download the vector';
    downloadLines($('label-download'), part.isWorking ? [] : known, vectorLine, { words, name: 'vectors' });
}

function hideOutcome() {
    showBars($('label-bars'), []);
    $('label-result').hidden = true;
}

function run() {
    const words = labels();
    const sentence = $('label-sentence').value.trim();
    if (task() === 'sort' ? !sentence : !words.length) {
        part.say(task() === 'sort' ? 'Write a sentence first.' : 'Write at least one label.');
        return;
    }
    part.run((asking) => (task() === 'sort' ? sort(sentence, asking) : label(/** @type {LabelJob} */ (part.selected), words, asking)));
}

/** @param {LabelJob} picture @param {string[]} words @param {import('./timed.js').Asking} asking */
async function label(picture, words, asking) {
    const outcome = await classify(picture, words, asking);
    showBars(
        $('label-bars'),
        outcome.result.map(({ label: text, probability, cosine }) => ({
            label: text,
            share: probability,
            figure: percent(probability),
            title: `cosine ${cosine.toFixed(4)}`,
        })),
    );
    return outcome;
}

/** @param {string} sentence @param {import('./timed.js').Asking} asking */
async function sort(sentence, asking) {
    const outcome = await compare(part.pictures, sentence, asking);
    const fitting = (/** @type {LabelJob} */ { cosine = -2 }) => cosine;
    for (const { job, cosine } of part.pictures) job.note = cosine === undefined ? '' : `cosine ${cosine.toFixed(3)}`;
    part.reorder(part.pictures.toSorted((a, b) => fitting(b) - fitting(a)));
    return outcome;
}

$('label-form').addEventListener('change', (/** @type {Event} */ event) => {
    if (/** @type {HTMLInputElement} */ (event.target).name === 'task') hideOutcome();
    part.refresh();
});
$('label-words').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) $('label-run').click();
});
