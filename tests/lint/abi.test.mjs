// The C interface is written once: what JavaScript knows of it comes from the headers.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ABI_FILE, abiFunctions, abiText, parseHeaders } from '../../cmake/abi.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

it(`${ABI_FILE} is what the headers of src/api say`, () => {
    assert.equal(readFileSync(join(root, ABI_FILE), 'utf8'), abiText(), 'npm run abi');
});

it('each function of the headers is exported to JavaScript, and no other', () => {
    const sources = readdirSync(join(root, 'src/api')).filter((name) => name.endsWith('.c'));
    const exported = sources.flatMap((name) =>
        [...readFileSync(join(root, 'src/api', name), 'utf8').matchAll(/^EXPORT [^;{(]*?\b(\w+)\(/gm)].map((found) => found[1]),
    );
    assert.deepEqual(exported.sort(), abiFunctions().sort());
});

it('enums, structs and functions are read in all their forms', () => {
    const header = `
        #define N(x) \\
            enum { NOT, THIS }
        typedef struct AcgThing AcgThing; // a handle
        enum { ACG_PART_ONE, ACG_PART_TWO = 1 << 3, ACG_PART_TWO_HALVES, };
        typedef enum AcgKind { ACG_KIND_A_B = -1, ACG_KIND_A_C } AcgKind;
        typedef struct AcgAll {
            bool is_on;        // one byte
            const char *name; /* then three of nothing */
            uint8_t a, b;
            double work_done;
            AcgKind kind;
            float black, white;
        } AcgAll;
        const AcgAll *acg_thing_all(const AcgThing *thing);
        AcgKind acg_kind(void);
        void acg_thing_do(AcgThing *thing, AcgKind kind,
                          size_t n_parts, const uint8_t **parts);`;
    assert.deepEqual(parseHeaders([header]), {
        enums: { PART: { ONE: 0, TWO: 8, TWO_HALVES: 9 }, KIND_A: { B: -1, C: 0 } },
        structs: {
            AcgAll: {
                size: 40,
                fields: {
                    isOn: ['Uint8', 0],
                    name: ['Uint32', 4],
                    a: ['Uint8', 8],
                    b: ['Uint8', 9],
                    workDone: ['Float64', 16],
                    kind: ['Int32', 24],
                    black: ['Float32', 28],
                    white: ['Float32', 32],
                },
            },
        },
        functions: {
            acg_thing_all: { parameters: ['thing'], result: 'number' },
            acg_kind: { parameters: [], result: 'number' },
            acg_thing_do: { parameters: ['thing', 'kind', 'nParts', 'parts'], result: 'void' },
        },
    });
});

it('what the script does not know is refused', () => {
    for (const header of [
        'typedef struct A { int32_t x[4]; } A;',
        'typedef struct A { int64_t x; } A;',
        'int acg_f(int64_t x);',
        'A acg_f(void);',
        'void acg_f(A a);',
        'enum { A_X = sizeof(int) };',
        'void other(void);',
        'extern int acg_x;',
        'enum { A_B_X, A_B_Y }; enum { A_B_Z, A_B_W };',
    ]) {
        assert.throws(() => parseHeaders([header]), /Expected a declaration of a form that cmake\/abi\.mjs knows/, header);
    }
});
