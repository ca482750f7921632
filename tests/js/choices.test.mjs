// The models that callers can choose come from the manifest alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchModel, wantedOf } from '../../js/index/models.js';
import { checkManifest } from '../../js/models/check_manifest.js';
import { choicesOf, findVector } from '../../js/models/choices.js';
import { checkDescribeOptions } from '../../js/options/describe.js';
import { checkUpscaleOptions } from '../../js/options/upscale.js';
import { readManifest } from '../../js/platform/node/weights.js';

const manifest = await readManifest();

test('a model that the manifest adds can be chosen', () => {
    const files = [{ path: 'new/model.safetensors', versions: [], sources: [] }];
    const added = [
        {
            id: 'new/tagger',
            network: 'new',
            task: 'tag',
            input: 'image',
            model: 'tagger',
            defaults: { threshold: 0.6, thresholds: {} },
            files,
        },
        { id: 'new/image', network: 'new', task: 'embed', input: 'image', model: 'new', vectors: { shown: 'a', drawn: 'b' }, files },
        { id: 'new/text', network: 'new', task: 'embed', input: 'text', model: 'shown', files },
        { id: 'new/large', network: 'new', task: 'upscale', model: 'large', scale: 4, denoise: '2', files },
    ];
    const larger = checkManifest({ ...manifest, models: [...manifest.models, ...added] });
    const choices = choicesOf(larger);
    assert.equal(checkDescribeOptions({ tag: true, model: 'tagger' }, choices).threshold, 0.6);
    assert.deepEqual(checkDescribeOptions({ embed: ['drawn'] }, choices).embed, ['drawn']);
    assert.deepEqual(findVector(larger, 'drawn'), { network: added[1], output: 'b' });
    assert.ok(choices.labels.includes('shown') && !choices.labels.includes('drawn'));
    const { scale, denoise } = checkUpscaleOptions({ model: 'large' }, choices.upscalers);
    assert.deepEqual({ scale, denoise }, { scale: 4, denoise: '2' });
    assert.deepEqual(wantedOf({ models: ['drawn'], tags: 'tagger' }, [], choices), [
        { name: 'drawn', kind: 'vector' },
        { name: 'tagger', kind: 'tags' },
    ]);
});

test('a search prefers the default model, then the largest of those that take texts', () => {
    const order = ['dclip', 'clip-l14-336', 'clip-l14', 'clip-b16', 'clip-b32', 'illust2vec', 'illust2vec-style'];
    const choices = choicesOf(manifest);
    const rows = order.map((name, id) => ({ id, name, sha256: '', dims: 512 })).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [first, name] of order.entries()) {
        const known = rows.filter((row) => order.indexOf(row.name) >= first);
        assert.equal(searchModel(known, { choices, hasText: false })?.name, name);
        assert.equal(searchModel(known, { choices, hasText: true })?.name, /illust2vec/.test(name) ? undefined : name);
    }
});
