// The supply chain: each dependency has a licence that may come along, and what is fetched is known by its hash before it is used.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dependencies, insidePackages, libraries, licenceProblem, npmPackages } from '../../cmake/setup/dependencies.mjs';
import { makeSbom } from '../../cmake/setup/sbom.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const { models, publications } = JSON.parse(read('models/manifest.json'));
const SHA256 = /^[0-9a-f]{64}$/;

it('each dependency has a licence entry, of a licence that may come along', () => {
    assert.deepEqual(
        dependencies()
            .map(licenceProblem)
            .filter((problem) => problem),
        [],
    );
    assert.deepEqual(
        models.filter(({ licence }) => !licence).map(({ id }) => `${id} has no licence entry`),
        [],
    );
});

it('a dependency without a licence entry, or with another licence, is refused', () => {
    const problem = (licence, scope = 'required') => licenceProblem({ purl: 'pkg:npm/x@1', licence, scope });
    assert.equal(problem(undefined), 'pkg:npm/x@1 has no licence entry');
    assert.match(problem('GPL-3.0-only'), /has the licence GPL-3\.0-only/);
    assert.match(problem('MIT AND GPL-3.0-only'), /GPL/);
    assert.match(problem('MPL-2.0'), /MPL/);
    for (const fine of ['MIT', '(MIT OR GPL-3.0-only)', 'IJG AND BSD-3-Clause AND Zlib']) assert.equal(problem(fine), undefined);
    assert.equal(problem('MPL-2.0', 'excluded'), undefined);
});

it('what the set-up fetches is pinned by hash: libraries, npm packages, Python packages', () => {
    const libraries = JSON.parse(read('cmake/third_party.json'));
    const python = ['requirements', 'uv'].flatMap((name) => {
        const wanted = read(`models/convert/${name}.txt`).split(/\n(?=\S)/);
        return wanted.filter((each) => !/==/.test(each) || !/--hash=sha256:[0-9a-f]{64}/.test(each));
    });
    assert.deepEqual(
        [
            ...libraries.filter((each) => !SHA256.test(each.files_sha256) || !SHA256.test(each.debian_sha256)).map(({ name }) => name),
            ...npmPackages().flatMap(({ purl, sha512 }) => (sha512?.length === 128 ? [] : [purl])),
            ...python,
        ],
        [],
    );
});

it('weights are pinned by hash where they are fetched', () => {
    const fetched = models.flatMap(({ files }) => files).filter(({ sources }) => sources.length > 0);
    const isPinned = ({ versions }) => versions.length > 0 && versions.every(({ bytes, sha256 }) => bytes > 0 && SHA256.test(sha256));
    assert.deepEqual(
        fetched.filter((file) => !isPinned(file)).map(({ path }) => path),
        [],
    );
    assert.ok(fetched.length >= 82);
});

// They are published where their hashes could not be read so far; what is made of them is checked as any file of a stranger.
const UNPINNED = 23;

it('published weights that are converted have a hash, or are among those that nobody could read so far', () => {
    const files = publications.flatMap((each) => each.files);
    assert.ok(files.every(({ url, sha256 }) => /^https:/.test(url) && (sha256 === undefined || SHA256.test(sha256))));
    assert.equal(files.filter(({ sha256 }) => !sha256).length, UNPINNED);
});

it('the bill of materials names each dependency once, with its licence, and all that it depends on', () => {
    const { components, dependencies: graph, metadata } = makeSbom();
    const refs = [metadata.component, ...components].map((each) => each['bom-ref']);
    assert.equal(new Set(refs).size, refs.length);
    assert.deepEqual(
        components.filter(({ licenses: [{ expression }] }) => !expression).map(({ name }) => name),
        [],
    );
    assert.deepEqual(graph.map(({ ref }) => ref).sort(), [...refs].sort());
    assert.deepEqual(
        graph.flatMap(({ dependsOn = [] }) => dependsOn).filter((ref) => !refs.includes(ref)),
        [],
    );
    for (const name of ['libpng', 'libwebp', 'libjpeg-turbo', 'zlib', 'giflib', 'stb', 'lcms2', 'pthreadpool', 'emscripten']) {
        assert.equal(components.filter((each) => each.name === name && each.scope === 'required').length, 1, name);
    }
    for (const [name, inside] of [
        ['libavif', '@jsquash/avif'],
        ['libaom', '@jsquash/avif'],
        ['jxl-oxide', 'jxl-oxide-wasm'],
    ]) {
        const [part, whole] = [name, inside].map((each) => components.find((component) => component.name === each));
        assert.equal(part.scope, 'optional', name);
        assert.ok(graph.find(({ ref }) => ref === whole['bom-ref']).dependsOn.includes(part['bom-ref']), name);
    }
});

/** How a decoder tells what is in it; libavif's does not. */
const TOLD = { libaom: (version) => `AV1 Decoder v${version}`, 'jxl-oxide': (version) => version };
const MODULES = { '@jsquash/avif': 'codec/dec/avif_dec.wasm', 'jxl-oxide-wasm': 'jxl_oxide_wasm_bg.wasm' };

it('the versions inside packages are those that their modules tell', () => {
    for (const { name, version, inside } of insidePackages().filter((each) => each.name !== 'libavif')) {
        const module = readFileSync(join(root, 'node_modules', inside, MODULES[inside]), 'latin1');
        assert.ok(module.includes(TOLD[name]?.(version) ?? `${name}-${version}`), `${name} ${version}`);
    }
});

const notices = join(root, 'dist/THIRD_PARTY_NOTICES');

it('the notices have the licence text of each library that is linked, and of those that decode pictures', {
    skip: !existsSync(notices),
}, () => {
    const text = readFileSync(notices, 'utf8');
    for (const { name, version } of [...libraries().filter(({ scope }) => scope === 'required'), ...insidePackages()]) {
        const title = text.indexOf(`\n${name} ${version} (`);
        assert.ok(title > 0, name);
        assert.match(text.slice(title, title + 4000), /permission|permitted|licen[cs]e/i, name);
    }
});
