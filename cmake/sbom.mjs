// `npm run sbom`: writes the bill of materials and checks it against CycloneDX's own schema, which comes with CycloneDX's npm package.
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SBOM, writeSbom } from './setup/sbom.mjs';
import { SetupError, root, run, sha256 } from './setup/shell.mjs';

const PACKAGE = '@cyclonedx/cyclonedx-library@10.3.0';
const PACKAGE_SHA256 = '9833bd949052eb18218dd64b13ad62d9246f7395eef01c66dad08fcbacf74f01';

/** CycloneDX's schema and those that it references: URL -> schema */
function readSchemas() {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-'));
    try {
        const name = run('npm', ['pack', PACKAGE, '--ignore-scripts', '--silent', '--pack-destination', folder]).trim();
        const found = sha256(readFileSync(join(folder, name)));
        if (found !== PACKAGE_SHA256) throw new SetupError(`Expected ${PACKAGE} to have SHA-256 ${PACKAGE_SHA256} but found ${found}.`);
        run('cmake', ['-E', 'tar', 'xf', name], { cwd: folder });
        const schemas = join(folder, 'package/res/schema');
        const wanted = readdirSync(schemas).filter((each) =>
            /^(bom-1\.6|spdx|jsf-.*|cryptography-defs)\.SNAPSHOT\.schema\.json$/.test(each),
        );
        const addressOf = (each) => `http://cyclonedx.org/schema/${each}`;
        return Object.fromEntries(wanted.map((each) => [addressOf(each), JSON.parse(readFileSync(join(schemas, each), 'utf8'))]));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function main() {
    writeSbom();
    const sbom = JSON.parse(readFileSync(join(root, SBOM), 'utf8'));
    const ajv = addFormats(new Ajv({ strict: false, allErrors: true, formats: { 'iri-reference': true, 'idn-email': true } }));
    for (const [address, { $id, ...schema }] of Object.entries(readSchemas())) ajv.addSchema(schema, address);
    const check = ajv.getSchema('http://cyclonedx.org/schema/bom-1.6.SNAPSHOT.schema.json');
    if (!check(sbom)) throw new SetupError(`${SBOM} is no CycloneDX 1.6:\n${ajv.errorsText(check.errors, { separator: '\n' })}`);
    console.log(`${SBOM}: ${sbom.components.length} components, valid CycloneDX 1.6`);
}

try {
    main();
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
}
