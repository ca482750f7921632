// `npm run abi`: writes js/worker/native/abi.js, the C interface for JavaScript: enums, the offsets of struct fields in WebAssembly's
// memory, and the functions' types. Reads src/api/acg*.h. An unknown form of declaration is an error.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
export const ABI_FILE = 'js/worker/native/abi.js';

/** The headers of the interface for JavaScript. */
const HEADERS = readdirSync(join(root, 'src/api'))
    .filter((name) => /^acg.*\.h$/.test(name) && !/_(parts|export)\.h$/.test(name))
    .sort()
    .map((name) => `src/api/${name}`);
/** The headers with the codes of acg_status and the reasons of acg_facts: only their enums belong to the interface. */
const STATUS_HEADER = 'src/core/status.h';
const REASON_HEADER = 'src/core/reason.h';

/** C type -> its representation in the memory of wasm32, by the names of DataView. A pointer is a Uint32. */
const SCALARS = {
    bool: 'Uint8',
    uint8_t: 'Uint8',
    int: 'Int32',
    int32_t: 'Int32',
    uint32_t: 'Uint32',
    size_t: 'Uint32',
    float: 'Float32',
    double: 'Float64',
};
const bytesOf = (kind) => Number(/\d+/.exec(kind)) / 8;

const camelCase = (name) => name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** The declarations of a header, one after the other, without comments, preprocessor lines and needless blanks. */
function declarationsOf(text) {
    const bare = text
        .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ')
        .replaceAll(/^\s*#(.*\\\n)*.*$/gm, '')
        .replaceAll(/\s+/g, ' ');
    return [...bare.matchAll(/(?:[^;{}]|\{[^{}]*\})+;/g)].map(([declaration]) => declaration.slice(0, -1).trim());
}

/** `A_B_X = 1, A_B_Y` -> { name: 'B', members: { X: 1, Y: 2 } } without the prefix of the interface. */
function parseEnum(body) {
    const members = {};
    let next = 0;
    for (const part of body.split(',').map((each) => each.trim())) {
        if (part === '') continue; // after the last comma
        const [, name, value = String(next), bits = '0'] = /^(\w+)(?: = (-?\d+)(?: << (\d+))?)?$/.exec(part) ?? fail(part);
        members[name] = Number(value) << Number(bits);
        next = members[name] + 1;
    }
    const words = Object.keys(members).map((name) => name.split('_'));
    let shared = 0;
    while (words.every((each) => each.length > shared + 1 && each[shared] === words[0][shared])) shared++;
    const prefix = words[0].slice(0, shared).join('_');
    return {
        name: prefix.replace(/^ACG_/, ''),
        members: Object.fromEntries(Object.entries(members).map(([name, value]) => [name.slice(prefix.length + 1), value])),
    };
}

/** `int32_t x, y; const uint8_t *z;` -> { size, fields: { x: ['Int32', 0], … } } by the rules of alignment. */
function parseStruct(body, known) {
    const fields = {};
    let size = 0;
    let alignment = 1;
    for (const line of body.split(';').map((each) => each.trim())) {
        if (line === '') continue;
        const [, type, names] = /^(?:const )?(?:struct )?(\w+) ?(.+)$/.exec(line) ?? fail(line);
        for (const declarator of names.split(',')) {
            const [, stars, name] = /^ ?(\**)(\w+)$/.exec(declarator) ?? fail(line);
            const kind = stars ? 'Uint32' : (SCALARS[type] ?? (known.has(type) ? 'Int32' : fail(line)));
            const bytes = bytesOf(kind);
            const offset = Math.ceil(size / bytes) * bytes;
            fields[camelCase(name)] = [kind, offset];
            size = offset + bytes;
            alignment = Math.max(alignment, bytes);
        }
    }
    return { size: Math.ceil(size / alignment) * alignment, fields };
}

/** `int n, const char *text` -> ['n', 'text']: in JavaScript all are numbers. */
function parseParameters(list, known) {
    if (list === 'void') return [];
    return list.split(',').map((part) => {
        const [, type, stars, name] = /^ ?(?:const )?(\w+) (\**)(\w+)$/.exec(part) ?? fail(part);
        return stars || SCALARS[type] || known.has(type) ? camelCase(name) : fail(part);
    });
}

/** `REASON_X, // file, width` -> { X: ['file', 'width'] } */
export function reasonValues(text) {
    const lines = text.matchAll(/^ {4}REASON_(\w+),(?: *\/\/ ([\w, ]+))?$/gm);
    return Object.fromEntries([...lines].map(([, name, values]) => [name, values?.split(', ') ?? []]));
}

function fail(declaration) {
    throw new Error(`Expected a declaration of a form that cmake/abi.mjs knows but found '${declaration}'`);
}

/**
 * Parses the declarations of headers.
 * @param {string[]} texts of the headers; a type is declared before it is used by value
 */
export function parseHeaders(texts) {
    const enums = {};
    const structs = {};
    const functions = {};
    const enumTypes = new Set();
    for (const declaration of texts.flatMap(declarationsOf)) {
        let found;
        if (/^typedef struct \w+ \w+$/.test(declaration)) continue; // a handle
        if ((found = /^(?:typedef )?enum (?:\w+ )?\{(.*)\}(?: (\w+))?$/.exec(declaration))) {
            const { name, members } = parseEnum(found[1]);
            if (enums[name]) fail(declaration);
            enums[name] = members;
            if (found[2]) enumTypes.add(found[2]);
        } else if ((found = /^typedef struct (?:\w+ )?\{(.*)\} (\w+)$/.exec(declaration))) {
            structs[found[2]] = parseStruct(found[1], enumTypes);
        } else if ((found = /^(?:const )?(\w+) (\**)(acg_\w+)\((.+)\)$/.exec(declaration))) {
            const [, type, stars, name, parameters] = found;
            if (!stars && type !== 'void' && !SCALARS[type] && !enumTypes.has(type)) fail(declaration);
            functions[name] = { parameters: parseParameters(parameters, enumTypes), result: !stars && type === 'void' ? 'void' : 'number' };
        } else fail(declaration);
    }
    return { enums, structs, functions };
}

function objectText(name, entries, indent = '') {
    const lines = entries.map(([key, text]) => `${indent}    ${key}: ${text},\n`);
    return `${name}{\n${lines.join('')}${indent}}`;
}

const structText = ({ size, fields }) =>
    objectText('', [
        ['size', String(size)],
        [
            'fields',
            objectText(
                '',
                Object.entries(fields).map(([name, [kind, offset]]) => [name, `['${kind}', ${offset}]`]),
                '    ',
            ),
        ],
    ]);

const functionText = ([name, { parameters, result }]) =>
    ` * @property {(${parameters.map((each) => `${each}: number`).join(', ')}) => ${result}} _${name}\n`;

/** The text of ABI_FILE for the current headers. */
export function abiText() {
    const read = (path) => readFileSync(join(root, path), 'utf8');
    const codes = [STATUS_HEADER, REASON_HEADER].flatMap((path) => declarationsOf(read(path)).filter((each) => /^typedef enum/.test(each)));
    const { enums, structs, functions } = parseHeaders([...codes.map((each) => `${each};`), ...HEADERS.map(read)]);
    const names = Object.entries(reasonValues(read(REASON_HEADER))).map(([name, values]) => [
        name,
        `[${values.map((each) => `'${each}'`).join(', ')}]`,
    ]);
    return [
        `// Made by npm run abi (cmake/abi.mjs) from ${STATUS_HEADER}, ${REASON_HEADER} and src/api/acg*.h: change those, not this.\n`,
        ...Object.entries(enums).map(([name, members]) => `export const ${objectText(`${name} = `, Object.entries(members))};\n`),
        `// The names of the values that sentences of these reasons have.\n\nexport const REASON_VALUES = ${objectText('', names)};\n`,
        '// How structs lie in the memory of WebAssembly: each field with its kind, as a DataView calls it, and its first byte.\n',
        ...Object.entries(structs).map(([name, struct]) => `export const ${name} = /** @type {const} */ (${structText(struct)});\n`),
        `/**\n * @typedef {object} AbiFunctions pointers are numbers; one that comes back may be negative: >>> 0\n${Object.entries(functions).map(functionText).join('')} */\n`,
    ].join('\n');
}

/** The names of all functions of the interface. */
export function abiFunctions() {
    return Object.keys(parseHeaders(HEADERS.map((path) => readFileSync(join(root, path), 'utf8'))).functions);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(join(root, ABI_FILE), abiText());
