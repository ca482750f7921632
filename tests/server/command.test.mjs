// The service as a newcomer starts it: the README's command and its curl; a signal ends it; it is missing.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkOptions, fromArguments } from '../../server/index.js';
import { convnetModels } from '../js/convnet_files.mjs';
import { acg2vec, golden, ROOT, temporaryFolder } from '../js/support.mjs';

/** Starts `acg2vec serve` with the tiny models of a folder, and returns its address. */
async function start(context, args = []) {
    const models = temporaryFolder(context);
    for (const [path, bytes] of Object.entries(convnetModels().files)) {
        mkdirSync(join(models, path, '..'), { recursive: true });
        writeFileSync(join(models, path), bytes);
    }
    const child = spawn(process.execPath, [join(ROOT, 'js/cli.js'), 'serve', '--port', '0', '--models', models, '--threads', '1', ...args]);
    context.after(() => child.kill('SIGKILL'));
    const log = [];
    child.stderr.on('data', (data) => log.push(String(data)));
    const [line] = await once(child.stdout, 'data');
    return { child, url: String(line).trim(), log };
}

test("the README's command and its curl", { skip: spawnSync('curl', ['--version']).error && 'curl is not there' }, async (context) => {
    const readme = readFileSync(join(ROOT, 'server/README.md'), 'utf8');
    assert.match(readme, /^ {4}npx acg2vec serve$/m);
    const [, command] = /^ {4}(curl .*)$/m.exec(readme);
    const { child, url, log } = await start(context);
    const curl = command.replace('picture.png', golden('anime256.png')).replace('http://127.0.0.1:8081', url);
    const asked = spawn('sh', ['-c', curl]);
    let answer = '';
    asked.stdout.on('data', (data) => (answer += data));
    await once(asked, 'close');
    assert.equal(JSON.parse(answer).data.bookmarkPredict.length, 15);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.doesNotMatch(log.join(''), /anime256/, 'the log names a picture');
});

test('options that are wrong are refused in a sentence', () => {
    for (const [values, message] of [
        [{ port: 'x' }, /from 0 to 65535 for port but received NaN/],
        [{ port: '' }, /for port but received NaN/],
        [{ workers: '0' }, /for workers but received 0/],
        [{ threads: '1.5' }, /a whole number from 1 to 64 for threads/],
        [{ log: 'loud' }, /info, warn, error, silent for log/],
        [{ cors: ['example.org'] }, /an origin such as/],
        [{ token: '' }, /a token for token/],
    ])
        assert.throws(() => checkOptions(fromArguments(values)), { code: 'BAD_ARGUMENT', message });
    const { port, host, megabytes, queue } = checkOptions({});
    assert.deepEqual([port, host, megabytes, queue], [8081, '127.0.0.1', 20, 32]);
});

test('a wrong call has status 2; a port that is taken 1', async (context) => {
    const wrong = await acg2vec(['serve', '--workers', '0']);
    assert.match(wrong.stderr, /^acg2vec: Expected a whole number from 1 to 64 for workers but received 0\.$/m);
    assert.equal(wrong.status, 2);
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await once(other, 'listening');
    const taken = await acg2vec(['serve', '--port', String(other.address().port), '--threads', '1']);
    assert.match(taken.stderr, /^acg2vec: .*EADDRINUSE/m);
    assert.equal(taken.status, 1);
});

test('without the package the command says how to install it', async (context) => {
    const folder = temporaryFolder(context);
    cpSync(join(ROOT, 'js'), join(folder, 'js'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    mkdirSync(join(folder, 'node_modules'));
    for (const name of [
        'cli-progress',
        'wasm-feature-detect',
        'string-width',
        'strip-ansi',
        'ansi-regex',
        'emoji-regex',
        'is-fullwidth-code-point',
    ])
        symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'js/cli.js'), 'serve'], { encoding: 'utf8' });
    assert.equal(stderr, 'acg2vec: The service is a package of its own: npm install acg2vec-server, beside acg2vec.\n');
    assert.equal(status, 1);
});
