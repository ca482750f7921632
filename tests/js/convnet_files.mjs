// The tiny pix2score, DeepDanbooru and illust2vec of tests/golden as the files of models, and the results of Keras for a picture.
import { readFileSync } from 'node:fs';
import { golden, readGolden } from './support.mjs';

const read = (name) => JSON.parse(readFileSync(golden(`${name}/expected.json`), 'utf8')).pictures['anime256.png'];

/** bookmark, view, sanity; tags, illust2vec, style of anime256.png: see tests/nets/make_resnet_v2_golden.py and make_deepdanbooru_golden.py. */
export const expected = { ...read('pix2score'), ...read('deepdanbooru') };

export const tagNames = readFileSync(golden('deepdanbooru/tags.txt'), 'utf8').trim().split('\n');
/** The first tag of each category. */
export const STARTS = { general: 0, character: 16, rating: 22 };

/** The files by path, and the manifest's entries for them. */
export function convnetModels() {
    const paths = [
        'pix2score/model.safetensors',
        'deepdanbooru/model.safetensors',
        'deepdanbooru/tags.txt',
        'illust2vec/model.safetensors',
    ];
    const files = Object.fromEntries(paths.map((path) => [path, readGolden(path)]));
    const entry = (id, network, own) => ({
        ...{ id, network, input: 'image', model: id },
        files: own.map((path) => ({ path, versions: [], sources: [] })),
    });
    const models = [
        entry('pix2score', 'resnet_v2', paths.slice(0, 1)),
        entry('deepdanbooru', 'deepdanbooru', paths.slice(1, 3)),
        entry('illust2vec', 'deepdanbooru', paths.slice(3)),
    ];
    return { files, models };
}

/** The tags that Keras's scores give: of at least `threshold`, category by category, the best first; of the ratings one. */
export function expectedTags(threshold) {
    const ends = [...Object.values(STARTS).slice(1), tagNames.length];
    return Object.entries(STARTS).flatMap(([category, first], i) => {
        const own = tagNames.slice(first, ends[i]).map((name, j) => ({ name, score: expected.tags[first + j], category }));
        own.sort((a, b) => b.score - a.score);
        return category === 'rating' ? own.slice(0, 1) : own.filter(({ score }) => score >= threshold);
    });
}
