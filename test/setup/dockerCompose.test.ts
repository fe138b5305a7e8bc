import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const repository = path.resolve(import.meta.dirname, '../..');

interface Service {
  readonly image?: string;
  readonly build?: string | { readonly context: string; readonly target: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly deploy?: { readonly resources: { readonly reservations: { readonly devices: readonly object[] } } };
}
const { services } = parse(readFileSync(path.join(repository, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
if (!hasCompose)
  console.warn('SKIPPED: "docker compose config" of docker-compose.yml, there is no docker compose here.');

describe('docker-compose.yml', () => {
  it('opens ports on loopback only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('confines every service', () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.cap_drop, service.security_opt]).toEqual([name, ['ALL'], ['no-new-privileges:true']]);
      // Orthanc's image moves plugins at its start.
      expect([name, service.read_only ?? false]).toEqual([name, name !== 'orthanc']);
    }
  });

  it('names every base image by its digest, and so does the Dockerfile', () => {
    const dockerfile = readFileSync(path.join(repository, 'Dockerfile'), 'utf8');
    const args = new Map(
      [...dockerfile.matchAll(/^ARG (\w+)=(.+)$/gm)].map(([, name, value]) => [`\${${name}}`, value]),
    );
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, stage]) => stage);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)]
      .map(([, image]) => args.get(image!) ?? image!)
      .filter((image) => !stages.includes(image));
    const images = [...bases, ...Object.values(services).flatMap(({ image }) => image ?? [])];
    expect(images).toHaveLength(4);
    for (const image of images) expect(image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[\da-f]{64}$/);
  });

  it('C3b: has no password of its own, and starts nothing without one', () => {
    const orthanc = services.orthanc?.environment;
    expect(orthanc?.ORTHANC__AUTHENTICATION_ENABLED).toBe('true');
    const required = `\${ORTHANC_PASSWORD:?run node scripts/make-env.mjs first}`;
    expect(orthanc?.ORTHANC__REGISTERED_USERS).toBe(`{"promptseg": "${required}"}`);
    for (const name of ['server', 'shared-server', 'worker', 'gpu-server', 'gpu-worker'])
      expect(services[name]?.environment?.PROMPTSEG_ARCHIVE_PASSWORD).toBe(required);
  });

  it('gets random passwords from scripts/make-env.mjs, once', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-env-'));
    const makeEnv = (name: string): string => {
      const file = path.join(folder, name);
      const output = execFileSync(process.execPath, [path.join(repository, 'scripts/make-env.mjs'), file], {
        encoding: 'utf8',
      });
      const text = readFileSync(file, 'utf8');
      for (const [, password = '?'] of text.matchAll(/_PASSWORD=(.+)/g)) expect(output).not.toContain(password);
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
      return text;
    };
    const first = makeEnv('first');
    expect(first).toMatch(/^ORTHANC_PASSWORD=[\da-f]{48}\nPOSTGRES_PASSWORD=[\da-f]{48}\n$/);
    expect(makeEnv('first')).toBe(first);
    expect(makeEnv('second')).not.toBe(first);
    writeFileSync(path.join(folder, 'own'), 'PROMPTSEG_PORT=80\nPOSTGRES_PASSWORD=kept', { mode: 0o644 });
    expect(makeEnv('own')).toMatch(/^PROMPTSEG_PORT=80\nPOSTGRES_PASSWORD=kept\nORTHANC_PASSWORD=[\da-f]{48}\n$/);
    rmSync(folder, { recursive: true });
  });

  it('sets only what the server reads', () => {
    const config = ['platform/config.ts', 'access/settings.ts']
      .map((file) => readFileSync(path.join(repository, 'server/src', file), 'utf8'))
      .join();
    const dockerfile = readFileSync(path.join(repository, 'Dockerfile'), 'utf8');
    const set = [
      ...Object.values(services).flatMap(({ build, environment }) => (build ? Object.keys(environment ?? {}) : [])),
      ...(dockerfile.match(/\bPROMPTSEG_[A-Z_]+(?==)/g) ?? []),
    ];
    expect(set.length).toBeGreaterThan(0);
    for (const name of set) expect(config).toContain(`${name}:`);
  });

  it('starts nothing by default that the command line does not have yet', () => {
    const byDefault = Object.values(services).filter(
      ({ build, profiles }) => build !== undefined && profiles === undefined,
    );
    const help = execFileSync(process.execPath, [path.join(repository, 'server/bin/promptseg.mjs'), '--help'], {
      encoding: 'utf8',
    });
    expect(byDefault.length).toBeGreaterThan(0);
    for (const { command } of byDefault) expect(help).toMatch(new RegExp(`^ +${command?.[0]} `, 'm'));
  });

  it('reserves the GPUs for services that are started on request, from a target of the Dockerfile', () => {
    const dockerfile = readFileSync(path.join(repository, 'Dockerfile'), 'utf8');
    const reserving = Object.entries(services).filter(([, { deploy }]) => deploy !== undefined);
    expect(reserving.map(([name]) => name)).toEqual(['gpu-server', 'gpu-worker']);
    for (const [, { deploy, profiles, build, environment }] of reserving) {
      expect(deploy?.resources.reservations.devices).toEqual([
        { driver: 'nvidia', count: 'all', capabilities: ['gpu'] },
      ]);
      expect({ profiles, build }).toEqual({ profiles: ['gpu'], build: { context: '.', target: 'gpu' } });
      expect(dockerfile).toMatch(/^FROM server AS gpu$/m);
      // Null takes it from the environment of docker compose, if it is there.
      expect(environment).toMatchObject({ PROMPTSEG_GPU: null });
    }
    const { build: _, deploy: __, profiles: ___, ...onGpu } = services['gpu-worker']!;
    const { build: ____, profiles: _____, ...onCpu } = services.worker!;
    expect(onGpu).toEqual({ ...onCpu, environment: { ...onCpu.environment, PROMPTSEG_GPU: null } });
    // Without a target, docker build makes the last stage.
    expect(dockerfile.trimEnd().split('\n').at(-1)).toBe('FROM server');
  });

  it('builds from a Dockerfile whose sources exist', () => {
    const dockerfile = readFileSync(path.join(repository, 'Dockerfile'), 'utf8');
    for (const script of dockerfile.match(/\bscripts\/[\w-]+\.mjs/g) ?? []) {
      expect(existsSync(path.join(repository, script))).toBe(true);
    }
  });

  (hasCompose ? it : it.skip)('is what docker compose understands, in every profile', () => {
    execFileSync('docker', ['compose', '--profile', 'scaled-out', '--profile', 'gpu', 'config', '--quiet'], {
      cwd: repository,
      env: { ...process.env, ORTHANC_PASSWORD: 'x', POSTGRES_PASSWORD: 'x' },
    });
  });
});
