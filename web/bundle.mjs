// Makes a few files of a page and of all modules that it leads to, the package's and its worker's too: they come at once, where
// loose modules name the next ones only when they are there. Names tell what is in a file, so that a browser may keep it.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const PACKAGE = fileURLToPath(new URL('../js/index.js', import.meta.url));

/**
 * @param {string} page an .html file
 * @param {string} folder where the page gets the same name; what is in it goes away
 */
export async function bundlePage(page, folder) {
    await build({
        configFile: false,
        logLevel: 'error',
        root: path.dirname(page),
        base: './',
        publicDir: false,
        resolve: { alias: { acg2vec: PACKAGE } },
        worker: { format: 'es' },
        build: {
            outDir: folder,
            emptyOutDir: true,
            assetsInlineLimit: 0, // the page's policy wants files
            modulePreload: { polyfill: false },
            rolldownOptions: { input: page },
        },
    });
}
