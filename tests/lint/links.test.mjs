// The documents lead somewhere: every link of a Markdown file to a file that exists, or to a heading that it has, and every path of the tree
// that a document or a comment names as `folder/…` of the top level.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path && existsSync(join(root, path)));
const documents = tracked.filter((path) => path.endsWith('.md'));

/** As GitHub makes a link's target of a heading. */
const anchorOf = (heading) =>
    heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
const anchorsOf = (path) => [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));

function check(violations) {
    if (violations.length) throw new Error(violations.join('\n'));
}

function brokenLink(path, link) {
    const [file, anchor] = link.split('#');
    const target = file ? relative(root, join(root, dirname(path), file)) : path;
    if (!existsSync(join(root, target))) return [`${path} links to ${link}, which does not exist`];
    if (anchor !== undefined && !anchorsOf(target).includes(anchor)) return [`${path} links to ${link}, which has no such heading`];
    return [];
}

it('links in documents lead to files and headings that exist', () => {
    check(
        documents.flatMap((path) =>
            [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
                .map(([, link]) => link)
                .filter((link) => !/^[a-z]+:/.test(link))
                .flatMap((link) => brokenLink(path, link)),
        ),
    );
});

it('documents, and comments that name documents, name files that exist', () => {
    const named = /\b(?:(?:src|js|web|tests|cmake|models|docs)\/[\w./-]+\.(?:c|h|js|mjs|py|json|md|cmake|txt))\b/g;
    const inCode = /\bdocs\/[\w./-]+\.md\b/g;
    check(
        tracked
            .filter((path) => /\.(md|c|h|js|mjs|py|html)$/.test(path) && !path.startsWith('tests/lint/'))
            .flatMap((path) =>
                [...read(path).matchAll(path.endsWith('.md') ? named : inCode)]
                    .map(([name]) => name)
                    .filter((name) => !/(^|[/_])foo[_.]|developer-guide/.test(name) && !existsSync(join(root, name)))
                    .filter((name) => !existsSync(join(root, dirname(path), name)))
                    .map((name) => `${path} names ${name}, which does not exist`),
            ),
    );
});
