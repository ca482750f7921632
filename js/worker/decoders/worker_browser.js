// The worker of the decoders in a browser: only the binding of its port and its libraries.
import { answerWith } from './answer.js';
import { orMissing } from './packages.js';

const REMEDY = '; without a bundler, say with `decoders` where its module is';

const libraries = {
    // both written out in full: bundlers look for this form
    avif: (/** @type {string | undefined} */ module) =>
        orMissing('avif', REMEDY, async () => {
            const given = module ? import(/* @vite-ignore */ module) : import('@jsquash/avif/codec/dec/avif_dec.js');
            const { default: create } = await /** @type {Promise<any>} */ (given);
            return create({ noInitialRun: true, print: () => {}, printErr: () => {} });
        }),
    jxl: (/** @type {string | undefined} */ module) =>
        orMissing('jxl', REMEDY, async () => {
            const library = await /** @type {Promise<any>} */ (module ? import(/* @vite-ignore */ module) : import('jxl-oxide-wasm'));
            await library.default();
            return library;
        }),
};

const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const answer = answerWith((message, transfer) => port.postMessage(message, transfer), libraries);
port.onmessage = (/** @type {MessageEvent<import('./answer.js').DecodeRequest>} */ { data }) => void answer(data);
