// The service of `npm run soak -- service`, in a process of its own, so that the memory of its client is not counted. Tells its address; and what
// it has used whenever it is asked.
import { startService } from '../server/support.mjs';
import { residentMiB } from './parts.mjs';

const running = await startService();
process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMs: (user + system) / 1000, residentMiB: residentMiB() });
});
process.on('disconnect', () => running.close());
process.send({ url: running.url });
