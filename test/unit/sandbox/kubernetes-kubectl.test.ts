import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PROFILE, rolledOut, type RunningCluster, startCluster } from './kubernetes-harness.ts';

const KUBECTL = '/usr/bin/kubectl';
const there = existsSync(KUBECTL);
if (!there) console.log(`${KUBECTL} is not installed: the sandbox cluster was not tried with it`);

let cluster: RunningCluster;

beforeAll(async () => {
  cluster = await startCluster({ rolloutMs: 150 });
  await rolledOut(cluster, PROFILE);
});

afterAll(() => cluster.stop());

type Run = { code: number; out: string; err: string };

function kubectl(line: string): Promise<Run> {
  const env = {
    HOME: cluster.folder,
    KUBECONFIG: join(cluster.folder, 'kubeconfig'),
    PATH: process.env.PATH ?? '',
  };
  return new Promise((resolve) => {
    execFile(KUBECTL, line.split(' '), { env, timeout: 20_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

/** Runs it in the profile service's namespace and expects it to succeed. */
async function ok(line: string): Promise<string> {
  const run = await kubectl(`-n exalt-shared ${line}`);
  expect({ line, ...run }).toMatchObject({ line, code: 0 });
  return run.out;
}

const TARGET = 'deployment/user-profile-service';

describe.runIf(there)('kubectl', () => {
  it('prints useful columns', async () => {
    expect(await ok('get deployments')).toMatch(
      /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nuser-profile-service +3\/3 +3 +3 +90d/,
    );
    expect(await ok('get rs')).toMatch(
      /DESIRED +CURRENT +READY +AGE\n(user-profile-service-\w+ +[03] +[03] +[03] +\d+d\n){3}/,
    );
    expect(await ok('get pods -o wide')).toMatch(
      /READY +STATUS +RESTARTS +AGE +IP +NODE.*\n.* 1\/1 +Running +0 +3d +10\.42\./,
    );
    expect(await ok('get pdb')).toMatch(/user-profile-service +2 +N\/A +1 +90d/);
    expect(await ok('get hpa -n fittracker')).toMatch(/Deployment\/user-service .* 2 +6 +2/);
    expect(await ok('get all')).toContain('deployment.apps/user-profile-service');
    expect(await ok('get ns')).toMatch(/exalt-shared +Active/);
    expect(await ok(`get ${TARGET} -o jsonpath={.spec.replicas}`)).toBe('3');
  });

  it('says what is not there', async () => {
    const run = await kubectl('-n exalt-shared get deployment nope');
    expect(run).toMatchObject({
      code: 1,
      err: 'Error from server (NotFound): deployments.apps "nope" not found\n',
    });
  });

  it('restarts, follows, describes and undoes', async () => {
    expect(await ok(`rollout restart ${TARGET}`)).toContain('restarted');
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
    const described = await ok(`describe ${TARGET}`);
    expect(described).toContain('3 desired | 3 updated | 3 total | 3 available | 0 unavailable');
    expect(described).toContain('kubectl.kubernetes.io/restartedAt');
    expect(described).toContain('ScalingReplicaSet');
    expect(await ok(`rollout history ${TARGET}`)).toMatch(
      /1 +release 2.3.0\n2 +release 2.3.2\n3 +release 2.4.1\n4 +release 2.4.1/,
    );
    expect(await ok(`rollout undo ${TARGET} --to-revision=2`)).toContain('rolled back');
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
    expect(await ok('get deploy -o wide')).toContain('exalt/user-profile-service:2.3.2');
    expect(await ok(`rollout history ${TARGET}`)).toMatch(/\n5 +release 2.3.2\n/);
    expect(await ok(`rollout undo ${TARGET} --to-revision=5`)).toContain('skipped rollback');
    expect(await ok(`describe pods -l app=user-profile-service`)).toMatch(/Scheduled[^]*Pulled[^]*Started/);
    expect(await ok('get events')).toMatch(/Normal +Killing +pod\/user-profile-service/);
  });

  it('scales, sets images, waits, deletes and reads logs', async () => {
    expect(await ok(`scale ${TARGET} --replicas=4`)).toContain('scaled');
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
    expect((await kubectl(`-n exalt-shared scale ${TARGET} --replicas=5 --current-replicas=3`)).code).toBe(1);
    expect(await ok(`set image ${TARGET} user-profile-service=exalt/user-profile-service:2.7.0`)).toContain(
      'image updated',
    );
    expect(await ok(`wait ${TARGET} --for=condition=Progressing --timeout=10s`)).toContain('condition met');
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
    const [pod = ''] = (await ok('get pods -o name')).split('\n');
    expect(await ok(`delete ${pod}`)).toContain('deleted');
    expect(await ok(`logs ${TARGET} --tail=1`)).toMatch(/INFO|WARN|ERROR/);
  });

  it('pauses, refuses to restart what is paused, resumes', async () => {
    await ok(`rollout pause ${TARGET}`);
    const run = await kubectl(`-n exalt-shared rollout restart ${TARGET}`);
    expect([run.code, run.err]).toEqual([1, expect.stringContaining("can't restart paused deployment")]);
    await ok(`rollout resume ${TARGET}`);
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
  });

  it('fails on a rollout beyond its deadline', async () => {
    await ok(`patch ${TARGET} -p {"spec":{"progressDeadlineSeconds":1}}`);
    await ok(`set image ${TARGET} user-profile-service=exalt/user-profile-service:broken`);
    const run = await kubectl(`-n exalt-shared rollout status ${TARGET}`);
    expect([run.code, run.err]).toEqual([1, expect.stringContaining('exceeded its progress deadline')]);
    await ok(`rollout undo ${TARGET}`);
    expect(await ok(`rollout status ${TARGET}`)).toContain('successfully rolled out');
  });

  it('tries a change on the server without making it', async () => {
    await ok(`scale ${TARGET} --replicas=1 --dry-run=server`);
    expect(await ok(`get ${TARGET} -o jsonpath={.spec.replicas}`)).toBe('4');
  });
});
