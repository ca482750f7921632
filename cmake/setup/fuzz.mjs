// Installs what the fuzz presets need: clang with libFuzzer, and the 32-bit libraries.
import { installPackages } from './debian.mjs';

/** @param {string[]} presets that are to be built */
export function ensureFuzzTools(presets) {
    const fuzz = presets.filter((name) => name.startsWith('fuzz'));
    const forBits = fuzz.includes('fuzz32') ? ['libc6-dev-i386', 'g++-multilib'] : [];
    if (fuzz.length) installPackages(['clang-19', 'libclang-rt-19-dev', 'llvm-19', ...forBits], 'fuzzing');
}
