// Shared by the tests of installations: the package as npm packs it, a project with it in a separate folder, and the check of its result.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../js/node.js';
import { serve } from '../../web/serve.mjs';
import { launch } from '../browser/support.mjs';
import { compare, decodePng, makePng, ROOT, temporaryFolder } from '../js/support.mjs';

export const PROJECTS = fileURLToPath(new URL('./projects/', import.meta.url));
const WIDTH = 24;
const HEIGHT = 18;
const BUILD_MS = 300e3;

/** Switches off telemetry of packages. */
const QUIET = { CI: '1', NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/** The package as npm packs it, from the existing build. */
export function pack(folder) {
    const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    return join(folder, execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }).trim());
}

/** A small picture without large areas of one colour, and what the engine makes of it, both as PNG. */
export async function makePictures() {
    const picture = makePng(WIDTH, HEIGHT, (x, y) => [(x * 11) % 256, (y * 14) % 256, (x * y) % 256]);
    const engine = await createEngine({ threads: 1 });
    const { blob } = await engine.upscale(picture, { scale: 2 });
    await engine.close();
    return { picture, enlarged: Buffer.from(await blob.arrayBuffer()) };
}

/**
 * A copy of a project with the package and its other dependencies, removed when the test ends. Dependencies that the checkout has too are
 * linked, the others are installed.
 * @param {import('node:test').TestContext} context
 * @param {{ tarball: string, picture: Buffer }} given
 * @param {{ project: string, copies?: Record<string, string>, pictureIn?: string, packages?: Record<string, string> }} how copies: files of projects/ that it shares, by their
 *   places in it
 * @returns {string | undefined} the folder; none: the packages cannot be had, and the test is skipped
 */
export function install(context, { tarball, picture }, { project, copies = {}, pictureIn = '.', packages }) {
    const folder = temporaryFolder(context);
    cpSync(join(PROJECTS, project), folder, { recursive: true });
    for (const [place, from] of Object.entries(copies)) {
        mkdirSync(dirname(join(folder, place)), { recursive: true });
        cpSync(join(PROJECTS, from), join(folder, place));
    }
    mkdirSync(join(folder, pictureIn), { recursive: true });
    writeFileSync(join(folder, pictureIn, 'picture.png'), picture);
    if (packages) writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifestOf(folder), devDependencies: packages }));
    if (isLinked(folder)) {
        link(folder, tarball);
        return folder;
    }
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', tarball];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: BUILD_MS });
    if (status === 0) return folder;
    context.skip(`its packages cannot be had: ${stderr.trim().split('\n').slice(0, 2).join(' ')}`);
    return undefined;
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const dependenciesOf = ({ dependencies, devDependencies }) => Object.entries({ ...dependencies, ...devDependencies });

function isLinked(folder) {
    const has = ([name, version]) => {
        const path = join(ROOT, 'node_modules', name);
        return existsSync(path) && manifestOf(path).version === version;
    };
    return dependenciesOf(manifestOf(folder)).every(has);
}

function link(folder, tarball) {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'acg2vec'), { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'acg2vec'), '--strip-components', '1']);
    const { dependencies, optionalDependencies } = manifestOf(ROOT);
    const names = [...dependenciesOf(manifestOf(folder)), ...Object.entries({ ...dependencies, ...optionalDependencies })];
    for (const [name] of names) {
        mkdirSync(dirname(join(modules, name)), { recursive: true });
        symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    mkdirSync(join(modules, '.bin'));
    for (const [name] of dependenciesOf(manifestOf(folder))) {
        const { bin = {} } = manifestOf(join(ROOT, 'node_modules', name));
        for (const [command, path] of Object.entries(typeof bin === 'string' ? { [name]: bin } : bin)) {
            symlinkSync(join(ROOT, 'node_modules', name, path), join(modules, '.bin', command));
        }
    }
}

/**
 * Runs a command in a project; its output is the error if it fails.
 * @param {string} folder
 * @param {string[]} command
 * @param {string} [input]
 */
export function run(folder, [program, ...args], input) {
    const path = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`;
    // only the weights of the package
    const env = { ...process.env, ...QUIET, PATH: path, XDG_CACHE_HOME: join(folder, '.cache'), ACG2VEC_MODELS: '' };
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, timeout: BUILD_MS, env, input, encoding: 'utf8' });
    if (status === 0) return stdout;
    throw new Error(`${[program, ...args].join(' ')}: ${error?.message ?? `status ${status}`}\n${stdout}\n${stderr}`);
}

/**
 * Opens the page of a site, isolated and not, and compares the picture that it shows in the end.
 * @param {string} root
 * @param {Buffer} enlarged
 * @param {{ headers?: Record<string, string> }} [options]
 */
export async function checkSite(root, enlarged, { headers } = {}) {
    const browser = await launch();
    try {
        for (const isolation of [true, false]) {
            const server = await serve({ port: 0, root, isolation, headers });
            try {
                await checkPage(browser, server.url, enlarged, isolation ? 2 : 1);
            } finally {
                await server.close();
            }
        }
    } finally {
        await browser.close();
    }
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {Buffer} enlarged
 * @param {number} threads that the page says to have
 */
export async function checkPage(browser, url, enlarged, threads) {
    const context = await browser.newContext();
    const complaints = [];
    const page = await context.newPage();
    const isIcon = (message) => message.location().url.endsWith('/favicon.ico');
    page.on('console', (message) => message.type() === 'error' && !isIcon(message) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    context.on(
        'request',
        (request) => /^https?:\/\/(?!127\.0\.0\.1|localhost)/.test(request.url()) && complaints.push(`It asked for ${request.url()}`),
    );
    try {
        await page.goto(url);
        await page
            .waitForFunction((text) => document.querySelector('p')?.textContent === text, `${threads} threads`, { timeout: 60e3 })
            .catch((error) => complaints.push(error.message));
        assert.deepEqual(complaints, []);
        const shown = () =>
            fetch(document.querySelector('img').src).then(async (answer) => [...new Uint8Array(await answer.arrayBuffer())]);
        checkPicture(Buffer.from(await page.evaluate(shown)), enlarged);
    } finally {
        await context.close();
    }
}

/** The builds of the engine round a sum differently: one level is no difference. */
export function checkPicture(found, enlarged) {
    const [actual, expected] = [decodePng(found), decodePng(enlarged)];
    assert.deepEqual([actual.width, actual.height], [2 * WIDTH, 2 * HEIGHT]);
    const { maxDiff } = compare(actual.data, expected.data);
    assert.ok(maxDiff <= 1, `the largest difference is ${maxDiff}`);
}
