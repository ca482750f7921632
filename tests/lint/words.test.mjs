// The page's texts: every one stands in the catalogues of web/words, in each language, and is used; none stands in HTML or code.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const read = (path) => readFileSync(join(web, path), 'utf8');
const html = read('index.html').replace(/<!--[\s\S]*?-->/g, '');
const scripts = readdirSync(web, { recursive: true }).filter((path) => /^\w+\/.*\.js$/.test(path));

const LANGUAGES = ['en', 'zh', 'ja'];
const catalogues = Object.fromEntries(LANGUAGES.map((each) => [each, JSON.parse(read(`words/${each}.json`))]));
const keys = Object.keys(catalogues.en);
const groups = new Set(keys.map((key) => key.split('.')[0]));

/** Names, figures and signs that are the same in every language. */
const NO_WORDS = /^(acg2vec|DeepDanbooru|WD ViT v3|PNG|WebP|JPEG|\d+(\.\d+)?( px)?|\d×|[−+])$/;
/** Code that looks like words: paths of SVG, styles, selectors, names of things. */
const NO_SENTENCE =
    /^(Hugging Face|none stated|relaxed SIMD|DanbooruCLIP|pix2score|DeepDanbooru|SHA-256|Enter|Home|End|PageUp|PageDown|Arrow\w+|\w*Error|[.#][\w. -]+|data:.*| → )$/;

function check(violations) {
    if (violations.length) throw new Error(violations.join('\n'));
}

/** All string literals and the fixed parts of templates in the page's code. */
function* literals() {
    for (const path of scripts) {
        const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
        const nodes = [source];
        for (let node = nodes.pop(); node; node = nodes.pop()) {
            if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) continue;
            if (ts.isStringLiteralLike(node)) yield { path, texts: [node.text] };
            else if (ts.isTemplateExpression(node)) {
                const isKey = ts.isCallExpression(node.parent) && node.parent.expression.getText() === 't';
                yield { path, isKey, texts: [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)] };
            }
            ts.forEachChild(node, (child) => void nodes.push(child));
        }
    }
}

/** The keys that code names, whole or with a part that is only known when it runs. */
function keysInCode() {
    const used = [];
    for (const { path, texts, isKey } of literals()) {
        const [text] = texts;
        if (isKey) {
            const pattern = new RegExp(`^${texts.map((each) => each.replaceAll('.', '\\.')).join('[\\w.-]+')}$`);
            used.push({ path, name: texts.join('…'), matching: keys.filter((key) => pattern.test(key)) });
        } else if (texts.length === 1 && groups.has(text.split('.')[0]) && /^[a-z]+(\.[\w-]+)+$/i.test(text)) {
            used.push({ path, name: text, matching: keys.filter((key) => key === text) });
        } else if (texts.length === 1 && keys.includes(text)) {
            used.push({ path, name: text, matching: [text] });
        }
    }
    return used;
}

/** The keys in index.html. {.key} is of every tab that has it; in the template that all tabs share, of all. */
function keysInHtml() {
    const tabs = [...html.matchAll(/data-tab="(\w+)"/g)].map(([, tab]) => tab);
    const shared = /<template id="tab">([\s\S]*?)<\/template>/.exec(html)?.[1] ?? '';
    return [...html.matchAll(/\{(\.?[\w.-]+)\}/g)].flatMap(([whole, name]) => {
        if (name === 'tab') return [];
        const names = name.startsWith('.') ? tabs.map((tab) => tab + name) : [name];
        const matching = names.filter((each) => keys.includes(each));
        const isLacking = matching.length < (shared.includes(whole) ? names.length : 1);
        return [{ path: 'index.html', name, matching: isLacking ? [] : matching }];
    });
}

it('each language has every text, with the same values in it', () => {
    const valuesOf = (text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g))].sort().join();
    check(
        LANGUAGES.flatMap((language) => {
            const texts = catalogues[language];
            // of reasons, English has few: reasons.test.mjs
            const extra = Object.keys(texts).filter((key) => !keys.includes(key) && !key.startsWith('reason.'));
            return [
                ...extra.map((key) => `${language} has ${key}, which English has not`),
                ...keys.flatMap((key) => {
                    if (texts[key] === undefined) return [`${language} lacks ${key}`];
                    if (texts[key] === '' || texts[key].other === '') return [`${language}: ${key} is empty`];
                    // what English says with the engine's own sentence, others may say without
                    if (key === 'error.CANCELLED' || valuesOf(texts[key]) === valuesOf(catalogues.en[key]) || key.startsWith('reason.'))
                        return [];
                    return [`${language}: ${key} has ${valuesOf(texts[key])}, but English has ${valuesOf(catalogues.en[key])}`];
                }),
            ];
        }),
    );
});

it('Chinese and Japanese are not English', () => {
    const same = ['zh', 'ja'].flatMap((language) =>
        keys
            .filter(
                (key) =>
                    !/^(format|label\.(sketch|words|sentence)\.|enlarge\.(network|machine)\.|enlarge\.pattern\.example|captions\.for\.|describe\.bin|error\.other)/.test(
                        key,
                    ),
            )
            .filter((key) => JSON.stringify(catalogues[language][key]) === JSON.stringify(catalogues.en[key]))
            .map((key) => `${language}: ${key} is as in English: ${JSON.stringify(catalogues.en[key])}`),
    );
    check(same);
});

it('each key that the page names exists', () => {
    check(
        [...keysInCode(), ...keysInHtml()].filter(({ matching }) => !matching.length).map(({ path, name }) => `web/${path} names ${name}`),
    );
});

it('each text is used', () => {
    const used = new Set([...keysInCode(), ...keysInHtml()].flatMap(({ matching }) => matching));
    check(keys.filter((key) => !used.has(key)).map((key) => `nothing uses ${key}`));
});

it('no text stands in index.html', () => {
    const isText = (text) => text && !NO_WORDS.test(text) && !/^(\{\.?[\w.-]+\}\s*)+$/.test(text);
    const texts = html.split(/<[^>]*>/).map((text) => text.trim());
    const attributes = [...html.matchAll(/\s(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(([, text]) => text);
    check([...texts, ...attributes].filter(isText).map((text) => `web/index.html says “${text}”`));
});

it('no text stands in code', () => {
    const isText = (text) =>
        !NO_SENTENCE.test(text) &&
        (/[^\n -~…×·“”–−≤]/.test(text) || /[A-Za-z]{2,},? [a-z]{2,}/.test(text) || /^\W*[A-Z][a-z]+\W*$/.test(text));
    check(
        [...literals()].flatMap(({ path, texts }) =>
            texts.filter(isText).map((text) => `web/${path} says “${text}”: it belongs into web/words`),
        ),
    );
});
