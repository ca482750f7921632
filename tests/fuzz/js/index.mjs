// A file of an index (js/index) that a stranger made or a disk has damaged: it is searched, exported and added to, or refused in a sentence.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import load from '@sqlite.org/sqlite-wasm';
import { Engine } from '../../../js/client/engine.js';
import { installNodeFiles, VFS_NAME } from '../../../js/platform/node/sqlite_files.js';
import { quieten, serveDatabase } from '../../../js/worker/database/serve.js';
import { indexEngine, openIndex, picture, query, writeFiles } from '../../js/index_support.mjs';
import { changed, oneOf } from './mutate.mjs';
import { refusal } from './outcome.mjs';

/** Values that another program may have written into it. */
const STATEMENTS = [
    'UPDATE vectors SET vector = substr(vector, 2) WHERE picture % 3 = 1',
    'UPDATE vectors SET vector = zeroblob(length(vector) + (picture % 2) * 4 - 2)',
    "UPDATE vectors SET vector = x''",
    'UPDATE vectors SET vector = zeroblob(length(vector))',
    'UPDATE vectors SET vector = randomblob(length(vector)) WHERE picture = 2',
    'UPDATE models SET dims = dims + 1',
    'UPDATE models SET dims = 0',
    'UPDATE models SET dims = 9223372036854775807',
    'UPDATE models SET dims = -4',
    "UPDATE models SET name = 'no such model'",
    "UPDATE models SET sha256 = ''",
    'UPDATE pictures SET hash = substr(hash, 5)',
    "UPDATE pictures SET mirrored = x'', contrast = 9e999",
    "UPDATE pictures SET path = id || char(0, 10) || 'x', sha256 = ''",
    'UPDATE pictures SET width = 0, height = -1, modified = 9223372036854775807',
    'UPDATE pictures SET bytes = -1',
    "UPDATE tag_names SET name = '', category = char(65533)",
    'UPDATE tags SET score = 9e999',
    "UPDATE scores SET label = '', expected = -9e999",
    'DELETE FROM looks',
    'DELETE FROM pictures WHERE id = 1',
    'DROP TABLE tags',
    'DROP TABLE vectors',
    'ALTER TABLE pictures RENAME COLUMN path TO place',
    'PRAGMA user_version = 99',
    'PRAGMA application_id = 1',
    'CREATE TRIGGER t AFTER INSERT ON pictures BEGIN DELETE FROM pictures; END',
    'CREATE VIEW v AS SELECT * FROM v2',
];

const ASKED = [
    (index) => index.search({ like: [1], limit: 3 }),
    (index) => index.search({ tags: ['x'], limit: 3 }),
    (index) => index.search({ path: 'a', limit: 3 }),
    (index) => index.duplicates(),
    (index) => index.recommend({ like: [1, 2], unlike: [3] }),
    (index) => index.export('jsonl'),
    (index) => index.export('parquet'),
    (index) => index.stats(),
    (index) => index.tags(),
    (index) => index.get(2),
    (index) => index.thumbnail(1),
    (index) => index.remove([1]),
    (index, folder) => index.sync(join(folder, 'pictures'), {}),
    (index) => index.clear(),
];

const CODES = ['BAD_FORMAT', 'UNSUPPORTED', 'NOT_FOUND', 'BAD_ARGUMENT', 'UNREADABLE', 'NO_MEMORY', 'BAD_MODEL', 'TOO_LARGE'];

/** SQLite in this thread: starting a worker for each run would take most of the time. */
async function databaseHere() {
    quieten();
    const sqlite3 = await load();
    installNodeFiles(sqlite3);
    return ({ onMessage }) => {
        const open = async ({ location }) => ({ sqlite3, file: { name: location, path: location, vfs: VFS_NAME } });
        const receive = serveDatabase((message) => setImmediate(() => onMessage(message)), { open, async replace() {}, async close() {} });
        return { post: receive, hold() {}, stop: async () => {} };
    };
}

export async function open() {
    const engine = await indexEngine();
    Engine.partsOf(engine).platform.startDatabase = await databaseHere();
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-fuzz-'));
    const path = join(folder, 'index.db');
    writeFiles(folder, Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`pictures/${i}.png`, picture(i)])));
    const first = await openIndex(engine, path);
    await first.sync(join(folder, 'pictures'), { models: ['dclip'], tags: true, scores: true });
    await first.close();
    const seed = readFileSync(path);

    async function ask(random) {
        const index = await openIndex(engine, path, { create: false });
        try {
            for (let left = 1 + random(2); left > 0; left--) await oneOf(random, ASKED)(index, folder);
        } finally {
            await index.close();
        }
    }
    return {
        async run(random) {
            const byStatement = random(2) === 0;
            writeFileSync(path, byStatement ? seed : changed(seed, random));
            rmSync(`${path}-journal`, { force: true });
            if (byStatement) for (let left = 1 + random(2); left > 0; left--) tryStatement(path, oneOf(random, STATEMENTS));
            try {
                await ask(random);
                return 'answered';
            } catch (error) {
                return refusal(error, CODES);
            }
        },
        async close() {
            await engine.close();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The first of two changes may have made the second impossible. */
function tryStatement(path, sql) {
    try {
        query(path, sql);
    } catch {
        // the file keeps the first change
    }
}
