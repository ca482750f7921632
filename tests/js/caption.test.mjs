// The texts of captions. kohya's are what finetune/tag_images_by_wd14_tagger.py of kohya-ss/sd-scripts writes, the others what the APIs of
// their programs give or take.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { captionName, captionOf } from '../../js/node.js';
import { readGolden } from './support.mjs';

const tag = (name, score, category = 'general') => ({ name, score, category });
const TAGS = [
    tag('1girl', 0.99),
    tag('long_hair', 0.9),
    tag('>_<', 0.8),
    tag('(o)_(o)', 0.7),
    tag('a_b', 0.6),
    tag('hatsune_miku_(append)_(vocaloid)', 0.95, 'character'),
    tag('kagamine_rin', 0.9, 'character'),
    tag('rating:safe', 0.97, 'rating'),
];
const kohya = (options, tags = TAGS) => captionOf(tags, options);
const names = (...all) => all.map((name) => tag(name, 0.5));

describe('kohya', () => {
    // Random scores and options. The script puts characters, and tags that come first, each before the one before it.
    test('equals what the script itself wrote', () => {
        const { tags, cases } = JSON.parse(readGolden('captions/kohya.json').toString());
        for (const { scores, general, character, options, text } of cases) {
            const least = { general, character, rating: 0 };
            const told = tags.map((each, i) => ({ ...each, score: scores[i] })).filter(({ category, score }) => score >= least[category]);
            const characters = told.filter(({ category }) => category === 'character');
            const ordered = options.characterTagsFirst ? characters.reverse() : characters;
            const all = [...told.filter(({ category }) => category !== 'character'), ...ordered];
            const first = options.alwaysFirstTags.toReversed();
            assert.equal(kohya({ ...options, alwaysFirstTags: first }, all), text, JSON.stringify(options));
        }
        assert.equal(cases.length, 60);
    });

    test('tags in their order, with separators between them and a line end', () => {
        assert.equal(kohya({}), '1girl, long_hair, >_<, (o)_(o), a_b, hatsune_miku_(append)_(vocaloid), kagamine_rin\n');
        assert.equal(kohya({ separator: ' ' }, names('a', 'b')), 'a b\n');
        assert.equal(captionOf([]), '\n');
    });

    test('spaces instead of underscores, except in kaomoji and in tags of up to three characters', () => {
        assert.equal(
            kohya({ removeUnderscore: true }),
            '1girl, long hair, >_<, (o)_(o), a_b, hatsune miku (append) (vocaloid), kagamine rin\n',
        );
        const faces = '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' ');
        assert.equal(kohya({ removeUnderscore: true, separator: ' ' }, names(...faces)), `${faces.join(' ')}\n`);
        assert.equal(kohya({ removeUnderscore: true }, names('x_y', 'x_yz', '_', 'a__b')), 'x_y, x yz, _, a  b\n');
    });

    test('undesired tags, as they are written or as the network calls them', () => {
        assert.equal(kohya({ undesiredTags: ['b'] }, names('a', 'b', 'bb')), 'a, bb\n');
        for (const name of ['long_hair', 'long hair']) {
            assert.equal(kohya({ undesiredTags: [name], removeUnderscore: true }, names('long_hair', 'smile')), 'smile\n');
        }
        assert.equal(kohya({ undesiredTags: ['long hair'] }, names('long_hair')), 'long_hair\n');
        assert.equal(kohya({ undesiredTags: ['rating:safe'], rating: 'first' }, TAGS.slice(-1)), '\n');
    });

    test('tags that come first if the picture has them, before a rating too', () => {
        assert.equal(kohya({ alwaysFirstTags: ['c', 'x', 'a'] }, names('a', 'b', 'c')), 'c, a, b\n');
        assert.equal(kohya({ alwaysFirstTags: ['b'], rating: 'first' }, [...names('a', 'b'), ...TAGS.slice(-1)]), 'b, rating:safe, a\n');
        assert.equal(kohya({ alwaysFirstTags: ['a_bc'], removeUnderscore: true }, names('x', 'a_bc')), 'a bc, x\n');
    });

    test('characters first, expanded', () => {
        const some = [TAGS[0], TAGS[5], TAGS[6]];
        assert.equal(kohya({ characterTagsFirst: true }, some), 'hatsune_miku_(append)_(vocaloid), kagamine_rin, 1girl\n');
        assert.equal(kohya({ characterTagExpand: true }, some), '1girl, hatsune_miku_(append), vocaloid, kagamine_rin\n');
        assert.equal(
            kohya({ characterTagExpand: true, removeUnderscore: true }, some),
            '1girl, hatsune miku (append), vocaloid, kagamine rin\n',
        );
        assert.equal(kohya({ characterTagExpand: true }, [tag('a_(b)', 1), tag(':)', 1, 'character')]), 'a_(b), :)\n');
    });

    test('the rating first or last; the best, if there are several', () => {
        const some = [...names('a'), tag('questionable', 0.1, 'rating'), tag('general', 0.9, 'rating')];
        assert.equal(kohya({ rating: 'first' }, some), 'general, a\n');
        assert.equal(kohya({ rating: 'last' }, some), 'a, general\n');
        assert.equal(kohya({ rating: 'none' }, some), 'a\n');
        assert.equal(kohya({ rating: 'last', undesiredTags: ['general'] }, some), 'a\n', 'no other takes its place');
    });

    test('replacements, each once, and no tag twice', () => {
        assert.equal(kohya({ tagReplacement: { a: 'b', b: 'c' } }, names('a', 'b')), 'b, c\n');
        assert.equal(kohya({ tagReplacement: { a: 'x', b: 'x' } }, names('a', 'b', 'c')), 'x, c\n');
        assert.equal(kohya({ tagReplacement: { 'long hair': 'hair, long' }, removeUnderscore: true }, names('long_hair')), 'hair, long\n');
        assert.equal(kohya({ tagReplacement: { a: 'b' }, undesiredTags: ['b'] }, names('a', 'c')), 'c\n');
    });

    test('escaped for prompts', () => {
        assert.equal(kohya({ escapeTags: true }, names('(o)_(o)', '\\m/', 'a')), '\\(o\\)_\\(o\\), \\\\m/, a\n');
    });

    test('appended without repeats to what is there, which stays', () => {
        assert.equal(kohya({ existing: 'mine,  b , a long sentence\n' }, names('a', 'b', 'c')), 'mine, b, a long sentence, a, c\n');
        assert.equal(kohya({ existing: '\ufeff\r\n' }, names('a')), 'a\n');
        assert.equal(kohya({ existing: 'x y', separator: ' ' }, names('y', 'z')), 'x y z\n');
        assert.equal(kohya({ existing: 'x|y', separator: ' | ' }, names('y', 'z')), 'x | y | z\n');
        assert.equal(kohya({ existing: '\\(a\\)', escapeTags: true }, names('(a)', 'b')), '\\(a\\), b\n');
        assert.equal(kohya({ existing: 'b', alwaysFirstTags: ['a'] }, names('a', 'b')), 'b, a\n');
    });
});

describe('other programs', () => {
    const ratings = [tag('rating:safe', 0.97, 'rating'), tag('rating:explicit', 0.0001, 'rating')];

    test('a1111: {"caption": {"tag", "rating"}}, tags as the network calls them', () => {
        assert.equal(
            captionOf([tag('long_hair', 0.9), tag('kagamine_rin', Math.fround(0.95), 'character'), ...ratings], { format: 'a1111' }),
            '{"caption":{"tag":{"long_hair":0.9,"kagamine_rin":0.949999988},"rating":{"safe":0.97,"explicit":0.0001}}}\n',
        );
        assert.equal(captionOf([], { format: 'a1111' }), '{"caption":{"tag":{},"rating":{}}}\n');
    });

    test('danbooru: the best first, ratings by their letters', () => {
        const some = [tag('long_hair', 0.9), tag('kagamine_rin', 0.95, 'character'), ratings[0], tag('general', 0.5, 'rating')];
        assert.equal(
            captionOf(some, { format: 'danbooru', filename: 'a "b".png' }),
            '[{"filename":"a \\"b\\".png","tags":{"rating:s":0.97,"kagamine_rin":0.95,"long_hair":0.9,"rating:g":0.5}}]\n',
        );
    });

    test('names that are numbers keep their places, and no name is lost', () => {
        const text = captionOf([tag('b', 0.9), tag('1980', 0.8), tag('__proto__', 0.7)], { format: 'danbooru', filename: 'x' });
        assert.equal(text, '[{"filename":"x","tags":{"b":0.9,"1980":0.8,"__proto__":0.7}}]\n');
    });

    test('hydrus: the request that adds tags, with namespaces and spaces', () => {
        const sha256 = 'AB'.repeat(32);
        const some = [
            tag('long_hair', 0.9),
            tag('>_<', 0.9),
            tag('hatsune_miku', 0.9, 'character'),
            tag('vocaloid', 0.9, 'copyright'),
            ratings[0],
        ];
        const all = ['long hair', '>_<', 'character:hatsune miku', 'series:vocaloid', 'rating:safe'];
        const body = (key, tags) => `${JSON.stringify({ hashes: ['ab'.repeat(32)], service_keys_to_tags: { [key]: tags } })}\n`;
        assert.equal(captionOf(some, { format: 'hydrus', sha256 }), body('6c6f63616c2074616773', all));
        assert.equal(captionOf(some, { format: 'hydrus', sha256, serviceKey: 'abcd', rating: 'none' }), body('abcd', all.slice(0, -1)));
        assert.equal(captionOf([tag('general', 0.9, 'rating')], { format: 'hydrus-sidecar' }), 'rating:general\n');
    });

    test('hydrus-sidecar: a tag a line, added to those that are there', () => {
        const some = [tag('long_hair', 0.9), tag('hatsune_miku', 0.9, 'character'), tag('artist_name', 0.9, 'artist'), ratings[0]];
        assert.equal(
            captionOf(some, { format: 'hydrus-sidecar' }),
            'long hair\ncharacter:hatsune miku\ncreator:artist name\nrating:safe\n',
        );
        assert.equal(
            captionOf(some, { format: 'hydrus-sidecar', removeUnderscore: false, rating: 'none', undesiredTags: ['artist_name'] }),
            'long_hair\ncharacter:hatsune_miku\n',
        );
        assert.equal(
            captionOf(some.slice(0, 2), { format: 'hydrus-sidecar', existing: 'fast car\r\nlong hair\r\n' }),
            'fast car\nlong hair\ncharacter:hatsune miku\n',
        );
    });
});

test('a caption is named as its picture, but for what follows the last dot', () => {
    const cases = {
        'a.png': 'a.txt',
        'set/a b.tar.gz': 'set/a b.tar.txt',
        'v1.2/picture': 'v1.2/picture.txt',
        '.png': '.png.txt',
        '..a.png': '..a.txt',
        'a.': 'a.txt',
        '日本.webp': '日本.txt',
        'c:\\x.y\\z.png': 'c:\\x.y\\z.txt',
    };
    for (const [picture, caption] of Object.entries(cases)) assert.equal(captionName(picture), caption);
    assert.equal(captionName('a.png', { extension: '.caption' }), 'a.caption');
    assert.deepEqual(
        ['kohya', 'a1111', 'danbooru', 'hydrus', 'hydrus-sidecar'].map((format) => captionName('a.png', { format })),
        ['a.txt', 'a.json', 'a.json', 'a.json', 'a.txt'],
    );
    for (const extension of ['txt', '', '.', './x', 5]) {
        assert.throws(() => captionName('a.png', { extension }), {
            code: 'BAD_ARGUMENT',
            message: /an ending with its dot.* for extension/,
        });
    }
});

test('bad options are refused with what was expected and what came', () => {
    const sha256 = '0'.repeat(64);
    const cases = [
        [{ format: 'json' }, /Expected one of kohya, a1111, danbooru, hydrus, hydrus-sidecar for format but received 'json'/],
        [{ separator: '' }, /Expected a text that is not empty for separator but received ''/],
        [{ rating: 'best' }, /Expected one of first, last, none for rating but received 'best'/],
        [{ undesiredTags: 'a,b' }, /Expected an array of tags for undesiredTags but received 'a,b'/],
        [{ alwaysFirstTags: ['a', ' '] }, /Expected tags that are not empty for alwaysFirstTags but received ' '/],
        [{ tagReplacement: { a: '' } }, /Expected tags that are not empty for tagReplacement but received ''/],
        [{ tagReplacement: null }, /Expected an object for tagReplacement but received null/],
        [{ removeUnderscore: 1 }, /Expected true or false for removeUnderscore but received 1/],
        [{ existing: 5 }, /Expected a text for existing but received 5/],
        [{ format: 'danbooru' }, /Expected the picture's name for filename but received ''/],
        [{ format: 'hydrus' }, /Expected 64 hexadecimal digits for sha256 but received ''/],
        [{ format: 'hydrus', sha256, serviceKey: 'my tags' }, /Expected hexadecimal digits for serviceKey but received 'my tags'/],
        [{ format: 'a1111', separator: ',' }, /Expected format kohya for separator but received 'a1111'/],
        [{ format: 'hydrus', sha256, existing: '' }, /Expected format kohya or hydrus-sidecar for existing but received 'hydrus'/],
        [{ format: 'danbooru', rating: 'first' }, /Expected format kohya or hydrus or hydrus-sidecar for rating but received 'danbooru'/],
        [null, /Expected an object for options but received null/],
    ];
    for (const [options, message] of cases)
        assert.throws(() => captionOf([], options), { name: 'AcgError', code: 'BAD_ARGUMENT', message });
    assert.throws(() => captionOf('1girl'), { code: 'BAD_ARGUMENT', message: /Expected an array of tags for tags but received '1girl'/ });
});
