// What the page says, in the language of its user: one catalogue for each language, and figures as that language writes them.
import names from './languages.json';

/** @typedef {string | { one?: string, other: string }} Text one and other: by the value `n` and Intl.PluralRules */
/** @typedef {Record<string, Text>} Catalogue */
/** @typedef {Record<string, string | number>} Values numbers are formatted for the language */

const KEPT = 'acg2vec-language';

/** Each language, as `lang` says it, the one whose figures and lists Intl writes, and its catalogue. */
const LANGUAGES = /** @type {Record<string, { lang: string, locale: string, load: () => Promise<{ default: Catalogue }> }>} */ ({
    zh: { lang: 'zh-CN', locale: 'zh-CN', load: () => import('./zh.json') },
    en: { lang: 'en', locale: 'en-GB', load: () => import('./en.json') },
    ja: { lang: 'ja', locale: 'ja', load: () => import('./ja.json') },
});

/** @type {Catalogue} */
let catalogue = {};
let language = 'en';
/** @type {Set<() => void>} */
const listeners = new Set();

/** The languages that there are, each with its name in itself, which Intl would take long to tell. @returns {[string, string][]} */
export const languages = () => Object.entries(names);

export const currentLanguage = () => language;

/** For Intl. */
export const locale = () => LANGUAGES[language].locale;

/** The language that the user chose before, or the first of the browser's languages that exists here. */
function preferred() {
    const kept = keptLanguage() ?? '';
    const wanted = [kept, ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
    return wanted.find((each) => LANGUAGES[each]) ?? 'en';
}

/** Undefined: none, or the browser keeps nothing for this page. */
function keptLanguage() {
    try {
        return localStorage.getItem(KEPT);
    } catch {
        return undefined;
    }
}

/** @param {string} chosen */
function keepLanguage(chosen) {
    try {
        localStorage.setItem(KEPT, chosen);
    } catch {
        // the browser keeps nothing for this page
    }
}

/** Changes the language, and calls the listeners. @param {string} chosen */
export async function speak(chosen) {
    catalogue = (await LANGUAGES[chosen].load()).default;
    language = chosen;
    formats.clear();
    Object.assign(document.documentElement, { lang: LANGUAGES[chosen].lang, dir: 'ltr' });
    for (const listener of listeners) listener();
}

/** Changes the language, and keeps the choice. @param {string} chosen */
export async function chooseLanguage(chosen) {
    keepLanguage(chosen);
    await speak(chosen);
}

/** `listener` is called whenever the language has changed. @param {() => void} listener */
export const onLanguage = (listener) => void listeners.add(listener);

/** @param {string} key */
export const isText = (key) => key in catalogue;

/**
 * The text of a key, with its values filled in: "{n} tags".
 * @param {string} key
 * @param {Values} [values]
 */
export function t(key, values = {}) {
    const text = catalogue[key] ?? key;
    const chosen = typeof text === 'string' ? text : (text[formOf(Number(values.n))] ?? text.other);
    return chosen.replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) =>
        name in values ? shown(values[name]) : whole,
    );
}

/** Intl's formats by name: creating them is slow. @type {Map<string, any>} */
const formats = new Map();

/**
 * @template F
 * @param {string} name
 * @param {() => F} create
 * @returns {F}
 */
function format(name, create) {
    if (!formats.has(name)) formats.set(name, create());
    return formats.get(name);
}

/** @param {number} n */
const formOf = (n) => /** @type {'one' | 'other'} */ (format('plural', () => new Intl.PluralRules(locale())).select(n));

/** @param {string | number} value */
const shown = (value) => (typeof value === 'number' ? number(value) : value);

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options) =>
    options || !isPlain(value)
        ? format(JSON.stringify(options), () => new Intl.NumberFormat(locale(), options)).format(value)
        : String(value);

/** Whether all languages write a number with digits only. The first Intl format is slower than everything else at the start of the page. @param {number} value */
const isPlain = (value) => Number.isInteger(value) && value >= 0 && value < 1000;

/** With this many digits after the point. @param {number} value @param {number} digits */
export const fixed = (value, digits) => number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Which of two names comes first: 2 before 10. @param {string} a @param {string} b @returns {number} */
export const compare = (a, b) => format('collator', () => new Intl.Collator(locale(), { numeric: true })).compare(a, b);

/** "a, b and c". @param {unknown[]} items */
export const listed = (items) => format('list', () => new Intl.ListFormat(locale())).format(items.map(String));

/**
 * The message of an error, by its reason. Without a reason it is the engine's English sentence, after words for its code.
 * @param {unknown} error
 */
export function messageOf(error) {
    const { code, message, name } = /** @type {{ code?: string, message: string, name?: string }} */ (error);
    if (code === undefined && name === 'Error') return message; // an error of the page
    const kind = `error.${code}` in catalogue ? code : 'other';
    return reasonWords(error) ?? t(`error.${kind}`, { detail: message });
}

/** The text of a warning about a picture. @param {import('acg2vec').Note} note */
export const noteWords = (note) => t('warning', { detail: reasonWords(note) ?? note.sentence });

/** Undefined: the engine's sentence is used, as usually in English. @param {any} what an error or a note */
function reasonWords({ reason, values }) {
    if (!(`reason.${reason}` in catalogue)) return undefined;
    const shownValues = Object.entries(values).map(([name, value]) => [name, KINDS.includes(name) ? kindWords(value) : value]);
    return t(`reason.${reason}`, Object.fromEntries(shownValues));
}

/** Values that are kinds of files. */
const KINDS = ['file', 'kind'];

/** @param {string} kind in the engine's words: "PNG file", "a GIMP file (XCF)", "a font" */
function kindWords(kind) {
    const bare = kind.replace(/^an? /, '');
    const own = bare
        .toLowerCase()
        .match(/[a-z0-9]+/g)
        ?.join('-');
    if (`kind.${own}` in catalogue) return t(`kind.${own}`);
    const [, name, noun, aside = ''] = /^(.*) (file|video|sound)( .*)?$/.exec(bare) ?? [];
    return noun ? t(`kind.${noun}`, { name: name + aside }) : bare;
}

await speak(preferred());
