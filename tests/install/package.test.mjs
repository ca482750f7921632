// What npm pack makes: the same bytes each time, and in it all that its README leads to, and nothing that strays.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, temporaryFolder } from '../js/support.mjs';
import { pack, PROJECTS } from './support.mjs';

test('a package is the same bytes each time, has what its README links to, and no strays', (context) => {
    const folder = temporaryFolder(context);
    const packs = ['a', 'b'].map((name) => {
        mkdirSync(join(folder, name));
        return pack(join(folder, name));
    });
    const [first, second] = packs.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
    assert.equal(first, second);

    const names = execFileSync('tar', ['-tzf', packs[0]], { encoding: 'utf8' }).trim().split('\n');
    const readme = execFileSync('tar', ['-xzOf', packs[0], 'package/README.md'], { encoding: 'utf8' });
    const links = [...readme.matchAll(/\]\(([^)\s#]+)/g)].map(([, link]) => link).filter((link) => !/^[a-z]+:/.test(link));
    const has = (link) => names.some((name) => name === `package/${link}` || name.startsWith(`package/${link.replace(/\/?$/, '/')}`));
    assert.deepEqual(
        links.filter((link) => !has(link)),
        [],
    );
    assert.deepEqual(
        names.filter((name) => /^package\/(js\/.*\.d\.ts|tests|web|src|.*\.mjs$)/.test(name)),
        [],
    );
});

test('the recipes of the guide are files of the projects that are tested', () => {
    const guide = readFileSync(join(ROOT, 'docs/guide/bundlers.md'), 'utf8');
    const files = readdirSync(PROJECTS, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    const texts = files.map(({ parentPath, path, name }) => readFileSync(join(parentPath ?? path, name), 'utf8').trim());
    const recipes = [...guide.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, code]) => code.trim());
    assert.ok(recipes.length > 10);
    for (const recipe of recipes) assert.ok(texts.includes(recipe), `No project has this:\n${recipe}`);
});
