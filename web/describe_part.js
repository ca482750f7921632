// The part that scores and tags: bookmarks, views and sanity that pix2score foretells, and DeepDanbooru's tags.
import { describeAll, descriptionLine, isDescribed, shownTags } from './describe_work.js';
import { $ } from './dom.js';
import { downloadLines } from './download_lines.js';
import { createPicturePart } from './picture_part.js';
import { drawBins, drawRadar, expectedWords } from './score_chart.js';
import { showTags, tagsAsText } from './tag_chips.js';

/** @typedef {import('./describe_work.js').DescribeJob} DescribeJob */

const MODELS = { score: 'pix2score', tag: 'deepdanbooru' };
const COPIED_MS = 2000;

/** @type {ReturnType<typeof createPicturePart<DescribeJob>>} */
const part = createPicturePart({
    prefix: 'describe',
    weights: {
        roles: { resnet_v2: 'Scores', deepdanbooru: 'Tags', tags: 'Tag names' },
        of: 'pix2score and DeepDanbooru',
        why: 'they are published for Keras and TensorFlow.',
    },
    known: ['description', 'madeWith'],
    onRefresh: refresh,
    onSelect: (another) => another && show(),
    onForget: show,
    onRun: run,
});
export const start = part.start;

const form = $('describe-form').elements;

/** What is asked for, as far as there are weights for it. @returns {import('./describe_work.js').Wanted} */
const wanted = () => ({ score: wants('score'), tag: wants('tag'), fit: form.namedItem('fit').checked });

/** @param {keyof typeof MODELS} what */
const wants = (what) => form.namedItem(what).checked && part.weights.has([MODELS[what]]);

const threshold = () => Number(form.namedItem('threshold').value);

function refresh() {
    for (const [what, model] of Object.entries(MODELS)) form.namedItem(what).disabled = !part.weights.has([model]);
    const { score, tag } = wanted();
    form.namedItem('fit').disabled = !tag;
    const words = score === tag ? 'Score and tag' : score ? 'Score' : 'Tag';
    const all = part.pictures.length > 1 ? ` all ${part.pictures.length}` : '';
    const toDo = (score || tag) && !part.pictures.every((picture) => isDescribed(picture, wanted()));
    part.offerRun(words + all, toDo, [...(score ? [MODELS.score] : []), ...(tag ? [MODELS.tag] : [])]);
    offerDownload();
}

function offerDownload() {
    const known = part.pictures.filter(({ description }) => description);
    downloadLines($('describe-download'), part.isWorking ? [] : known, (picture) => descriptionLine(picture, threshold()), {
        words: 'Download as JSON',
        name: 'descriptions',
    });
}

/** What is known of the picture that shows. */
function show() {
    const { score, tags } = part.selected?.description ?? {};
    $('describe-scores').hidden = !score;
    $('describe-tags').hidden = !tags;
    if (score) {
        drawRadar($('describe-radar'), score);
        const head = /** @type {keyof typeof score} */ (String(new FormData($('describe-heads')).get('head')));
        drawBins($('describe-bins'), score[head]);
        $('describe-expected').textContent = expectedWords(score);
    }
    if (tags) showThreshold(tags);
}

/** @param {import('acg2vec').Tag[]} tags */
function showThreshold(tags) {
    const shown = shownTags(tags, threshold());
    $('describe-threshold-value').textContent = threshold().toFixed(2);
    $('describe-count').textContent = shown.length === 1 ? '1 tag' : `${shown.length} tags`;
    showTags($('describe-chips'), shown);
}

async function run() {
    await part.run((asking, count) => describeAll(part.pictures, wanted(), asking, count));
    show();
}

$('describe-form').addEventListener('change', () => part.refresh());
$('describe-heads').addEventListener('change', show);
form.namedItem('threshold').addEventListener('input', () => {
    show();
    offerDownload();
});
$('describe-copy').addEventListener('click', async () => {
    const text = tagsAsText(shownTags(part.selected?.description?.tags ?? [], threshold()));
    const copied = await navigator.clipboard.writeText(text).then(
        () => 'Copied',
        () => 'The browser did not let the page copy',
    );
    $('describe-copy').textContent = copied;
    $('announcer').textContent = `${copied}.`;
    setTimeout(() => ($('describe-copy').textContent = 'Copy'), COPIED_MS);
});
