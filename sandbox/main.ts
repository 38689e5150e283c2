import { startSandbox } from './server.ts';
import { readSettings } from './settings.ts';

const sandbox = await startSandbox(readSettings(process.env));
console.log(`sandbox ready ${sandbox.url}`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
