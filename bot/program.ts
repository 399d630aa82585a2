import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { createAnthropic } from '../adapters/anthropic/index.ts';
import { createGitHub } from '../adapters/github/index.ts';
import { createWeb } from '../adapters/web/index.ts';
import type { GitAccess } from '../core/door.ts';
import { describe } from '../core/errors.ts';
import { createCore } from '../core/index.ts';
import { createPages } from '../core/pages/index.ts';
import { connect } from '../core/store/database.ts';
import { createStore, type Store } from '../core/store/index.ts';
import { createDiffReader } from '../core/workflows/diff.ts';
import { createSignIn } from '../core/workflows/sign-in.ts';
import type { Listen } from './broker-server.ts';
import type { Config } from './config.ts';
import { coreSettings } from './core-settings.ts';
import { openDatabase } from './database.ts';
import { patientUrl } from './dbos-database.ts';
import { dbosLogger } from './dbos-log.ts';
import { faceStates, faces } from './faces.ts';
import { type HttpServer, type PartState, startHttp } from './http.ts';
import { prepare, type Welcome } from './prepare.ts';
import { githubWebhooks } from './webhooks.ts';
import { localWorkers, type Workers } from './workers.ts';

/** The release that workflows in flight belong to: changes go through DBOS patches, so it stays as it is. */
const applicationVersion = 'mainloop';

export interface Program {
  readonly port: number;
  /** The way in for the owner, or for whoever becomes the first. */
  readonly welcome: Welcome;
  /** Stops in order: no new work, what runs is left to the next start, nothing is lost. */
  stop(): Promise<void>;
}

/** Composes and starts the program. Throws Failure with advice for whatever keeps it from starting. */
export async function startProgram(config: Config, log: Logger): Promise<Program> {
  const database = await openDatabase({
    ...(config.databaseUrl && { url: config.databaseUrl }),
    dataDir: config.dataDir,
    log,
  });
  const { db, close } = await connect(database.url, (error) => log.warn({ err: error }, 'database connection lost'));
  const store = createStore(db);
  const served = await faces(config, log);
  const github = createGitHub({ ...config.github, log: log.child({ part: 'github' }) });
  const model = createAnthropic({ ...config.anthropic, log: log.child({ part: 'anthropic' }) });
  const workers = await workersOf(config, { git: ({ repo }) => github.gitAccess(repo), store }, log);
  const diffs = createDiffReader({ host: github, store, log: log.child({ part: 'diff' }) });
  const chatOn = (platform: string) => served.find(({ chat }) => chat.platform === platform)?.chat;
  const signIn = createSignIn(store);
  const web = createWeb({
    store,
    pages: createPages(store, { wantDiff: diffs.read, warning: () => workers.sandbox.warning }),
    signIn,
    publicUrl: config.publicUrl,
    linkTo: async (message) => (await chatOn(message.place.platform)?.link(message)) ?? null,
    oidc: config.oidc,
    log: log.child({ part: 'web' }),
  });
  const allChats = [...served.map(({ chat }) => chat), web.chat];
  const core = createCore({
    store,
    chats: new Map(allChats.map((chat) => [chat.platform, chat])),
    host: github,
    sandbox: workers.sandbox,
    model,
    settings: coreSettings(config),
    log,
  });
  DBOS.setConfig({
    name: 'mainloop',
    systemDatabaseUrl: patientUrl(database.url),
    applicationVersion,
    enablePatching: true,
    executorID: config.executorId,
    logger: dbosLogger(log.child({ part: 'dbos' })),
  });

  // The door is open before workflows go on: a worker that outlived the last program is waiting for it.
  await workers.open(core.door);
  const http = await startHttp({
    port: config.port,
    log: log.child({ part: 'http' }),
    parts: async () => ({ ...faceStates(served), ...workers.parts(), database: await databaseState(store) }),
    mounts: [
      ...workers.mounts(core.door),
      ...served.flatMap(({ mounts }) => mounts),
      ...(config.github.webhookSecret
        ? [
            {
              path: '/github/webhooks',
              handler: githubWebhooks(github, core, config.github.webhookSecret, log),
              maxBytes: 25 * 2 ** 20,
            },
          ]
        : []),
    ],
    pages: web.handler,
  });
  const metrics = config.metricsListen ? await metricsServer(store, config.metricsListen, log) : null;
  const welcome = await prepare({ store, github, signIn }, config, log);
  await DBOS.launch();
  await Promise.all(allChats.map((chat) => chat.start((inbound) => core.receive(inbound), core.suggest)));
  await core.start();
  await core.catchUp();
  log.info({ port: http.port }, 'ready');

  return {
    port: http.port,
    welcome,
    async stop() {
      await Promise.all([...allChats.map((chat) => chat.stop()), web.stop()]);
      await Promise.all([core.stop(), diffs.stop()]);
      await Promise.all([http.stop(), metrics?.stop()]);
      await workers.close();
      await DBOS.shutdown();
      await close();
      await database.stop();
      log.info({}, 'stopped');
    },
  };
}

/** The cluster's client is large: a local program does not load it. */
async function workersOf(
  config: Config,
  { git, store }: { git: GitAccess; store: Store },
  log: Logger,
): Promise<Workers> {
  if (!config.kubernetes) return localWorkers(config, git, log);
  const { clusterWorkers } = await import('./cluster-workers.ts');
  const instance = await store.installation();
  return clusterWorkers(config, config.kubernetes, { git, instance }, log);
}

/** Its library is loaded only where it is asked for. */
async function metricsServer(store: Store, listen: Listen, log: Logger): Promise<HttpServer> {
  const { serveMetrics } = await import('./metrics.ts');
  return serveMetrics({ store, listen, log: log.child({ part: 'metrics' }) });
}

async function databaseState(store: Store): Promise<PartState> {
  try {
    await store.ping();
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: describe(error) };
  }
}
