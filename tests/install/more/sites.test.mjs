// The package in sites of other bundlers and frameworks: each builds, and enlarges a picture, isolated and not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serve } from '../../../web/serve.mjs';
import { browserMissing, launch } from '../../browser/support.mjs';
import { weightsMissing } from '../../js/support.mjs';
import { checkSite, install, makePictures, pack, run } from '../support.mjs';

const MAIN = { 'main.js': 'main.js' };
const SITES = [
    { name: 'Next.js with Turbopack', project: 'next', pictureIn: 'public', build: ['next', 'build'], site: 'out' },
    { name: 'Next.js with webpack', project: 'next', pictureIn: 'public', build: ['next', 'build', '--webpack'], site: 'out' },
    { name: 'SvelteKit', project: 'sveltekit', pictureIn: 'static', build: ['vite', 'build'], site: 'build' },
    { name: 'Nuxt', project: 'nuxt', pictureIn: 'public', build: ['nuxt', 'generate'], site: '.output/public' },
    { name: 'esbuild', project: 'esbuild', copies: MAIN, pictureIn: 'dist', build: ['sh', 'build.sh'], site: 'dist' },
    { name: 'Rollup', project: 'rollup', copies: MAIN, pictureIn: 'dist', build: ['sh', 'build.sh'], site: 'dist' },
    { name: 'Parcel', project: 'parcel', copies: MAIN, build: ['sh', 'build.sh'], site: 'dist' },
    { name: 'a worker of the user, by Vite', project: 'worker', pictureIn: 'public', build: ['vite', 'build'], site: 'dist' },
];

const wanted = new RegExp(process.env.ACG2VEC_INSTALL ?? '.', 'i');

describe('the package in sites of', { skip: browserMissing || (await weightsMissing([2])) }, () => {
    /** @type {{ tarball: string, picture: Buffer, enlarged: Buffer }} */
    let given;
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-pack-'));
    before(async () => void (given = { tarball: pack(folder), ...(await makePictures()) }));
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const { name, build, site, ...how } of SITES.filter((each) => wanted.test(each.name))) {
        it(name, async (context) => {
            const project = install(context, given, how);
            if (!project) return;
            run(project, build);
            await checkSite(join(project, site), given.enlarged);
        });
    }

    it('a service worker: it says that it cannot', async (context) => {
        const project = install(context, given, { project: 'service-worker' });
        const server = await serve({ port: 0, root: project });
        const browser = await launch();
        context.after(async () => {
            await browser.close();
            await server.close();
        });
        const page = await browser.newPage();
        await page.goto(server.url);
        await page.waitForFunction(() => document.querySelector('p').textContent !== '');
        assert.match(await page.textContent('p'), /^AcgError UNSUPPORTED: A service worker cannot start the worker/);
    });
});
