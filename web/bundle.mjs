// Bundles a page and all its modules, also those of the package and its worker, into a few files, which load in parallel: separate modules would
// load one level after the other. Names contain a hash of the contents, so that a browser may cache them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const PACKAGE = fileURLToPath(new URL('../js/index.js', import.meta.url));

/** Each has a catalogue in words. */
export const LANGUAGES = ['zh', 'en', 'ja'];

/** The texts of index.html that cannot be filled in later: those of its head, in English, and those for browsers without JavaScript, in all languages. */
const HEAD = {
    name: 'words',
    transformIndexHtml: (/** @type {string} */ html) =>
        html
            .replace(/\{(page\.noscript|page\.unstarted)\}/g, (_, /** @type {string} */ key) => inAllLanguages(key))
            .replace(/\{(page\.title|page\.description)\}/g, (_, /** @type {string} */ key) => wordsOf('en')[key]),
};

/** @param {string} key */
const inAllLanguages = (key) => LANGUAGES.map((each) => wordsOf(each)[key]).join(' · ');

/** @param {string} language @returns {Record<string, string>} */
export const wordsOf = (language) => JSON.parse(readFileSync(new URL(`words/${language}.json`, import.meta.url), 'utf8'));

/**
 * @param {string} page an .html file
 * @param {string} folder where the page gets the same name; its old contents are removed
 */
export async function bundlePage(page, folder) {
    await build({
        configFile: false,
        logLevel: 'error',
        root: path.dirname(page),
        base: './',
        publicDir: false,
        plugins: [HEAD],
        resolve: { alias: { acg2vec: PACKAGE } },
        worker: { format: 'es' },
        build: {
            outDir: folder,
            emptyOutDir: true,
            assetsInlineLimit: 0, // the page's policy allows only files
            modulePreload: { polyfill: false },
            license: { fileName: 'licences.md' }, // of the libraries that are in the page
            rolldownOptions: { input: page },
        },
    });
}
