// Checks whether this machine can compile and run 32-bit x86 code, for the C tests, and installs Debian's packages for that.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './debian.mjs';
import { SetupError } from './shell.mjs';

const purpose = 'testing as 32-bit code';

/** Whether 32-bit programs with sanitizers, in C and C++, can be built and run. */
function works() {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-'));
    try {
        return [
            ['cc', 'c'],
            ['c++', 'cpp'],
        ].every(([compiler, ending]) => {
            const [source, program] = [join(folder, `try.${ending}`), join(folder, `try-${ending}`)];
            writeFileSync(source, 'int main(void) { return sizeof(void *) == 4 ? 0 : 1; }\n');
            const made = spawnSync(compiler, ['-m32', '-msse2', '-fsanitize=address,undefined', source, '-o', program], {
                stdio: 'ignore',
            });
            return made.status === 0 && spawnSync(program, { stdio: 'ignore' }).status === 0;
        });
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Installs what is missing. Returns a sentence that says why 32-bit code is not possible, or ''. */
export function ensure32Bit() {
    if (works()) return '';
    if (process.arch !== 'x64') return `Only x86-64 has the 32-bit code that the C tests run as too, and this is ${process.arch}.`;
    try {
        installPackages(['gcc-multilib', 'g++-multilib'], purpose);
    } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        return error.message;
    }
    return works() ? '' : `Programs of 32 bits under sanitizers do not run here, with gcc-multilib and g++-multilib installed.`;
}
