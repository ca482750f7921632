// The small form of npm run test:many: what comes into the page's index over a reload and a killed renderer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clipModel } from '../js/clip_files.mjs';
import { indexMany } from './many_pictures.mjs';
import { assembleNetworkSites, browserMissing, shareBrowser } from './support.mjs';

describe('page, many pictures', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(clipModel().files));

    test('nothing is lost and nothing is looked at twice over a reload and a killed renderer', {
        skip: browserMissing,
    }, async (context) => {
        const { frames } = await indexMany(context, { browser: sites.browser, root: sites.full.root, pictures: 60 });
        assert.ok(frames.drawn.frames > 0);
    });
});
