#!/usr/bin/env node
// `npx acg2vec-server …` is `acg2vec serve …`.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

process.argv.splice(2, 0, 'serve');
const description = pathToFileURL(createRequire(import.meta.url).resolve('acg2vec/package.json'));
await import(new URL('js/cli.js', description).href);
