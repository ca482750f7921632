// The results of the builds without relaxed SIMD in a page: what Node gives, bit for bit.
import assert from 'node:assert/strict';
import { resultsInNode } from '../numbers/node.mjs';

/** For assemblePackage: what the page needs beside the package. */
export const NUMBERS = ['tests/numbers', 'tests/golden'];

/** @param {import('./drivers/page.mjs').Page} page of that package @param {boolean} hasThreads */
export async function assertNumbers(page, hasThreads) {
    const wanted = await resultsInNode({ variant: 'simd', threads: 1 });
    const one = { variant: 'simd', threads: 1 };
    const two = { variant: 'simd-threads', threads: 2 };
    for (const build of hasThreads ? [one, two] : [one]) {
        const found = await page.evaluate(resultsInPage, build);
        assert.deepEqual(found, wanted, `${build.threads} threads`);
    }
}

/** Runs in the page. */
export async function resultsInPage(build) {
    const { resultsOf } = await import('./tests/numbers/results.js');
    const { browserPlatform } = await import('./js/platform/browser/platform.js');
    const reader = (folder) => async (path) => new Uint8Array(await (await fetch(`${folder}/${path}`)).arrayBuffer());
    return resultsOf(browserPlatform(), build, { golden: reader('/tests/golden'), weights: reader('/weights') });
}
