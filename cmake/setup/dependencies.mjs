// The components of acg2vec and its tools: the libraries of cmake/third_party.json, emscripten's runtime, the npm packages of
// package-lock.json with the libraries inside some of them (cmake/inside_packages.json), the weights that ship with the package. For the
// bill of materials and the checks of licences and hashes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvFile, root } from './shell.mjs';

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/**
 * @typedef {object} Dependency
 * @property {string} purl the package URL, its unique name
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression
 * @property {'required' | 'optional' | 'excluded'} scope excluded: only used by builds and tests
 * @property {'library' | 'machine-learning-model'} type
 * @property {string} [sha512] of its archive, and
 * @property {string} [sha256] of its file
 * @property {string} [source] an address
 * @property {string[]} needs purls
 */

/** The package URL of a package in a public repository, or at a URL. */
function purlOfSource({ name, version, upstream }) {
    const found = /^https:\/\/github\.com\/([^/]+)\/([^/]+)\/archive\/(.+)\.tar\.gz$/.exec(upstream);
    if (found) return `pkg:github/${found[1]}/${found[2]}@${found[3]}`.toLowerCase();
    return `pkg:generic/${name}@${version}?download_url=${encodeURIComponent(upstream)}`;
}

/** @returns {Dependency[]} */
export function libraries() {
    return readJson('cmake/third_party.json').map((entry) => ({
        purl: purlOfSource(entry),
        name: entry.name,
        version: entry.version,
        licence: entry.licence,
        scope: entry.for === 'tests' ? 'excluded' : 'required',
        type: 'library',
        source: entry.upstream,
        needs: [],
    }));
}

/**
 * Parts of it are in every .wasm: its own runtime, musl, compiler-rt.
 * @returns {Dependency}
 */
export function emscripten() {
    const version = readEnvFile(join(root, 'emsdk.env')).EMSCRIPTEN_VERSION;
    const licence = 'MIT AND Apache-2.0 WITH LLVM-exception';
    const purl = `pkg:github/emscripten-core/emscripten@${version}`;
    return { purl, name: 'emscripten', version, licence, scope: 'required', type: 'library', needs: [] };
}

/** @returns {(Dependency & { inside: string })[]} the libraries inside npm packages that do not name them */
export function insidePackages() {
    return readJson('cmake/inside_packages.json').map(({ purl, name, version, licence, inside }) => {
        return { purl, name, version, licence, scope: 'optional', type: 'library', needs: [], inside };
    });
}

/** The folder in which Node finds `name` from that of a package. */
function resolveFrom(packages, folder, name) {
    for (let from = folder; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
        const path = `${from && `${from}/`}node_modules/${name}`;
        if (packages[path]) return path;
        if (!from) return undefined;
    }
}

const npmName = (path) => path.slice(path.lastIndexOf('node_modules/') + 13);
const npmPurl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const isOwn = (packages, path) => packages[path].link || !path.includes('node_modules/');

/** The purls of the dependencies of the package in a folder of the lock file, without development dependencies. */
function npmNeeds(packages, folder) {
    const { dependencies = {}, optionalDependencies = {} } = packages[folder];
    return Object.keys({ ...dependencies, ...optionalDependencies })
        .map((name) => resolveFrom(packages, folder, name))
        .filter((path) => path && !isOwn(packages, path))
        .map((path) => npmPurl(npmName(path), packages[path].version));
}

/** @returns {{ package: string[], service: string[] }} their direct dependencies */
export function namedByUs() {
    const { packages } = readJson('package-lock.json');
    return { package: npmNeeds(packages, ''), service: npmNeeds(packages, 'server') };
}

/** @returns {Dependency[]} those of the package, of the service, and of the tests */
export function npmPackages() {
    const { packages } = readJson('package-lock.json');
    const inside = insidePackages();
    return Object.keys(packages)
        .filter((path) => !isOwn(packages, path))
        .map((path) => {
            const { version, license, integrity, dev, optional } = packages[path];
            return {
                purl: npmPurl(npmName(path), version),
                name: npmName(path),
                version,
                licence: license,
                scope: dev ? 'excluded' : optional ? 'optional' : 'required',
                type: 'library',
                sha512: /^sha512-/.test(integrity ?? '') ? Buffer.from(integrity.slice(7), 'base64').toString('hex') : undefined,
                needs: [...npmNeeds(packages, path), ...inside.flatMap((each) => (each.inside === npmName(path) ? [each.purl] : []))],
            };
        });
}

/** @returns {Dependency[]} the weights in the package: those of the default network */
export function packagedModels() {
    const { models } = readJson('models/manifest.json');
    const { id, licence, files } = models.find((model) => model.id === 'realcugan/se/up2x-conservative');
    const weights = files.find(({ path }) => path.endsWith('.bin'));
    const { sha256 } = weights.versions[0];
    const purl = `pkg:generic/${id}?checksum=sha256:${sha256}`;
    return [
        { purl, name: id, version: sha256.slice(0, 12), licence, scope: 'required', type: 'machine-learning-model', sha256, needs: [] },
    ];
}

/** @returns {Dependency[]} each package URL once */
export function dependencies() {
    const all = [...libraries(), emscripten(), ...npmPackages(), ...insidePackages(), ...packagedModels()];
    return [...new Map(all.map((each) => [each.purl, each])).values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

// Licences for the package and the service: they only require that their text is included.
const PERMISSIVE = [
    '0BSD',
    'Apache-2.0',
    'Apache-2.0 WITH LLVM-exception',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'IJG',
    'ISC',
    'MIT',
    'Zlib',
    'libpng-2.0',
];
/** Licences for tools of builds and tests. */
const FOR_TOOLS = [...PERMISSIVE, 'MPL-2.0'];
/**
 * Licences of dependencies of Milvus' client, only for the service. npm installs them separately and unchanged, which is enough for the LGPL.
 */
const OF_MILVUS = /^pkg:npm\/(?:memium|utilium)@/;

/**
 * @param {Pick<Dependency, 'licence' | 'scope' | 'purl'>} dependency
 * @returns {string | undefined} the problem with its licence
 */
export function licenceProblem({ licence, scope, purl }) {
    if (!licence) return `${purl} has no licence entry`;
    if (licence === 'LGPL-3.0-or-later' && OF_MILVUS.test(purl)) return undefined;
    const known = scope === 'excluded' ? FOR_TOOLS : PERMISSIVE;
    const ways = licence.replaceAll(/[()]/g, '').split(' OR ');
    const isFine = ways.some((way) => way.split(' AND ').every((each) => known.includes(each)));
    return isFine ? undefined : `${purl} has the licence ${licence}, which is not one of ${known.join(', ')}`;
}
