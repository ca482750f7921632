// Scores and tags as they are told: bins, expected values, categories, thresholds; and what is refused before any work.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { choicesOf } from '../../js/models/choices.js';
import * as describeOptions from '../../js/options/describe.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { checkBins, HEADS, scoreOf } from '../../js/client/score_bins.js';
import { chooseTags, readTagFile, readTags } from '../../js/models/tags.js';

const bytes = (text) => new TextEncoder().encode(text);
const only = (length, ...bins) => Array.from({ length }, (_, i) => (bins.includes(i) ? 1 / bins.length : 0));

describe('scores', () => {
    test('each head has the labels that its training had', () => {
        const labels = HEADS.map((head) => scoreOf(head, only(15, 0)).labels);
        assert.deepEqual(
            labels.map((each) => [each.length, each[0], each[1], each.at(-1)]),
            [
                [15, '0-10', '10-30', '2700-inf'],
                [15, '0-500', '500-700', '35000-inf'],
                [5, '0-2', '2-4', '7-inf'],
            ],
        );
    });

    test('the likeliest bin is the label', () => {
        const { label, probabilities } = scoreOf('sanity', new Float32Array([0.125, 0.25, 0.5, 0.125, 0]));
        assert.equal(label, '4-6');
        assert.deepEqual(probabilities, [0.125, 0.25, 0.5, 0.125, 0]);
    });

    test('what is expected: the mean of the middles, the open bin at its beginning', () => {
        assert.equal(scoreOf('bookmark', only(15, 0)).expected, 5);
        assert.equal(scoreOf('bookmark', only(15, 5)).expected, 115); // 100 to 130
        assert.equal(scoreOf('bookmark', only(15, 14)).expected, 2700);
        assert.equal(scoreOf('sanity', only(5, 0, 4)).expected, (1 + 7) / 2);
        assert.equal(scoreOf('view', only(15, 13)).expected, 27000); // 19000 to 35000
    });

    test('a network of other bins is refused', () => {
        checkBins({ bookmark: 15, view: 15, sanity: 5 });
        assert.throws(() => checkBins({ bookmark: 10, view: 15, sanity: 5 }), {
            code: 'BAD_MODEL',
            message: /15 bins for bookmark but found one of 10/,
        });
        assert.throws(() => checkBins({ tags: 9176 }), { code: 'BAD_MODEL', message: /found one of 0/ });
    });
});

describe('tags', () => {
    const names = 'sky\nhat\nmiku\nrin\nrating:safe\nrating:explicit\n';
    const categories = 'general:0,character:2,rating:4';
    const tags = readTags(bytes(names), 6, categories);

    test('a list with its categories, whatever its line ends', () => {
        assert.deepEqual(
            tags.map(({ category }) => category),
            ['general', 'general', 'character', 'character', 'rating', 'rating'],
        );
        assert.deepEqual(readTags(bytes(names.replaceAll('\n', '\r\n').trim()), 6, categories), tags);
        assert.deepEqual(new Set(readTags(bytes(names), 6, '').map(({ category }) => category)), new Set(['general']));
    });

    test('the best first in each category, from the threshold on; one rating', () => {
        const told = (scores, threshold) => chooseTags(tags, scores, threshold).map(({ name }) => name);
        assert.deepEqual(told([0.6, 0.9, 0.1, 0.7, 0.2, 0.3], 0.5), ['hat', 'sky', 'rin', 'rating:explicit']);
        assert.deepEqual(told([0.5, 0.49, 0, 0, 0.9, 0.8], 0.5), ['sky', 'rating:safe']);
        assert.deepEqual(
            chooseTags(tags, [0.6, 0.9, 0.1, 0.7, 0.2, 0.3], 0.5, {}, 'list').map(({ name }) => name),
            ['sky', 'hat', 'rin', 'rating:explicit'],
        );
        assert.deepEqual(told([0.1, 0.2, 0.4, 0.3, 0.9, 0.8], 0), ['hat', 'sky', 'miku', 'rin', 'rating:safe']);
        assert.deepEqual(chooseTags(tags, [0, 0, 0, 0, 0, 0.25], 1), [{ name: 'rating:explicit', score: 0.25, category: 'rating' }]);
    });

    test('thresholds of categories go before the one of all; with one for ratings, several are told', () => {
        const told = (scores, threshold, thresholds) => chooseTags(tags, scores, threshold, thresholds).map(({ name }) => name);
        const scores = [0.6, 0.9, 0.1, 0.7, 0.2, 0.3];
        assert.deepEqual(told(scores, 0.5, { general: 0.7 }), ['hat', 'rin', 'rating:explicit']);
        assert.deepEqual(told(scores, 0.8, { character: 0 }), ['hat', 'rin', 'miku', 'rating:explicit']);
        assert.deepEqual(told(scores, 1, { rating: 0.1 }), ['rating:explicit', 'rating:safe']);
        assert.deepEqual(told(scores, 1, { rating: 0.9 }), []);
    });

    test('a list of another network is refused', () => {
        assert.throws(() => readTags(bytes(names), 7, categories), { code: 'BAD_MODEL', message: /7 tags but found one of 6 lines/ });
        assert.throws(() => readTags(bytes(''), 6, categories), { code: 'BAD_MODEL', message: /found one of 0 lines/ });
        for (const wrong of ['general', 'general:x', 'general:0,character:6', 'general:3,character:2', 'general:-1', ',']) {
            assert.throws(
                () => readTags(bytes(names), 6, wrong),
                { code: 'BAD_MODEL', message: /Expected categories .* but found/ },
                wrong,
            );
        }
    });
});

describe('selected_tags.csv', () => {
    const table = 'tag_id,name,category,count\n1,safe,9,9\n2,explicit,9,8\n3,sky,0,7\n4,"a ""b"", c",0,6\n5,miku,4,5\n6,vocaloid,3,4\n';
    const read = (text, count = 6) => readTagFile('wd-vit/selected_tags.csv', bytes(text), { count, categories: '' });

    test('names, also quoted ones, and categories by number, whatever the line ends and the order of columns', () => {
        const tags = read(table);
        assert.deepEqual(
            tags.map(({ name }) => name),
            ['safe', 'explicit', 'sky', 'a "b", c', 'miku', 'vocaloid'],
        );
        assert.deepEqual(
            tags.map(({ category }) => category),
            ['rating', 'rating', 'general', 'general', 'character', 'copyright'],
        );
        assert.deepEqual(read(table.replaceAll('\n', '\r\n')), tags);
        assert.deepEqual(read('category,name\n4,miku\n', 1), [{ name: 'miku', category: 'character' }]);
    });

    test('thresholds by category; the rating last', () => {
        const told = (scores, ...thresholds) => chooseTags(read(table), scores, ...thresholds).map(({ name }) => name);
        assert.deepEqual(told([0.1, 0.2, 0.4, 0.5, 0.6, 0.7], 0.45), ['a "b", c', 'miku', 'vocaloid', 'explicit']);
        assert.deepEqual(told([0.3, 0.2, 0.4, 0.5, 0.6, 0.7], 0.75, { general: 0.35, character: 0.6 }), [
            'a "b", c',
            'sky',
            'miku',
            'safe',
        ]);
    });

    test('one that is none is refused', () => {
        assert.throws(() => read(table, 7), { code: 'BAD_MODEL', message: /7 tags but found one of 6 lines/ });
        assert.throws(() => read('', 6), { code: 'BAD_MODEL', message: /found one of 0 lines/ });
        for (const wrong of [
            'name,count\nsky,1\n',
            'tag_id,name,category\n1,sky,7\n',
            'tag_id,name,category\n1,,0\n',
            'name,category\n"sky,0\n',
        ])
            assert.throws(() => read(wrong, 1), { code: 'BAD_MODEL', message: /a category of Danbooru in line 2 .* but found/ }, wrong);
    });
});

const choices = choicesOf(await readManifest());
const checkDescribeOptions = (options) => describeOptions.checkDescribeOptions(options, choices);

test('the defaults of describe, and wrong options refused in a sentence', () => {
    const thresholds = { threshold: 0.5, thresholds: {} };
    const defaults = {
        score: true,
        tag: false,
        model: 'deepdanbooru',
        embed: [],
        facts: false,
        ...thresholds,
        order: 'score',
        fit: false,
        normalize: false,
    };
    assert.deepEqual(checkDescribeOptions({ score: true }), defaults);
    const of = (options) => {
        const { threshold, thresholds } = checkDescribeOptions({ tag: true, ...options });
        return [threshold, thresholds];
    };
    assert.deepEqual(of({ model: 'wd-vit' }), [0.35, { general: 0.35, character: 0.85 }]);
    assert.deepEqual(of({ model: 'wd-vit', threshold: 0.2 }), [0.2, {}]);
    assert.deepEqual(of({ model: 'wd-vit', thresholds: { character: 0.5, general: undefined } }), [
        0.35,
        { general: 0.35, character: 0.5 },
    ]);
    assert.deepEqual(of({ threshold: 0.4, thresholds: { character: 0.9 } }), [0.4, { character: 0.9 }]);
    assert.deepEqual(checkDescribeOptions({ embed: ['dclip', 'dclip'] }).embed, ['dclip']);
    const cases = [
        [{}, /Expected at least one of score, tag and embed for options/],
        [{ score: 1 }, /Expected true or false for score but received 1/],
        [{ tag: 'yes' }, /for tag but received 'yes'/],
        [{ tag: true, threshold: 1.5 }, /Expected a number from 0 to 1 for threshold but received 1\.5/],
        [{ tag: true, threshold: NaN }, /for threshold but received NaN/],
        [{ tag: true, thresholds: 0.5 }, /Expected an object for thresholds but received 0\.5/],
        [{ tag: true, thresholds: { hair: 0.5 } }, /Expected one of general, character, .* for thresholds but received 'hair'/],
        [{ tag: true, thresholds: { character: -1 } }, /Expected a number from 0 to 1 for thresholds\.character but received -1/],
        [{ tag: true, fit: 'no' }, /Expected true or false for fit/],
        [{ tag: true, model: 'wd' }, /Expected one of deepdanbooru, wd-vit for model but received 'wd'/],
        [{ tag: true, thresholds: 0.5 }, /Expected an object for thresholds but received 0\.5/],
        [{ tag: true, thresholds: { charater: 0.5 } }, /Expected one of general, character, .* for thresholds but received 'charater'/],
        [{ tag: true, thresholds: { general: '0.5' } }, /a number from 0 to 1 for thresholds\.general but received '0\.5'/],
        [{ tag: true, order: 'name' }, /Expected one of score, list for order but received 'name'/],
        [{ embed: 'dclip' }, /Expected an array of models for embed but received 'dclip'/],
        [{ embed: ['clip'] }, /Expected one of dclip, illust2vec, illust2vec-style, clip-b32, .* for embed but received 'clip'/],
        [{ score: true, signal: {} }, /Expected an AbortSignal for signal/],
        [{ score: true, onProgress: 1 }, /Expected a function for onProgress/],
        [null, /Expected an object for options/],
    ];
    for (const [options, message] of cases) assert.throws(() => checkDescribeOptions(options), { code: 'BAD_ARGUMENT', message });
});
