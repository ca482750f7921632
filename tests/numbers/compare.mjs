// `npm run compare:numbers -- PROGRAM [argument…]`: whether another Node, of another version or for another processor, gives the results of this one
// bit for bit. For example Node for ARM in qemu-user: npm run compare:numbers -- qemu-aarch64 -L /usr/aarch64-linux-gnu ~/node-arm64/bin/node
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resultsInNode } from './node.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) throw new Error('Expected the other Node, and the arguments that come before those of Node');
const output = (...more) => execFileSync(program, [...args, ...more], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

console.log(output('-p', '`${process.arch}, Node ${process.versions.node}, V8 ${process.versions.v8}`').trim());
const wanted = await resultsInNode({ variant: 'simd', threads: 1 });
for (const [variant, threads] of [
    ['simd', 1],
    ['simd-threads', 2],
]) {
    const found = JSON.parse(output(fileURLToPath(new URL('node.mjs', import.meta.url)), variant, String(threads)));
    const names = Object.keys({ ...wanted, ...found });
    const different = names.filter((name) => found[name] !== wanted[name]);
    console.log(`${variant}, ${threads}: ${names.length - different.length} of ${names.length} results are the same`);
    for (const name of different) console.log(`  differs: ${name}`);
    if (different.length) process.exitCode = 1;
}
