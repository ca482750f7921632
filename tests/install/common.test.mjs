// The package as npm packs it, installed where most people install it: a page without a bundler, Vite, webpack, Node. Each enlarges a picture
// with the five lines of the README, without a network. All other places: npm run test:install.
import { before, describe, it } from 'node:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { browserMissing } from '../browser/support.mjs';
import { weightsMissing } from '../js/support.mjs';
import { checkPicture, checkSite, install, makePictures, pack, run } from './support.mjs';

/** The strictest policy that the documents promise a page can have, but for blob:, which the check asks for what the page shows. */
const POLICY = {
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; connect-src 'self' blob:",
};

const noWeights = await weightsMissing([2]);

describe('the package, installed', { skip: noWeights }, () => {
    /** @type {{ tarball: string, picture: Buffer, enlarged: Buffer }} */
    let given;
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-pack-'));
    before(async () => void (given = { tarball: pack(folder), ...(await makePictures()) }));
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('in a page without a bundler', { skip: browserMissing }, async (context) => {
        const project = install(context, given, { project: 'html', copies: { 'main.js': 'main.js' } });
        await checkSite(project, given.enlarged);
    });

    it('by Vite, without a setting, under a strict policy', { skip: browserMissing }, async (context) => {
        const project = install(context, given, { project: 'vite', copies: { 'main.js': 'main.js' }, pictureIn: 'public' });
        run(project, ['vite', 'build', '--logLevel', 'error']);
        await checkSite(join(project, 'dist'), given.enlarged, { headers: POLICY });
    });

    it('by webpack, without a setting', { skip: browserMissing }, async (context) => {
        const project = install(context, given, { project: 'webpack', copies: { 'src/index.js': 'main.js' }, pictureIn: 'dist' });
        if (!project) return;
        run(project, ['sh', 'build.sh']);
        await checkSite(join(project, 'dist'), given.enlarged);
    });

    it('in Node, by import and by require, and on the command line', (context) => {
        const project = install(context, given, { project: 'node' });
        for (const script of ['import.mjs', 'require.cjs']) {
            run(project, [process.execPath, script]);
            checkPicture(readFileSync(join(project, 'large.png')), given.enlarged);
            rmSync(join(project, 'large.png'));
        }
        run(project, [process.execPath, 'node_modules/acg2vec/js/cli.js', 'upscale', 'picture.png', '-o', 'large.png']);
        checkPicture(readFileSync(join(project, 'large.png')), given.enlarged);
    });
});
