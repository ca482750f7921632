// A process for index_kill.test.mjs: writes a table again and again, each time as one transaction that does not fit into SQLite's memory.
import load from '@sqlite.org/sqlite-wasm';
import { installNodeFiles, VFS_NAME } from '../../js/platform/node/sqlite_files.js';
import { Sqlite } from '../../js/worker/database/sqlite.js';

const [path] = process.argv.slice(2);
const sqlite3 = await load();
installNodeFiles(sqlite3);
const sqlite = new Sqlite(sqlite3, { name: path, path, vfs: VFS_NAME }, { create: true, readOnly: false });
sqlite.all(['PRAGMA cache_size = 10']);
sqlite.write([['CREATE TABLE IF NOT EXISTS numbers (id INTEGER PRIMARY KEY, number INTEGER, filling BLOB)']]);
const [{ n }] = sqlite.all(['SELECT count(*) AS n FROM numbers']);
const rows = Array.from({ length: 300 }, () => ['INSERT INTO numbers (number, filling) VALUES (0, zeroblob(2000))']);
if (n === 0) sqlite.write(rows);
for (let number = Number(sqlite.all(['SELECT max(number) AS number FROM numbers'])[0].number) + 1; ; number++) {
    sqlite.write([['UPDATE numbers SET number = ?, filling = zeroblob(2000 + ?)', [number, number % 7]]]);
    process.stdout.write(`${number}\n`);
}
