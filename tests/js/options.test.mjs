// What upscale accepts and refuses before any work.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OPTIONS } from '../../js/options/known.js';
import { choicesOf } from '../../js/models/choices.js';
import * as upscaleOptions from '../../js/options/upscale.js';
import { readManifest } from '../../js/platform/node/weights.js';

const { checkEngineOptions, checkThreads } = upscaleOptions;
const { upscalers } = choicesOf(await readManifest());
const checkUpscaleOptions = (options) => upscaleOptions.checkUpscaleOptions(options, upscalers);

test('the defaults are those of the documentation', () => {
    const expected = {
        scale: 2,
        model: 'se',
        denoise: 'conservative',
        strength: 1,
        tile: 'auto',
        format: 'png',
        quality: 90,
        metadata: 'none',
        sync: 'exact',
        tta: false,
        memory: 0,
        temp: true,
        grey: 'exact',
        colour: 'keep',
        guard: false,
        damaged: 'refuse',
        maxPixels: undefined,
        width: 0,
        height: 0,
        fit: 'inside',
    };
    assert.deepEqual(checkUpscaleOptions({}), expected);
    assert.deepEqual(checkUpscaleOptions({ scale: undefined, denoise: undefined, sync: 'exact' }), expected);
});

test('a denoise level may be a number, and its default is one that the model has', () => {
    assert.equal(checkUpscaleOptions({ denoise: 3 }).denoise, '3');
    assert.equal(checkUpscaleOptions({ denoise: 0, model: 'cunet' }).denoise, '0');
    assert.equal(checkUpscaleOptions({ model: 'cunet' }).denoise, 'none');
    assert.equal(checkUpscaleOptions({ model: 'cunet', scale: 1 }).denoise, '1');
    assert.equal(checkUpscaleOptions({ model: 'x4plus-anime' }).scale, 4);
    assert.equal(checkUpscaleOptions({ model: 'pro' }).denoise, 'conservative');
});

test('bad values are refused with what was expected and what came', () => {
    const cases = [
        [{ scale: 5 }, /Expected one of 1, 2, 3, 4 for scale but received 5/],
        [{ scale: '2' }, /for scale but received '2'/],
        [{ model: 'x' }, /for model but received 'x'/],
        [{ denoise: 4 }, /for denoise but received '4'/],
        [{ strength: 0.4 }, /Expected a number from 0.5 to 1.5 for strength but received 0.4/],
        [{ strength: NaN }, /for strength but received NaN/],
        [{ tile: 15 }, /from 16 to 4096 for tile but received 15/],
        [{ tile: 4097 }, /for tile but received 4097/],
        [{ tile: 99.5 }, /for tile but received 99.5/],
        [{ sync: 'often' }, /Expected one of exact, fast, off for sync but received 'often'/],
        [{ tta: 1 }, /Expected true or false for tta but received 1/],
        [{ grey: 'yes' }, /Expected one of exact, near, off for grey but received 'yes'/],
        [{ guard: 'on' }, /Expected true or false for guard but received 'on'/],
        [{ damaged: true }, /Expected one of refuse, keep for damaged but received true/],
        [{ maxPixels: 0 }, /Expected a whole number from 1 to 4294967295 for maxPixels but received 0/],
        [{ width: 0 }, /Expected a whole number from 1 to 65535 for width but received 0/],
        [{ height: 65536 }, /for height but received 65536/],
        [{ fit: 'cover' }, /Expected one of inside, outside, fill for fit but received 'cover'/],
        [{ format: 'gif' }, /for format but received 'gif'/],
        [{ onTile: 1 }, /Expected a function for onTile but received 1/],
        [{ signal: {} }, /Expected an AbortSignal for signal but received Object/],
    ];
    for (const [options, message] of cases) {
        assert.throws(() => checkUpscaleOptions(options), { name: 'AcgError', code: 'BAD_ARGUMENT', message });
    }
    for (const threads of [0, 65, 1.5, '2']) assert.throws(() => checkThreads(threads), { code: 'BAD_ARGUMENT' });
});

test('bad options of an engine are refused before anything starts', () => {
    const cases = [
        [{ wasm: 5 }, /Expected a prefix, a map .* for wasm but received 5/],
        [{ wasm: null }, /for wasm but received null/],
        [{ decoders: '/avif.js' }, /Expected an object with the URLs of `avif`, `jxl` or both for decoders/],
        [{ decoders: { heic: '/heic.js' } }, /for decoders but received/],
        [{ onProgress: 1 }, /Expected a function for onProgress but received 1/],
        [{ signal: 'now' }, /Expected an AbortSignal for signal but received 'now'/],
        [{ threads: 0 }, /for threads but received 0/],
    ];
    for (const [options, message] of cases) {
        assert.throws(() => checkEngineOptions(options), { name: 'AcgError', code: 'BAD_ARGUMENT', message });
    }
    for (const wasm of [undefined, '/wasm/', new URL('file:///wasm/'), { 'a.wasm': 'b' }]) checkEngineOptions({ wasm });
});

test('an option that does not exist is refused with the one that was meant', () => {
    const refused = (options, message) => assert.throws(() => checkUpscaleOptions(options), { code: 'BAD_ARGUMENT', message });
    refused({ modle: 'se' }, "Expected only options that exist but received 'modle' (did you mean 'model'?).");
    refused({ onprogress: () => {} }, /did you mean 'onProgress'\?/);
    refused({ denioze: 3 }, /did you mean 'denoise'\?/);
    refused({ flavour: 1 }, /received 'flavour': there are scale, model, /);
    checkUpscaleOptions({ modle: undefined });
});

test('the options that are known are those of the types', () => {
    const types = readFileSync(new URL('../../js/types.js', import.meta.url), 'utf8');
    const propertiesOf = (name) => {
        const [, text] = new RegExp(`@typedef \\{object\\} ${name}\\n([\\s\\S]*?)(?:@typedef|\\*/)`).exec(types);
        return [...text.matchAll(/@property \{.*\} \[?(\w+)/g)].map(([, property]) => property);
    };
    for (const [kind, name, more] of [
        ['engine', 'EngineOptions', []],
        ['upscale', 'UpscaleOptions', []],
        ['caption', 'CaptionOptions', []],
        ['models', 'FetchOptions', ['ids']],
    ]) {
        assert.deepEqual([...OPTIONS[kind]].sort(), [...propertiesOf(name), ...more].sort(), name);
    }
});
