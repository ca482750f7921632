// Reasons of failures and warnings: their values are those of the sentences in C, and the page says each in every language.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { REASON_VALUES } from '../../js/worker/native/abi.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const filesIn = (folder, pattern) =>
    readdirSync(join(root, folder), { recursive: true })
        .filter((path) => pattern.test(path))
        .map((path) => `${folder}/${path}`);

/** Reasons that nobody meets at the page, so that it has no words for them. */
const INTERNAL = [];
/** The engine's sentences are English: its catalogue has only what the page says in other words. */
const OTHER_LANGUAGES = ['zh', 'ja'];
const catalogues = Object.fromEntries(['en', ...OTHER_LANGUAGES].map((each) => [each, JSON.parse(read(`web/words/${each}.json`))]));

const [, union] = /@typedef \{([^}]*)\} PackageReason/.exec(read('js/types.js'));
const packageReasons = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name);

function check(violations) {
    if (violations.length) throw new Error(violations.join('\n'));
}

/** Calls in C that give a reason: its names, and how many values its sentence has. */
function* callsInC() {
    for (const path of filesIn('src', /\.c$/)) {
        for (const [call, text] of read(path).matchAll(/\b(?:status_fail_for|warnings_add)\(((?:"(?:\\.|[^"\\])*"|[^";])*?)\);/g)) {
            const sentence = [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, part]) => part).join('');
            const n = [...sentence.replaceAll('%%', '').matchAll(/%[^a-z]*(?:z|ll|l)?[a-zX]/g)].length;
            yield { path, call, n, names: [...text.matchAll(/REASON_(\w+)/g)].map(([, name]) => name) };
        }
    }
}

it('each sentence in C has the values that its reason names, and each reason has a sentence', () => {
    const calls = [...callsInC()];
    const used = new Set(calls.flatMap(({ names }) => names));
    check([
        ...calls.flatMap(({ path, call, names, n }) =>
            names.length && names.every((name) => REASON_VALUES[name]?.length <= n) ? [] : [`${path}: ${call}`],
        ),
        ...Object.keys(REASON_VALUES)
            .filter((name) => !used.has(name) && name !== 'NO_MEMORY') // which status_fail gives
            .map((name) => `no sentence has the reason ${name}`),
    ]);
});

it('each reason of the package is given somewhere', () => {
    const code = filesIn('js', /\.js$/)
        .filter((path) => path !== 'js/types.js')
        .map(read)
        .join('');
    check(packageReasons.filter((name) => !code.includes(`'${name}'`)).map((name) => `nothing fails for the reason ${name}`));
});

it('each reason has its words in each language, with values that it has', () => {
    const reasons = [...Object.keys(REASON_VALUES), ...packageReasons];
    const valuesOf = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    check([
        ...OTHER_LANGUAGES.flatMap((language) =>
            reasons
                .filter((name) => !INTERNAL.includes(name) && !catalogues[language][`reason.${name}`])
                .map((name) => `${language} lacks reason.${name}`),
        ),
        ...Object.entries(catalogues).flatMap(([language, texts]) =>
            Object.keys(texts)
                .filter((key) => key.startsWith('reason.'))
                .flatMap((key) => {
                    const name = key.slice('reason.'.length);
                    if (!reasons.includes(name)) return [`${language}: there is no reason ${name}`];
                    const known = REASON_VALUES[name] ?? valuesOf(catalogues.zh[key]);
                    return valuesOf(texts[key])
                        .filter((value) => !known.includes(value))
                        .map((value) => `${language}: ${key} has no value ${value}`);
                }),
        ),
    ]);
});

it('each kind of file that is refused by its name has its words', () => {
    const kinds = [...read('src/image/foreign_kind.c').matchAll(/"an? ([^"]+)"/g)].map(([, name]) => name);
    if (kinds.length < 50) throw new Error(`expected the names in foreign_kind.c but found ${kinds.length}`);
    const hasWords = (name) => /^.* (file|video|sound)( \(\w+\))?$/.test(name);
    const keyOf = (name) =>
        `kind.${name
            .toLowerCase()
            .match(/[a-z0-9]+/g)
            .join('-')}`;
    check(kinds.filter((name) => !hasWords(name) && !catalogues.en[keyOf(name)]).map((name) => `the catalogues lack ${keyOf(name)}`));
});
