// The package in every Node that it is for, in Bun and in Deno: each enlarges a picture with the five lines of the README.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { weightsMissing } from '../../js/support.mjs';
import { checkPicture, install, makePictures, pack, run } from '../support.mjs';

/** By npm's packages of these names. Node has `require` of a module like ours from 20.19 on. */
const RUNTIMES = [
    {
        name: 'Node 20',
        packages: { node: '20.20.2' },
        commands: [
            ['node', 'import.mjs'],
            ['node', 'require.cjs'],
        ],
    },
    {
        name: 'Node 22',
        packages: { node: '22.23.3' },
        commands: [
            ['node', 'import.mjs'],
            ['node', 'require.cjs'],
        ],
    },
    {
        name: 'Node 24',
        packages: { node: '24.21.0' },
        commands: [
            ['node', 'import.mjs'],
            ['node', 'require.cjs'],
        ],
    },
    {
        name: 'Node 26',
        packages: { node: '26.10.0' },
        commands: [
            ['node', 'import.mjs'],
            ['node', 'require.cjs'],
        ],
    },
    { name: 'Node 20.3', packages: { node: '20.3.1' }, commands: [['node', 'import.mjs']] },
    {
        name: 'Bun',
        packages: { bun: '1.4.5' },
        commands: [
            ['bun', 'import.mjs'],
            ['bun', 'require.cjs'],
        ],
    },
    { name: 'Deno', packages: { deno: '2.9.6' }, commands: [['deno', 'run', '-A', 'import.mjs']] },
];

const wanted = new RegExp(process.env.ACG2VEC_INSTALL ?? '.', 'i');

describe('the package in', { skip: await weightsMissing([2]) }, () => {
    /** @type {{ tarball: string, picture: Buffer, enlarged: Buffer }} */
    let given;
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-pack-'));
    before(async () => void (given = { tarball: pack(folder), ...(await makePictures()) }));
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const { name, packages, commands } of RUNTIMES.filter((each) => wanted.test(each.name))) {
        it(name, (context) => {
            const project = install(context, given, { project: 'node', packages });
            if (!project) return;
            for (const command of commands) {
                run(project, command);
                checkPicture(readFileSync(join(project, 'large.png')), given.enlarged);
                rmSync(join(project, 'large.png'));
            }
        });
    }
});
