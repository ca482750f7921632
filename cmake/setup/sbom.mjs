// Writes dist/sbom.cdx.json, which ships with the engine: the bill of materials in CycloneDX 1.6. It contains no date and no random number, so
// that it is the same for the same commit.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, namedByUs } from './dependencies.mjs';
import { root } from './shell.mjs';

export const SBOM = 'dist/sbom.cdx.json';

/** @param {import('./dependencies.mjs').Dependency} dependency */
function componentOf({ purl, name, version, licence, scope, type, sha512, sha256, source }) {
    const hash = sha512 ? { alg: 'SHA-512', content: sha512 } : sha256 ? { alg: 'SHA-256', content: sha256 } : undefined;
    return {
        type,
        'bom-ref': purl,
        name,
        version,
        scope,
        ...(hash && { hashes: [hash] }),
        licenses: [{ expression: licence }],
        purl,
        ...(source && { externalReferences: [{ type: 'source-distribution', url: source }] }),
    };
}

/** One of our own packages, by the folder of its package.json. */
function ownComponent(folder, type) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const purl = `pkg:npm/${name}@${version}`;
    return { type, 'bom-ref': purl, name, version, licenses: [{ expression: license }], purl };
}

export function makeSbom() {
    const engine = ownComponent('', 'library');
    const service = ownComponent('server', 'application');
    const all = dependencies();
    const ours = namedByUs();
    const linked = all.filter(({ purl, scope }) => scope === 'required' && !purl.startsWith('pkg:npm/')).map(({ purl }) => purl);
    return {
        $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        version: 1,
        metadata: { component: engine },
        components: [service, ...all.map(componentOf)],
        dependencies: [
            { ref: engine.purl, dependsOn: [...linked, ...ours.package] },
            { ref: service.purl, dependsOn: [engine.purl, ...ours.service] },
            ...all.map(({ purl, needs }) => ({ ref: purl, ...(needs.length > 0 && { dependsOn: [...new Set(needs)] }) })),
        ],
    };
}

export function writeSbom() {
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, SBOM), `${JSON.stringify(makeSbom(), null, 2)}\n`);
}
