// kill -9 while pictures are indexed: what is in the index is whole, and nothing is done twice. 50 times: node tests/js/index_kill.mjs
import { test } from 'node:test';
import { killAgainAndAgain } from './index_kill.mjs';
import { temporaryFolder } from './support.mjs';

test('an index whose process is killed is whole, and the next process goes on', async (context) => {
    await killAgainAndAgain({ folder: temporaryFolder(context), times: 3, pictures: 12, seed: 5 });
});
